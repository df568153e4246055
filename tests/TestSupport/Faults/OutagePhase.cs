namespace UeFarm.TestSupport.Faults;

/// <summary>What those were told who wrote in one part of the time, and how much memory the server had at most meanwhile.</summary>
public sealed record OutagePhase(string Name, IReadOnlyList<FaultAnswer> Answers, long PeakResidentBytes);
