namespace UeFarm.Farm.Report;

/// <summary>Memory of this process in bytes.</summary>
internal sealed record MemoryResult(long PeakWorkingSet, long ManagedHeap, long ReplayCaches, int Gen2Collections);
