using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report.Comparison;

/// <summary>A figure in both runs; null where a run has none.</summary>
internal sealed record ComparedValue(string Name, double? Before, double? After, ThresholdUnit Unit, Direction Direction)
{
    /// <summary>Of what is measured and not counted: two runs of one scenario differ by as much.</summary>
    public const double Noise = 0.01;

    /// <summary>Second less first; null when a run has no such figure.</summary>
    public double? Difference => After - Before;

    /// <summary>The difference over the first, as a fraction; null when there is none, or the first is zero.</summary>
    public double? Relative => Before is { } before && before != 0 ? Difference / Math.Abs(before) : null;

    public Change Change
    {
        get
        {
            if (Before is not { } before || After is not { } after)
            {
                return Before is null && After is null ? Change.Same : Change.OneSided;
            }

            var isMeasured = Unit is ThresholdUnit.Time or ThresholdUnit.Rate or ThresholdUnit.Size;
            if (before == after || (isMeasured && Math.Abs(after - before) < Noise * Math.Max(Math.Abs(before), Math.Abs(after))))
            {
                return Change.Same;
            }

            return Direction switch
            {
                Direction.Neutral => Change.Different,
                Direction.LowerIsBetter => after < before ? Change.Better : Change.Worse,
                _ => after > before ? Change.Better : Change.Worse,
            };
        }
    }
}
