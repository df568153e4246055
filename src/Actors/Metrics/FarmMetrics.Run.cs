using System.Globalization;
using Prometheus;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Metrics;

/// <summary>What a run itself counts: its phases, its phones with their replay caches, its messages.</summary>
public sealed partial class FarmMetrics
{
    /// <summary>Phases that have a series of their own; a scenario may have any number of them.</summary>
    private const int MostPhases = 40;

    private static readonly double[] LatencyBuckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400];

    // One less than a power of two: of the ranks up to C - 1 nothing is refused by a cache of C entries.
    private static readonly double[] RankBuckets = [.. Enumerable.Range(0, 21).Select(static power => (double)((1 << power) - 1))];

    /// <param name="names">In their order.</param>
    /// <param name="most">So many have a series of their own.</param>
    /// <param name="stand">Names where the run stands.</param>
    private void AddPhases(IReadOnlyList<string> names, int most, Func<string> stand)
    {
        var metric = _factory.CreateGauge("uefarm_run_phase", "1 for where the run stands: registering, a phase of the scenario, settling, ended; 0 for the others.", "phase");
        foreach (var shown in (string[])["registering", .. names.Distinct().Take(most), "settling", "ended"])
        {
            AddChild(metric, () => shown == stand() ? 1 : 0, shown);
        }
    }

    private static string StandOf(FarmRun run) => StandOf(run.Progress, run.Closed is not null, run.Settings);

    private static string StandOf(in RunProgress progress, bool isClosed, FarmRunSettings settings) => isClosed ? "ended"
        : progress.Stage == RunStage.Settling ? "settling"
        : progress.Phase < 0 ? "registering"
        : settings.Phases[progress.Phase].Name;

    private void AddPhones(RunRecorder recorder, Func<(int Offline, int Registering, int Registered)> count)
    {
        AddPhoneStates("uefarm_phones", "Phones by state now.", count);
        Counter("uefarm_registrations_total", "Successful registrations and re-registrations.", () => recorder.Counters.Registrations);
        Counter("uefarm_registration_failures_total", "Registration attempts that failed.", () => recorder.Counters.RegistrationFailures);
        Counter("uefarm_phone_restarts_total", "Phone actors restarted after a fault of their own.", () => recorder.Counters.Restarts);
    }

    private void AddPhoneStates(string name, string help, Func<(int Offline, int Registering, int Registered)> count)
    {
        var phones = _factory.CreateGauge(name, help, "state");
        var (offline, registering, registered) = (phones.WithLabels("offline"), phones.WithLabels("registering"), phones.WithLabels("registered"));
        _updates.Add(() =>
        {
            var now = count();
            offline.Set(now.Offline);
            registering.Set(now.Registering);
            registered.Set(now.Registered);
        });
    }

    private void AddReplayCaches(ReplayCacheSettings settings, Func<ReplayCacheTotals> sum, Func<long> evictions)
    {
        _factory.CreateGauge("uefarm_replay_cache_info", "1: the policy by which replay caches refuse, and the bytes of an entry's timestamp.", "policy", "timestamp_bytes")
            .WithLabels(Label.Of(settings.Policy), settings.TimestampBytes.ToString(CultureInfo.InvariantCulture)).Set(1);
        Gauge("uefarm_replay_cache_capacity_entries", "Entries that one replay cache may hold.", () => settings.Policy == ReplayPolicy.None ? 0 : settings.CapacityEntries);
        var inUse = _factory.CreateGauge("uefarm_replay_caches", "Replay caches that hold anything.");
        var entries = _factory.CreateGauge("uefarm_replay_cache_entries", "Entries of all replay caches.");
        var bytes = _factory.CreateGauge("uefarm_replay_cache_bytes", "Entries of all replay caches at 24 or 28 bytes each; what the runtime adds is not counted.");
        var fullest = _factory.CreateGauge("uefarm_replay_cache_fullest_entries", "Entries of the replay cache that holds most.");
        _updates.Add(() =>
        {
            var totals = sum();
            inUse.Set(totals.InUse);
            entries.Set(totals.Entries);
            bytes.Set((double)totals.Entries * settings.EntryBytes);
            fullest.Set(totals.Fullest);
        });
        Counter("uefarm_replay_cache_evictions_total", "Entries deleted to make room, or because they left the window.", evictions);
    }

    private void AddMessages(RunCounters counters)
    {
        Counter("uefarm_messages_due_total", "Messages that the schedule made due.", () => counters.Due);
        Counter("uefarm_messages_sent_total", "Messages that phones handed to the network.", () => counters.Sent);
        Counter("uefarm_messages_answered_total", "Messages whose sender got a 2xx response.", () => counters.Answered);
        Counter("uefarm_messages_deferred_total", "Messages answered 202: stored for later.", () => counters.Answered202);
        Gauge("uefarm_messages_in_flight", "Messages whose sender waits for an answer.", () => counters.InFlight);
        Counter("uefarm_messages_redelivered_total", "Copies of accepted messages that the network delivered again.", () => counters.Redelivered);
        Counter("uefarm_order_violations_total", "Messages delivered after a newer one although their mailbox promises order.", () => counters.OrderViolations);
        Counter("uefarm_identity_differs_total", "Accepted messages whose S/MIME identity was not that of From.", () => counters.IdentityDiffers);
        var received = _factory.CreateCounter("uefarm_messages_received_total", "Genuine messages by what the recipient's phone made of them.", "outcome");
        foreach (var outcome in Enum.GetValues<ReceiveOutcome>())
        {
            AddChild(received, () => counters.Received(outcome), Label.Of(outcome));
        }

        var failed = _factory.CreateCounter("uefarm_messages_failed_total", "Messages that never reached the recipient's phone, as the sender knows it.", "reason");
        foreach (var reason in Enum.GetValues<FailureReason>().Where(static reason => reason != FailureReason.None))
        {
            AddChild(failed, () => counters.Failed(reason), Label.Of(reason));
        }
    }

    /// <summary>Only the closing decides what became of a message, so that there is nothing to tell before.</summary>
    private void AddLedger(Func<LedgerTotals?> closed)
    {
        Gauge("uefarm_ledger_closed", "1 once the run has ended and its books are closed.", () => closed() is null ? 0 : 1);
        var messages = _factory.CreateGauge("uefarm_ledger_messages", "Messages of the closed ledger by outcome, which are those of result.json; 0 before.", "outcome");
        AddChild(messages, () => closed()?.Accepted ?? 0, Label.Of(MessageOutcome.Accepted));
        AddChild(messages, () => closed()?.Rejected ?? 0, Label.Of(MessageOutcome.Rejected));
        AddChild(messages, () => closed()?.Expired ?? 0, Label.Of(MessageOutcome.Expired));
        AddChild(messages, () => closed()?.Failed ?? 0, Label.Of(MessageOutcome.Failed));
        AddChild(messages, () => closed()?.Stored ?? 0, Label.Of(MessageOutcome.Stored));
        AddChild(messages, () => closed()?.Unaccounted ?? 0, Label.Of(MessageOutcome.Unaccounted));
    }

    private void AddReports(RunCounters counters)
    {
        Counter("uefarm_reports_sent_total", "Delivery reports that phones handed to the network.", () => counters.ReportsSent);
        Counter("uefarm_reports_unsent_total", "Delivery reports that phones gave up.", () => counters.ReportsUnsent);
        var received = _factory.CreateCounter("uefarm_reports_received_total", "Delivery reports received about a phone's own messages, by what they say.", "status");
        foreach (var status in Enum.GetValues<ImdnStatus>())
        {
            AddChild(received, () => counters.Reports(status), Label.Of(status));
        }

        var odd = _factory.CreateCounter("uefarm_reports_unexpected_total", "Delivery reports that tell nothing new or nothing true.", "reason");
        AddChild(odd, () => counters.ReportsForeign, "foreign");
        AddChild(odd, () => counters.ReportsDuplicate, "duplicate");
        AddChild(odd, () => counters.ReportsContradicting, "contradicting");
        AddChild(odd, () => counters.ReportsRefused, "refused");
    }

    private void AddAttacks(RunCounters counters)
    {
        var injected = _factory.CreateCounter("uefarm_attacks_injected_total", "Messages injected by the attacker.", "kind");
        var outcomes = _factory.CreateCounter("uefarm_attack_outcomes_total", "What phones made of injected messages.", "kind", "outcome");
        foreach (var kind in Enum.GetValues<AttackKind>())
        {
            var child = injected.WithLabels(Label.Of(kind));
            _updates.Add(() => child.IncTo(counters.AttacksSent(kind)));
            foreach (var outcome in Enum.GetValues<ReceiveOutcome>())
            {
                var cell = outcomes.WithLabels(Label.Of(kind), Label.Of(outcome));
                _updates.Add(() => cell.IncTo(counters.AttackOutcomes(kind, outcome)));
            }
        }
    }

    private void AddLatencies(RunRecorder recorder)
    {
        AddHistogram(recorder.Delivery, "uefarm_delivery_seconds", "From the later of due and the recipient's registration to acceptance.");
        AddHistogram(recorder.Age, "uefarm_message_age_seconds", "From due to acceptance, time in the mailbox included.");
        AddHistogram(recorder.Answer, "uefarm_answer_seconds", "From due to the sender's final answer.");
        AddHistogram(recorder.Registration, "uefarm_registration_seconds", "From going online to the 200 to REGISTER.");
    }

    private void AddLag(LatencyRecorder lag) => AddHistogram(lag, "uefarm_generator_lag_seconds", "How late messages were handed to their phones.");

    private void AddRanks(RunRecorder recorder) => recorder.Ranks.Observer = _factory.CreateHistogram(
        "uefarm_overtake_rank",
        "First-time messages by the number of earlier ones that are not older: a cache of C entries refuses those from C on, and accepts the bucket le=C-1.",
        new HistogramConfiguration { Buckets = RankBuckets });

    private void AddHistogram(LatencyRecorder recorder, string name, string help) =>
        recorder.Observer = _factory.CreateHistogram(name, help, new HistogramConfiguration { Buckets = LatencyBuckets });
}
