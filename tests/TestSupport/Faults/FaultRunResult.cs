using System.Globalization;
using UeFarm.Actors.Ledger;

namespace UeFarm.TestSupport.Faults;

/// <summary>What a fault run came to: the closed ledger over all lives of the server.</summary>
public sealed record FaultRunResult
{
    public required int Seed { get; init; }

    public required FaultStore Store { get; init; }

    public required IReadOnlyDictionary<FaultKind, int> Faults { get; init; }

    public required LedgerTotals Totals { get; init; }

    /// <summary>Messages answered 202.</summary>
    public required long Deferred { get; init; }

    /// <summary>Copies that phones recognised.</summary>
    public required long Redelivered { get; init; }

    /// <summary>As phones saw it, and as the last life of the server did.</summary>
    public required long OrderViolations { get; init; }

    /// <summary>Messages accepted that no phone sent.</summary>
    public required long Foreign { get; init; }

    /// <summary>Times from the start of a process to its readiness, sorted.</summary>
    public required IReadOnlyList<TimeSpan> Starts { get; init; }

    public required TimeSpan Duration { get; init; }

    public int Kills => Faults.Where(static fault => fault.Key <= FaultKind.KillBoth).Sum(static fault => fault.Value);

    /// <summary>Nothing promised was lost, nothing came out of order, nothing twice, nothing is left.</summary>
    public bool Holds => Totals is { IsBalanced: true, PromisesBroken: 0, AcceptedTwice: 0, Stored: 0 } && OrderViolations == 0 && Foreign == 0;

    public override string ToString()
    {
        var faults = string.Join(", ", Faults.Where(static fault => fault.Value > 0).OrderBy(static fault => fault.Key).Select(static fault => $"{fault.Value} {fault.Key}"));
        var failures = string.Join(", ", Totals.FailedByReason.Select(static failure => $"{failure.Value} {failure.Key}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}, {Store}: {Kills} kills ({faults}) in {Duration.TotalSeconds:0} s; {Totals.Sent} sent = {Totals.Accepted} accepted + {Totals.Rejected} rejected + "
            + $"{Totals.Expired} expired + {Totals.Failed} failed ({failures}) + {Totals.Stored} stored + {Totals.Unaccounted} unaccounted; {Deferred} answered 202, "
            + $"{Totals.PromisesBroken} of them lost; {OrderViolations} out of order, {Totals.AcceptedTwice} accepted twice, {Redelivered} copies recognised; "
            + $"ready again after {Median.TotalMilliseconds:0} ms (median), {Starts[^1].TotalMilliseconds:0} ms at most");
    }

    private TimeSpan Median => Starts[Starts.Count / 2];
}
