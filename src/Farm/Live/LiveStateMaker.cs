using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Html;
using UeFarm.Farm.Scenarios;
using RunBooks = UeFarm.Farm.Hosting.RunBooks;

namespace UeFarm.Farm.Live;

/// <summary>Makes the live page's document of a run that goes on, and of one that has ended.</summary>
internal sealed class LiveStateMaker(Scenario scenario, RunRecorder recorder, bool hasApplicationServer)
{
    private readonly LiveJudge _judge = new(scenario, recorder, hasApplicationServer);

    public LiveState Running(LiveMoment moment, LiveState.Course? course, LiveState.RateRow rates, DateTimeOffset now)
    {
        var snapshot = moment.Snapshot;
        var (verdict, thresholds, promises) = _judge.Judge(moment);
        var phones = scenario.Subscribers.Count;
        var failures = FailuresOf(recorder.Counters);
        var registered = snapshot.UesByState.GetValueOrDefault("registered");
        return new LiveState
        {
            MadeAt = now,
            Stand = LiveStand.Running,
            Run = FactsOf(scenario, moment.RunId, snapshot.Elapsed, moment.Phases, snapshot.Pace?.Speed),
            Now = PhaseOf(moment),
            Verdict = verdict,
            Thresholds = thresholds,
            Promises = promises,
            Ledger = LedgerOf(moment, failures.Values.Sum()),
            Rates = rates,
            Phones = new LiveState.PhoneRow(registered, snapshot.Registering, Math.Max(0, phones - registered - snapshot.Registering)),
            Rejections = snapshot.RejectedByReason,
            Failures = failures,
            Attacks = snapshot.AttacksByKind,
            Latencies = RunBooks.LatenciesOf(recorder),
            Capacity = CapacityResult.Of(recorder.Ranks, scenario.Phases.Select(static phase => phase.Name)),
            Series = course,
            Changes = moment.Changes,
            Nodes = moment.Nodes,
            Warnings = snapshot.Warnings,
            Unknown = moment.Unknown,
        };
    }

    /// <summary>A run whose schedule has not begun, so that there are no books yet.</summary>
    public static LiveState Preparing(Scenario scenario, string runId, string stage, IReadOnlyList<LiveState.NodeRow> nodes, long registered, DateTimeOffset now) => new()
    {
        MadeAt = now,
        Stand = LiveStand.Running,
        Run = FactsOf(scenario, runId, TimeSpan.Zero, [], null),
        Now = new LiveState.Phase(stage, 0, scenario.Phases.Count, null),
        Verdict = LiveJudge.Nothing,
        Ledger = new LiveState.LedgerRow(0, 0, 0, 0, 0, 0, 0, null, 0),
        Rates = new LiveState.RateRow(0, 0, 0),
        Phones = new LiveState.PhoneRow(registered, 0, scenario.Subscribers.Count - registered),
        Nodes = nodes,
    };

    /// <summary>What the result says, and of the last picture what is in no result.</summary>
    public static LiveState Ended(LiveState last, ResultDocument result, string? resultsFolder, DateTimeOffset now)
    {
        var (ledger, registrations) = (result.Ledger, result.Registrations);
        return last with
        {
            MadeAt = now,
            Stand = LiveStand.Ended,
            Run = last.Run! with { ElapsedSeconds = ElapsedOf(last, result), Phases = result.Phases, Results = resultsFolder },
            Now = new LiveState.Phase("ended", result.Phases.Count, last.Now!.Count, null),
            Verdict = new LiveState.Judgement(true, result.Verdict, result.Reason, VerdictText.Explain(result.Verdict), result.ExitCode),
            Thresholds = [.. result.Thresholds.Concat(result.Wall?.Thresholds ?? []).Select(LiveJudge.RowOf)],
            Promises = [.. result.Invariants.Select(LiveJudge.RowOf)],
            Ledger = new LiveState.LedgerRow(
                ledger.Sent, ledger.Accepted, ledger.Rejected, ledger.Expired, ledger.Failed, ledger.Stored, null, ledger.Unaccounted, ledger.Redelivered),
            Rates = null,
            Phones = new LiveState.PhoneRow(registrations.RegisteredAtEnd, 0, registrations.Phones - registrations.RegisteredAtEnd),
            Rejections = result.Rejections,
            Failures = result.Failures,
            Attacks = result.Attacks.ToDictionary(static attack => attack.Kind, static attack => attack.Sent),
            Latencies = result.Latencies,
            Capacity = result.ReplayCapacity,
            Changes = result.Changes,
            Warnings = result.Warnings,
            Unknown = [],
        };
    }

    private static LiveState.RunFacts FactsOf(Scenario scenario, string? runId, TimeSpan elapsed, IReadOnlyList<PhaseResult> phases, double? speed) => new(
        runId, scenario.Name, scenario.Seed, scenario.Clock == ScenarioClock.Virtual ? "virtual" : "real", scenario.Subscribers.Count,
        Math.Round(elapsed.TotalSeconds, 3), scenario.Phases.Sum(static phase => phase.Length.TotalSeconds), phases, speed, null);

    private LiveState.Phase PhaseOf(LiveMoment moment) => new(
        moment.Snapshot.PhaseName, moment.Snapshot.PhaseIndex + 1, scenario.Phases.Count,
        moment is { Stage: RunStage.Playing, Phases.Count: > 0 } ? Math.Round(moment.Snapshot.PhaseRemaining.TotalSeconds, 3) : null);

    private static Dictionary<string, long> FailuresOf(RunCounters counters) => Enum.GetValues<FailureReason>()
        .Select(reason => (Name: RunThresholdSource.LabelOf(reason), Count: counters.FailedForGood(reason)))
        .Where(static each => each.Count > 0).ToDictionary(static each => each.Name, static each => each.Count);

    private static LiveState.LedgerRow LedgerOf(LiveMoment moment, long failed)
    {
        var snapshot = moment.Snapshot;
        var decided = snapshot.Accepted + snapshot.Rejected + (moment.Expired ?? 0) + failed + snapshot.Stored;
        return new LiveState.LedgerRow(
            snapshot.Due, snapshot.Accepted, snapshot.Rejected, moment.Expired, failed, snapshot.Stored, Math.Max(0, snapshot.Due - decided), null,
            snapshot.Redelivered);
    }

    private static double ElapsedOf(LiveState last, ResultDocument result) =>
        result.Phases.Count == 0 ? last.Run!.ElapsedSeconds : Math.Max(last.Run!.ElapsedSeconds, result.Phases[^1].EndSeconds);
}
