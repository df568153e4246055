namespace UeFarm.Farm.Report;

/// <summary>
/// Memory of this process in bytes, of a cluster that of the node that had most. ReplayCaches: what all of them hold, at 24 or 28 bytes an entry; null: they are in
/// other processes.
/// </summary>
internal sealed record MemoryResult(long PeakWorkingSet, long ManagedHeap, long? ReplayCaches, int Gen2Collections);
