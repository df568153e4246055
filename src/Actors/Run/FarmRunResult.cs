using UeFarm.Actors.Ledger;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Run;

/// <summary>What a run came to.</summary>
public sealed record FarmRunResult
{
    public required LedgerTotals Totals { get; init; }

    public required ReportTotals Reports { get; init; }

    public required IReadOnlyList<InvariantCheck> Invariants { get; init; }

    /// <summary>How long the schedule was played.</summary>
    public required TimeSpan PlayedFor { get; init; }

    /// <summary>Whether somebody stopped it before its end.</summary>
    public required bool IsStopped { get; init; }

    /// <summary>
    /// Share of messages that the schedule handed over more than 100 ms late, 0 to 1. Above 0.01 the generator was the bottleneck and the measurement is invalid.
    /// </summary>
    public required double LateShare { get; init; }

    public required int RegisteredAtEnd { get; init; }

    /// <summary>What was changed while the schedule was played.</summary>
    public required IReadOnlyList<RunChange> Changes { get; init; }
}
