namespace UeFarm.Farm.Thresholds;

/// <summary>A metric that thresholds may name.</summary>
/// <remarks>
/// Labels: Its labels with all their values.
/// Stats: Its statistics; an empty one stands for the plain count.
/// </remarks>
internal sealed record ThresholdMetric(string Name, string Description, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels, IReadOnlyList<string> Stats);
