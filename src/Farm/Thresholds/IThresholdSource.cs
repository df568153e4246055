namespace UeFarm.Farm.Thresholds;

/// <summary>Where observed values come from at the end of a run.</summary>
internal interface IThresholdSource
{
    /// <summary>
    /// The observed value of a statistic, in base units (count, seconds, events per second, fraction). A label that is left out
    /// means all its values together. <paramref name="samples"/> is how many observations the value rests on: for latencies the
    /// latencies recorded, for counts the messages among which was counted (<c>rejected == 0</c> of no messages sent says nothing).
    /// False: the source does not know the metric.
    /// </summary>
    bool TryGetValue(string metric, IReadOnlyDictionary<string, string> labels, string? stat, out double value, out long samples);
}
