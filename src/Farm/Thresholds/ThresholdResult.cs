namespace UeFarm.Farm.Thresholds;

/// <summary>A threshold after the run.</summary>
/// <remarks>Observed: In base units; null without samples.</remarks>
internal sealed record ThresholdResult(Threshold Threshold, ThresholdOutcome Outcome, double? Observed, long Samples);
