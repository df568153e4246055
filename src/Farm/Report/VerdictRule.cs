using System.Globalization;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report;

/// <summary>The one place that decides about a run.</summary>
internal static class VerdictRule
{
    /// <summary>
    /// A broken invariant comes first, also in a run that was stopped; then the stop, because thresholds of half a run say nothing;
    /// then the generator, and a run in which nothing happened (<see cref="EmptyRunRule"/>); then the thresholds, of which one without samples is as bad as a
    /// failed one.
    /// </summary>
    public static (RunVerdict Verdict, string Reason, ExitCode Code) Decide(
        IReadOnlyList<InvariantResult> invariants, IReadOnlyList<ThresholdResult> thresholds, GeneratorResult generator, string? emptiness, bool isStopped)
    {
        var broken = invariants.Where(invariant => !invariant.Held).ToList();
        if (broken.Count > 0)
        {
            return (RunVerdict.Fail, $"invariant broken: {string.Join(", ", broken.Select(invariant => invariant.Name))}", ExitCode.InvariantBroken);
        }

        if (isStopped)
        {
            return (RunVerdict.Stopped, "stopped by a signal before its end", ExitCode.Stopped);
        }

        if (!generator.IsValid)
        {
            return (RunVerdict.Invalid, $"the generator was the bottleneck: {generator.Reason}", ExitCode.InvalidMeasurement);
        }

        if (emptiness is not null)
        {
            return (RunVerdict.Invalid, $"nothing was measured: {emptiness}", ExitCode.InvalidMeasurement);
        }

        var failed = thresholds.Count(result => result.Outcome == ThresholdOutcome.Failed);
        var empty = thresholds.Count(result => result.Outcome == ThresholdOutcome.NoSamples);
        if (failed + empty > 0)
        {
            var without = empty == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {empty} without samples");
            return (RunVerdict.Fail, string.Create(CultureInfo.InvariantCulture, $"{failed} of {thresholds.Count} thresholds failed{without}"),
                ExitCode.ThresholdFailed);
        }

        return (RunVerdict.Pass, "all invariants and thresholds held", ExitCode.Success);
    }
}
