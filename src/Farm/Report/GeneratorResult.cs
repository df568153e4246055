namespace UeFarm.Farm.Report;

/// <summary>Whether the load was what the scenario asked for.</summary>
/// <remarks>
/// Reason: Why it was not; empty when valid.
/// LagP99Seconds: Lateness of sends against their due time.
/// CpuSeconds: User and system time of this process; null in virtual time, where it is among the facts of the wall clock, and of a run that several nodes have played.
/// </remarks>
internal sealed record GeneratorResult(bool IsValid, string Reason, double LagP99Seconds, double LagMaxSeconds, double OfferedPerSecond, double? CpuSeconds);
