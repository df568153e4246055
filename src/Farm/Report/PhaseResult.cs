namespace UeFarm.Farm.Report;

/// <summary>A phase as it happened, in seconds since the start of the run.</summary>
internal sealed record PhaseResult(string Name, double StartSeconds, double EndSeconds);
