using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Hosting;

/// <summary>Makes pictures of a run; its rates are those since the picture before. For one thread at a time.</summary>
/// <param name="scenario">What is played.</param>
/// <param name="run">Where it stands.</param>
/// <param name="stored">Messages in the application server now.</param>
internal sealed class SnapshotMaker(Scenario scenario, IRunUnderWay run, Func<long> stored)
{
    private RunSnapshot? _last;

    public SnapshotMaker(Scenario scenario, FarmRun run)
        : this(scenario, run, () => run.ApplicationServer?.Backlog ?? 0)
    {
    }

    /// <summary>What is to be said about a phase that has begun.</summary>
    public PhaseStarted PhaseOf(int index)
    {
        var phase = scenario.Phases[index];
        return new PhaseStarted(phase.Name, index, scenario.Phases.Count, phase.Length, run.StartOf(index));
    }

    public RunSnapshot Take()
    {
        var recorder = run.Recorder;
        var counters = recorder.Counters;
        var progress = run.Progress;
        var accepted = counters.Received(ReceiveOutcome.Accepted) + counters.Received(ReceiveOutcome.PlainAccepted);
        var seconds = _last is null ? progress.Elapsed.TotalSeconds : (progress.Elapsed - _last.Elapsed).TotalSeconds;
        var snapshot = new RunSnapshot
        {
            Elapsed = progress.Elapsed,
            PhaseName = NameOf(progress),
            PhaseIndex = Math.Max(0, progress.Phase),
            PhaseCount = scenario.Phases.Count,
            PhaseRemaining = progress.PhaseLeft,
            UesByState = States(recorder.RegisteredPhones),
            Registering = recorder.RegisteringPhones,
            Registrations = counters.Registrations,
            Due = counters.Due,
            Sent = counters.Sent,
            Answered = counters.Answered,
            Accepted = accepted,
            RejectedByReason = Refusals(counters),
            FailedByReason = Failures(counters),
            Expired = counters.Expired,
            Stored = stored(),
            Redelivered = counters.Redelivered,
            AttacksByKind = Enum.GetValues<AttackKind>().Where(kind => counters.AttacksSent(kind) > 0).ToDictionary(Label.Of, counters.AttacksSent),
            SentPerSecond = PerSecond(counters.Sent - (_last?.Sent ?? 0), seconds),
            AcceptedPerSecond = PerSecond(accepted - (_last?.Accepted ?? 0), seconds),
            Delivery = Of(recorder.Delivery),
            Answer = Of(recorder.Answer),
            Lag = recorder.Lag.Summarize().P99,
            MessagesInFlight = counters.InFlight,
            Warnings = run.Warnings,
        };
        _last = snapshot;
        return snapshot;
    }

    private string NameOf(in RunProgress progress) => progress.Stage switch
    {
        RunStage.Registering => "registering",
        RunStage.Settling => "settling",
        _ => progress.Phase < 0 ? "registering" : scenario.Phases[progress.Phase].Name,
    };

    private Dictionary<string, long> States(int registered) => new(StringComparer.Ordinal)
    {
        ["registered"] = registered,
        ["offline"] = scenario.Subscribers.Count - registered,
    };

    private static Dictionary<string, long> Refusals(RunCounters counters) => Enum.GetValues<ReceiveOutcome>()
        .Where(outcome => outcome is not (ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted or ReceiveOutcome.Duplicate) && counters.Received(outcome) > 0)
        .ToDictionary(Label.Of, counters.Received);

    private static Dictionary<string, long> Failures(RunCounters counters) => Enum.GetValues<FailureReason>()
        .Where(reason => counters.FailedForGood(reason) > 0)
        .ToDictionary(RunThresholdSource.LabelOf, counters.FailedForGood);

    private static double PerSecond(long count, double seconds) => seconds > 0 ? count / seconds : 0;

    private static LatencySnapshot Of(LatencyRecorder latency)
    {
        var summary = latency.Summarize();
        return new LatencySnapshot(summary.Count, summary.P50.TotalSeconds, summary.P95.TotalSeconds, summary.P99.TotalSeconds, summary.Max.TotalSeconds);
    }
}
