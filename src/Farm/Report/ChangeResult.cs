using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;

namespace UeFarm.Farm.Report;

/// <summary>A knob that was turned by hand while the run went on. At: seconds since the run's start, as in the series.</summary>
internal sealed record ChangeResult(double At, string What, string By)
{
    public static IReadOnlyList<ChangeResult> ListOf(IRunUnderWay run, IReadOnlyList<RunChange> changes) =>
        [.. changes.Select(change => new ChangeResult((run.StartOf(0) + change.At).TotalSeconds, change.What, change.By))];
}
