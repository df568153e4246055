namespace UeFarm.Farm.Hosting;

/// <summary>Quantiles of a latency since the start, in seconds; all zero without samples.</summary>
internal sealed record LatencySnapshot(long Samples, double P50, double P95, double P99, double Max)
{
    public static readonly LatencySnapshot Empty = new(0, 0, 0, 0, 0);
}
