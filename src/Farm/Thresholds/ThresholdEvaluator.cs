namespace UeFarm.Farm.Thresholds;

/// <summary>Compares thresholds with what was observed. Without samples, or with a value that is not a number, nothing passes.</summary>
internal static class ThresholdEvaluator
{
    public static IReadOnlyList<ThresholdResult> Evaluate(IEnumerable<Threshold> thresholds, IThresholdSource source) =>
        [.. thresholds.Select(threshold => Evaluate(threshold, source))];

    public static ThresholdResult Evaluate(Threshold threshold, IThresholdSource source)
    {
        var isKnown = source.TryGetValue(threshold.Metric, threshold.Labels, threshold.Stat, out var observed, out var samples);
        if (!isKnown || samples <= 0 || double.IsNaN(observed))
        {
            return new ThresholdResult(threshold, ThresholdOutcome.NoSamples, null, 0);
        }

        var isHeld = threshold.Operator switch
        {
            ThresholdOperator.Equal => observed == threshold.Value,
            ThresholdOperator.NotEqual => observed != threshold.Value,
            ThresholdOperator.Less => observed < threshold.Value,
            ThresholdOperator.LessOrEqual => observed <= threshold.Value,
            ThresholdOperator.Greater => observed > threshold.Value,
            _ => observed >= threshold.Value,
        };
        return new ThresholdResult(threshold, isHeld ? ThresholdOutcome.Held : ThresholdOutcome.Failed, observed, samples);
    }

    /// <summary>A value of that unit for people.</summary>
    public static string Format(double value, ThresholdUnit unit) => unit switch
    {
        ThresholdUnit.Time => Scenarios.UnitText.Latency(value),
        ThresholdUnit.Rate => value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) + "/s",
        ThresholdUnit.Share => (value * 100).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture) + " %",
        ThresholdUnit.Size => Scenarios.UnitText.Bytes(value),
        _ => Scenarios.UnitText.Count(value),
    };
}
