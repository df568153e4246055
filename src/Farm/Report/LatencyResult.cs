namespace UeFarm.Farm.Report;

/// <summary>Quantiles of a latency in seconds; all zero without samples.</summary>
internal sealed record LatencyResult(string Name, long Samples, double P50, double P90, double P95, double P99, double P999, double Max, double Mean);
