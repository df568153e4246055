namespace UeFarm.Farm.Report;

/// <summary>
/// What a clock on the wall and the machine saw of a run in virtual time: all that differs between two runs of the same seed. Everything else in the document
/// is in virtual time.
/// </summary>
/// <remarks>
/// Seconds: From start to end of the playing.
/// CpuSeconds: User and system time of this process meanwhile.
/// Speed: Virtual seconds played in one real one.
/// Trends, Thresholds: Of what the machine saw.
/// </remarks>
internal sealed record WallClockResult(
    DateTimeOffset StartedAt, double Seconds, double CpuSeconds, double Speed, MemoryResult Memory, IReadOnlyList<TrendResult> Trends,
    IReadOnlyList<ThresholdEcho> Thresholds);
