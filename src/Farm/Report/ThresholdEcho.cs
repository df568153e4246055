using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report;

/// <summary>A threshold with what was observed, in base units (count, seconds, per second, fraction).</summary>
internal sealed record ThresholdEcho(string Text, ThresholdOutcome Outcome, double? Observed, double Limit, ThresholdUnit Unit, long Samples)
{
    public static ThresholdEcho Of(ThresholdResult result) =>
        new(result.Threshold.Text, result.Outcome, result.Observed, result.Threshold.Value, result.Threshold.Unit, result.Samples);
}
