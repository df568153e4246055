using System.Globalization;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Html;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Thresholds;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Live;

/// <summary>
/// How a run that goes on stands with its thresholds and promises. Shares are of the messages whose outcome is known, so that what is stored or under way
/// counts for nothing yet; what only the end decides is open.
/// </summary>
internal sealed class LiveJudge(Scenario scenario, RunRecorder recorder, bool hasApplicationServer)
{
    private const string KnownAtEnd = "known when the books are closed";

    /// <summary>What is about the end of a run, about its ledger as a whole, or about the machine over time.</summary>
    private static readonly HashSet<string> OfTheEnd = ["unaccounted", "stored", "registered", "reports", "memory", "heap", "store"];

    public static LiveState.Judgement Nothing { get; } = new(false, null, "nothing has been measured yet", "The first messages are still to come.", null);

    public (LiveState.Judgement Verdict, IReadOnlyList<LiveState.ThresholdRow> Thresholds, IReadOnlyList<LiveState.PromiseRow> Promises) Judge(LiveMoment moment)
    {
        var source = new RunThresholdSource(recorder, ResultSoFar(moment), [], scenario.Subscribers.Count);
        var evaluated = ThresholdEvaluator.Evaluate(scenario.Thresholds, source);
        var promises = PromisesSoFar.Of(recorder.Counters, recorder.Counters.AcceptedTwice, moment.MisorderedByServer, hasApplicationServer);
        return (
            Decide(moment, [.. evaluated.Where(static each => !OfTheEnd.Contains(each.Threshold.Metric))], promises),
            [.. evaluated.Select(RowOf)],
            [.. InvariantResult.Names.Select((name, index) => RowOf(index + 1, name, promises))]);
    }

    /// <summary>As at the end.</summary>
    public static LiveState.ThresholdRow RowOf(ThresholdEcho threshold) => Row(threshold, OutcomeOf(threshold.Outcome));

    /// <summary>As at the end.</summary>
    public static LiveState.PromiseRow RowOf(InvariantResult promise) => new(
        promise.Number, promise.Name, RunReport.MeaningOf(promise.Name), promise.Held ? LiveOutcome.Held : LiveOutcome.Failed, promise.Detail);

    /// <summary>The rule of the end, for what can be told by now.</summary>
    private LiveState.Judgement Decide(LiveMoment moment, List<ThresholdResult> thresholds, IReadOnlyList<InvariantCheck> promises)
    {
        var isBroken = promises.Any(static promise => !promise.Holds);
        if (recorder.Counters.Due == 0 && !isBroken)
        {
            return Nothing;
        }

        var known = thresholds.Where(static threshold => threshold.Outcome != ThresholdOutcome.NoSamples).ToList();
        var (verdict, reason, _) = VerdictRule.Decide(
            [.. promises.Select(static promise => new InvariantResult(promise.Number, promise.Name, promise.Holds, promise.Evidence))], known,
            RunBooks.GeneratorOf(recorder, recorder.LateShare, moment.PlayedFor, null), null, false);
        var open = scenario.Thresholds.Count - known.Count;
        var rest = open == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {open} cannot be told yet");
        return new LiveState.Judgement(
            false, verdict, verdict == RunVerdict.Pass && scenario.Thresholds.Count > 0 && known.Count == 0 ? $"no promise is broken{rest}" : reason + rest,
            "Only the end decides: this is what would be said if the rest went like this.", null);
    }

    private FarmRunResult ResultSoFar(LiveMoment moment)
    {
        var counters = recorder.Counters;
        var rejected = Enum.GetValues<ReceiveOutcome>()
            .Where(static outcome => outcome is not (ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted or ReceiveOutcome.Duplicate))
            .ToDictionary(static outcome => outcome, counters.Received);
        var failed = Enum.GetValues<FailureReason>().ToDictionary(static reason => reason, counters.FailedForGood);
        var (accepted, expired) = (moment.Snapshot.Accepted, moment.Expired ?? 0);
        return new FarmRunResult
        {
            Totals = new LedgerTotals
            {
                Sent = accepted + expired + rejected.Values.Sum() + failed.Values.Sum(),
                Accepted = accepted,
                RejectedByReason = rejected,
                FailedByReason = failed,
                Expired = expired,
                Stored = moment.Snapshot.Stored,
                Unaccounted = 0,
                PromisesBroken = 0,
                AcceptedTwice = counters.AcceptedTwice,
            },
            Reports = ReportTotals.None,
            Invariants = [],
            PlayedFor = moment.PlayedFor,
            IsStopped = false,
            LateShare = 0,
            RegisteredAtEnd = recorder.RegisteredPhones,
            Changes = [],
        };
    }

    private static LiveState.ThresholdRow RowOf(ThresholdResult result)
    {
        var isOpen = OfTheEnd.Contains(result.Threshold.Metric);
        var isKnown = result.Threshold.Metric is "stored" or "registered";
        var echo = ThresholdEcho.Of(result);
        return Row(isOpen && !isKnown ? echo with { Observed = null, Samples = 0 } : echo, isOpen ? LiveOutcome.Open : OutcomeOf(result.Outcome));
    }

    private static LiveState.ThresholdRow Row(ThresholdEcho threshold, LiveOutcome outcome) => new(
        threshold.Text, outcome, threshold.Observed, threshold.Observed is { } observed ? ThresholdEvaluator.Format(observed, threshold.Unit) : null, threshold.Limit,
        threshold.Unit, threshold.Samples);

    private static LiveState.PromiseRow RowOf(int number, string name, IReadOnlyList<InvariantCheck> known)
    {
        var check = known.FirstOrDefault(check => check.Number == number);
        var outcome = check is null ? LiveOutcome.Open : check.Holds ? LiveOutcome.Held : LiveOutcome.Failed;
        return new LiveState.PromiseRow(number, name, RunReport.MeaningOf(name), outcome, check?.Evidence ?? KnownAtEnd);
    }

    private static LiveOutcome OutcomeOf(ThresholdOutcome outcome) => outcome switch
    {
        ThresholdOutcome.Held => LiveOutcome.Held,
        ThresholdOutcome.Failed => LiveOutcome.Failed,
        _ => LiveOutcome.NoSamples,
    };
}
