namespace UeFarm.Actors.Run;

/// <summary>Quantiles of a latency over part of a run; zero without samples.</summary>
public readonly record struct LatencyInterval(long Count, TimeSpan P50, TimeSpan P99)
{
    public static readonly LatencyInterval Empty;
}
