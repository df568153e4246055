namespace UeFarm.Actors.Run;

/// <summary>The figures that a latency goes by, all of the same samples; zero without samples.</summary>
/// <param name="Count">Samples.</param>
/// <param name="P50">Half of the samples are at or below it.</param>
/// <param name="P90">90 % of the samples are at or below it.</param>
/// <param name="P95">95 % of the samples are at or below it.</param>
/// <param name="P99">99 % of the samples are at or below it.</param>
/// <param name="P999">99.9 % of the samples are at or below it.</param>
/// <param name="Max">The longest.</param>
/// <param name="Mean">Of all samples.</param>
public readonly record struct LatencySummary(
    long Count, TimeSpan P50, TimeSpan P90, TimeSpan P95, TimeSpan P99, TimeSpan P999, TimeSpan Max, TimeSpan Mean);
