using System.Globalization;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Thresholds;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Farm.Hosting;

/// <summary>What is written about a finished run: the ledger and arrival files, and the result document with its verdict.</summary>
internal sealed class RunBooks(Scenario scenario, IRunUnderWay run, FarmRunResult result)
{
    /// <summary>Above this share of late hand-overs the generator was the bottleneck (ETSI TS 186 008 speaks of such limits; the figure is ours).</summary>
    private const double LateShareLimit = 0.01;

    /// <param name="recorder">Of the run.</param>
    /// <param name="lateShare">Of the messages.</param>
    /// <param name="playedFor">How long the schedule was played.</param>
    /// <param name="cpu">Null: not known.</param>
    public static GeneratorResult GeneratorOf(RunRecorder recorder, double lateShare, TimeSpan playedFor, TimeSpan? cpu)
    {
        var lag = recorder.Lag.Summarize();
        var isValid = lateShare <= LateShareLimit;
        var reason = isValid ? "" : $"{lateShare:P1} of the messages were handed over more than 100 ms late";
        var offered = playedFor > TimeSpan.Zero ? recorder.Counters.Due / playedFor.TotalSeconds : 0;
        return new GeneratorResult(isValid, reason, lag.P99.TotalSeconds, lag.Max.TotalSeconds, offered, cpu?.TotalSeconds);
    }

    private static LatencyResult LatencyOf(string name, LatencyRecorder latency)
    {
        var summary = latency.Summarize();
        return new LatencyResult(
            name,
            summary.Count,
            summary.P50.TotalSeconds,
            summary.P90.TotalSeconds,
            summary.P95.TotalSeconds,
            summary.P99.TotalSeconds,
            summary.P999.TotalSeconds,
            summary.Max.TotalSeconds,
            summary.Mean.TotalSeconds);
    }

    /// <summary>All that are measured.</summary>
    public static IReadOnlyList<LatencyResult> LatenciesOf(RunRecorder recorder) =>
    [
        LatencyOf("delivery", recorder.Delivery), LatencyOf("age", recorder.Age), LatencyOf("answer", recorder.Answer),
        LatencyOf("registration", recorder.Registration), LatencyOf("lag", recorder.Lag),
    ];

    public void Write(ResultsFolder folder)
    {
        if (scenario.Results.Ledger)
        {
            WriteLedger(folder.LedgerFile);
        }

        if (scenario.Results.Arrivals)
        {
            WriteArrivals(folder.ArrivalsFile);
        }
    }

    /// <param name="source">What was played.</param>
    /// <param name="series">Its course.</param>
    /// <param name="times">When it was.</param>
    /// <param name="nodes">Null: one process has played it.</param>
    public ResultDocument ToDocument(ScenarioSource source, RunSeries series, RunTimes times, NodeShare? nodes = null)
    {
        var recorder = run.Recorder;
        var totals = result.Totals;
        var invariants = result.Invariants.Select(static check => new InvariantResult(check.Number, check.Name, check.Holds, check.Evidence)).ToList();
        var trends = nodes?.Trends ?? Trends(series);
        var thresholds = ThresholdEvaluator.Evaluate(scenario.Thresholds, new RunThresholdSource(recorder, result, trends, scenario.Subscribers.Count));
        var ofMachine = times.Wall is null ? [] : thresholds.Where(static threshold => ThresholdCatalogue.IsOfMachine(threshold.Threshold.Metric)).ToList();
        var generator = GeneratorOf(recorder, result.LateShare, result.PlayedFor, times.Cpu);
        var ledger = new LedgerResult(totals.Sent, totals.Accepted, totals.Rejected, totals.Expired, totals.Failed, totals.Stored, recorder.Counters.Redelivered);
        var registrations = new RegistrationResult(
            scenario.Subscribers.Count, recorder.Counters.Registrations, recorder.Counters.RegistrationFailures, result.RegisteredAtEnd);
        var emptiness = EmptyRunRule.FindFault(ledger, registrations, thresholds);
        var (verdict, reason, code) = VerdictRule.Decide(invariants, thresholds, generator, emptiness, result.IsStopped);
        return new ResultDocument
        {
            Verdict = verdict,
            Reason = reason,
            ExitCode = (int)code,
            Scenario = ScenarioEcho.Of(scenario, source),
            Seed = scenario.Seed,
            Clock = scenario.Clock == ScenarioClock.Virtual ? "virtual" : "real",
            StartedAt = times.StartedAt,
            EndedAt = times.EndedAt,
            Phases = Phases(),
            Changes = ChangeResult.ListOf(run, result.Changes),
            Invariants = invariants,
            Thresholds = [.. thresholds.Except(ofMachine).Select(ThresholdEcho.Of)],
            Ledger = ledger,
            Rejections = totals.RejectedByReason.ToDictionary(static pair => Label.Of(pair.Key), static pair => pair.Value),
            Failures = totals.FailedByReason.ToDictionary(static pair => RunThresholdSource.LabelOf(pair.Key), static pair => pair.Value),
            Reports = ReportsResult.Of(result.Reports, recorder.Counters),
            Attacks = [.. Enum.GetValues<AttackKind>().Where(kind => recorder.Counters.AttacksSent(kind) > 0).Select(AttackOf)],
            ReplayCapacity = CapacityResult.Of(recorder.Ranks, scenario.Phases.Select(static phase => phase.Name)),
            Registrations = registrations,
            Latencies = LatenciesOf(recorder),
            Series = series.Points,
            Trends = times.Wall is null ? trends : null,
            Generator = generator,
            Memory = nodes?.Memory ?? (times.Wall is null ? RunMeter.CurrentMemory(run) : null),
            Wall = times.Wall is null ? null : times.Wall with { Trends = trends, Thresholds = [.. ofMachine.Select(ThresholdEcho.Of)] },
            Nodes = nodes?.Nodes,
            Warnings = run.Warnings,
        };
    }

    private IReadOnlyList<TrendResult> Trends(RunSeries series)
    {
        var from = run.StartOf(0);
        return series.Trends(from.TotalSeconds, (from + result.PlayedFor).TotalSeconds);
    }

    private List<PhaseResult> Phases()
    {
        var progress = run.Progress;
        var phases = new List<PhaseResult>();
        for (var i = 0; i <= progress.Phase; i++)
        {
            var end = Math.Min(run.StartOf(i + 1).Ticks, progress.Elapsed.Ticks);
            phases.Add(new PhaseResult(scenario.Phases[i].Name, run.StartOf(i).TotalSeconds, TimeSpan.FromTicks(end).TotalSeconds));
        }

        return phases;
    }

    private AttackResult AttackOf(AttackKind kind)
    {
        var counters = run.Recorder.Counters;
        var outcomes = Enum.GetValues<ReceiveOutcome>()
            .Where(outcome => counters.AttackOutcomes(kind, outcome) > 0)
            .ToDictionary(Label.Of, outcome => counters.AttackOutcomes(kind, outcome));
        var accepted = counters.AttackOutcomes(kind, ReceiveOutcome.Accepted) + counters.AttackOutcomes(kind, ReceiveOutcome.PlainAccepted);
        var answered = outcomes.Values.Sum();
        return new AttackResult(Label.Of(kind), counters.AttacksSent(kind), accepted, answered - accepted, counters.AttacksSent(kind) - answered, outcomes);
    }

    private void WriteLedger(string path)
    {
        using var writer = new LedgerCsvWriter(File.Create(path));
        var ledger = run.Recorder.Ledger;
        for (long number = 0; number < ledger.Count; number++)
        {
            var entry = ledger.Read(number);
            writer.Write(new LedgerRow(
                number,
                entry.Sender,
                entry.Recipient,
                run.SinceStart(new Instant(entry.DueTicks)),
                entry.SentTicks == 0 ? null : run.SinceStart(new Instant(entry.SentTicks)),
                entry.SentTicks == 0 ? 0 : entry.Timestamp.OrderKey,
                entry.Digest,
                Label.Of(entry.Outcome),
                ReasonOf(entry),
                entry.Outcome == MessageOutcome.Accepted ? new Instant(entry.ReceivedTicks) - new Instant(entry.DueTicks) : null));
        }
    }

    private static string ReasonOf(in LedgerEntry entry) => entry.Outcome switch
    {
        MessageOutcome.Rejected => Label.Of(entry.Refusal),
        MessageOutcome.Failed when entry.Status >= 300 => string.Create(CultureInfo.InvariantCulture, $"{RunThresholdSource.LabelOf(entry.Failure)} {entry.Status}"),
        MessageOutcome.Failed => RunThresholdSource.LabelOf(entry.Failure),
        _ => "",
    };

    private void WriteArrivals(string path)
    {
        using var writer = new ArrivalsCsvWriter(File.Create(path));
        foreach (var arrival in run.Recorder.TakeArrivals())
        {
            writer.Write(new ArrivalRow(
                arrival.Phone, run.SinceStart(new Instant(arrival.Ticks)), arrival.Timestamp.OrderKey, arrival.Digest, Label.Of(arrival.Outcome)));
        }
    }
}
