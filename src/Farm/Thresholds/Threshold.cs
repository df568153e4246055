namespace UeFarm.Farm.Thresholds;

/// <summary>What must hold at the end of a run: a statistic of a metric, compared with a value.</summary>
/// <remarks>
/// Text: As written.
/// Labels: A label that is left out means all its values together.
/// Stat: Null: the count itself.
/// Value: In base units: a count, seconds, events per second, or a fraction (0 to 1).
/// </remarks>
internal sealed record Threshold(
    string Text, string Metric, IReadOnlyDictionary<string, string> Labels, string? Stat, ThresholdOperator Operator, double Value, ThresholdUnit Unit);
