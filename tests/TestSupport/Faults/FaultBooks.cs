using System.Globalization;
using UeFarm.Actors.Ledger;

namespace UeFarm.TestSupport.Faults;

/// <summary>The closed books of a run with faults, over all lives of the server.</summary>
public sealed record FaultBooks
{
    public required LedgerTotals Totals { get; init; }

    /// <summary>Messages answered 202.</summary>
    public required long Deferred { get; init; }

    /// <summary>Copies that phones recognised.</summary>
    public required long Redelivered { get; init; }

    /// <summary>As phones saw it, and as the last life of the server did.</summary>
    public required long OrderViolations { get; init; }

    /// <summary>Messages accepted that no phone sent.</summary>
    public required long Foreign { get; init; }

    /// <summary>Nothing promised was lost, nothing came out of order, nothing twice, nothing is left.</summary>
    public bool Hold => Totals is { IsBalanced: true, PromisesBroken: 0, AcceptedTwice: 0, Stored: 0 } && OrderViolations == 0 && Foreign == 0;

    public override string ToString()
    {
        var failures = string.Join(", ", Totals.FailedByReason.Select(static failure => $"{failure.Value} {failure.Key}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Totals.Sent} sent = {Totals.Accepted} accepted + {Totals.Rejected} rejected + {Totals.Expired} expired + {Totals.Failed} failed ({failures}) + "
            + $"{Totals.Stored} stored + {Totals.Unaccounted} unaccounted; {Deferred} answered 202, {Totals.PromisesBroken} of them lost; "
            + $"{OrderViolations} out of order, {Totals.AcceptedTwice} accepted twice, {Redelivered} copies recognised");
    }
}
