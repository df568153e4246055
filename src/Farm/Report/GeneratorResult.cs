namespace UeFarm.Farm.Report;

/// <summary>Whether the load was what the scenario asked for.</summary>
/// <remarks>
/// Reason: Why it was not; empty when valid.
/// LagP99Seconds: Lateness of sends against their due time.
/// CpuSeconds: User and system time of this process, of a cluster that of all nodes; null in virtual time, where it is among the facts of the wall clock.
/// </remarks>
internal sealed record GeneratorResult(bool IsValid, string Reason, double LagP99Seconds, double LagMaxSeconds, double OfferedPerSecond, double? CpuSeconds);
