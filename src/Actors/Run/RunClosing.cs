using UeFarm.Actors.Ledger;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Run;

/// <summary>Closes the books of a run: every message gets its one outcome, and the five promises are looked at.</summary>
internal static class RunClosing
{
    /// <param name="recorder">Has heard all facts, what was found in the store included.</param>
    /// <param name="settings">Of the run.</param>
    /// <param name="misorderedByServer">Deliveries out of order that the application server saw itself.</param>
    /// <param name="playedFor">How long the schedule was played.</param>
    /// <param name="isStopped">Before its end.</param>
    /// <param name="registered">Phones with a binding at the end.</param>
    /// <param name="changes">Of the schedule.</param>
    public static FarmRunResult Close(
        RunRecorder recorder, FarmRunSettings settings, long misorderedByServer, TimeSpan playedFor, bool isStopped, int registered,
        IReadOnlyList<RunChange> changes)
    {
        var totals = recorder.Ledger.Close(canSeeStore: settings.HasApplicationServer);
        return new FarmRunResult
        {
            Totals = totals,
            Reports = recorder.TotalReports(),
            Invariants = Check(totals, recorder.Counters, settings, misorderedByServer),
            PlayedFor = playedFor,
            IsStopped = isStopped,
            LateShare = recorder.LateShare,
            RegisteredAtEnd = registered,
            Changes = [.. changes.Where(change => change.At < playedFor)],
        };
    }

    private static IReadOnlyList<InvariantCheck> Check(LedgerTotals totals, RunCounters counters, FarmRunSettings settings, long misorderedByServer)
    {
        return
        [
            new(1, "ledger", totals.IsBalanced, $"{totals.Unaccounted} of {totals.Sent} messages unaccounted for"),
            new(2, "durability", totals.PromisesBroken == 0, $"{totals.PromisesBroken} messages answered 2xx and lost"),
            .. PromisesSoFar.Of(counters, totals.AcceptedTwice, misorderedByServer, settings.HasApplicationServer),
        ];
    }
}
