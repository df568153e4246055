using Prometheus;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Core;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Metrics;

/// <summary>
/// What Prometheus sees of a run, or of an application server by itself. Counters are read from the books kept anyway when somebody scrapes, so that the
/// hot path pays nothing for them; only the histograms observe each value. No label ever names a phone or a message, and every label value exists at 0 from the start.
/// </summary>
public sealed class FarmMetrics
{
    private static readonly double[] LatencyBuckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400];
    private const string ApplicationServerRole = "as";

    // One less than a power of two: of the ranks up to C - 1 nothing is refused by a cache of C entries.
    private static readonly double[] RankBuckets = [.. Enumerable.Range(0, 21).Select(static power => (double)((1 << power) - 1))];
    private static readonly string[] Roles = ["ue", "core", ApplicationServerRole, "attacker"];
    private readonly MetricFactory _factory;
    private readonly Func<IEnumerable<(string Role, ISipTransport Transport)>> _transports;
    private readonly List<Action> _updates = [];

    private FarmMetrics(CollectorRegistry registry, Func<IEnumerable<(string Role, ISipTransport Transport)>> transports)
    {
        _factory = Prometheus.Metrics.WithCustomRegistry(registry);
        _transports = transports;
        registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Registers all instruments of a run.</summary>
    public static void Register(FarmRun run, CollectorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(registry);
        var metrics = new FarmMetrics(registry, () => run.Transports);
        metrics.AddPhones(run.Recorder);
        metrics.AddMessages(run.Recorder.Counters);
        metrics.AddReports(run.Recorder.Counters);
        metrics.AddAttacks(run.Recorder.Counters);
        if (run.ApplicationServer is { } server)
        {
            metrics.AddApplicationServer(server);
        }

        if (run.Core is { } core)
        {
            metrics.AddCore(core);
        }

        metrics.AddTransports(Roles);
        metrics.AddLatencies(run.Recorder);
        metrics.AddRanks(run.Recorder);
    }

    /// <summary>Registers the instruments of an application server that runs by itself: the same families as in a run.</summary>
    public static void Register(ApplicationServer server, CollectorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(registry);
        var metrics = new FarmMetrics(registry, () => server.Transports.Select(static transport => (ApplicationServerRole, transport)));
        metrics.AddApplicationServer(server.Counters);
        metrics.AddTransports([ApplicationServerRole]);
    }

    private void Update()
    {
        foreach (var update in _updates)
        {
            update();
        }
    }

    private void AddPhones(RunRecorder recorder)
    {
        Gauge("uefarm_phones_registered", "Phones registered now.", () => recorder.RegisteredPhones);
        Counter("uefarm_registrations_total", "Successful registrations and re-registrations.", () => recorder.Counters.Registrations);
        Counter("uefarm_registration_failures_total", "Registration attempts that failed.", () => recorder.Counters.RegistrationFailures);
        Counter("uefarm_phone_restarts_total", "Phone actors restarted after a fault of their own.", () => recorder.Counters.Restarts);
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
            var child = received.WithLabels(Label.Of(outcome));
            _updates.Add(() => child.IncTo(counters.Received(outcome)));
        }

        var failed = _factory.CreateCounter("uefarm_messages_failed_total", "Messages that never reached the recipient's phone, as the sender knows it.", "reason");
        foreach (var reason in Enum.GetValues<FailureReason>().Where(static reason => reason != FailureReason.None))
        {
            var child = failed.WithLabels(Label.Of(reason));
            _updates.Add(() => child.IncTo(counters.Failed(reason)));
        }
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

    private void AddApplicationServer(ApplicationServerCounters counters)
    {
        Gauge("uefarm_as_backlog_messages", "Messages stored and not yet removed.", () => counters.Backlog);
        Gauge("uefarm_as_backlog_bytes", "Bodies of the messages stored and not yet removed.", () => counters.BacklogBytes);
        Gauge("uefarm_as_users_online", "Users that the application server knows as registered.", () => counters.UsersOnline);
        Gauge("uefarm_as_drain_waiting", "Mailboxes that wait for their turn under the limit of the drain.", () => counters.DrainWaiting);
        Gauge("uefarm_as_subscriptions", "Phones whose registration the application server is subscribed to.", () => counters.Subscriptions);
        Counter("uefarm_as_received_total", "Messages received for delivery.", () => counters.Received);
        Counter("uefarm_as_forwarded_live_total", "Messages forwarded at once.", () => counters.ForwardedLive);
        Counter("uefarm_as_stored_total", "Messages stored durably.", () => counters.Stored);
        Counter("uefarm_as_delivered_total", "Stored messages delivered.", () => counters.Delivered);
        Counter("uefarm_as_redeliveries_total", "Deliveries tried again.", () => counters.Redeliveries);
        Counter("uefarm_as_temporary_failures_total", "Deliveries that failed for now.", () => counters.TemporaryFailures);
        Counter("uefarm_as_commits_total", "Commits of the store.", () => counters.Commits);
        Counter("uefarm_as_commit_failures_total", "Transactions of the store that failed.", () => counters.FailedCommits);
        Gauge("uefarm_as_store_up", "1 while the store works, 0 after a failure until it works again.", () => counters.StoreProblem is null ? 1 : 0);
        var dropped = _factory.CreateCounter("uefarm_as_dropped_total", "Messages taken out without delivery.", "reason");
        AddChild(dropped, () => counters.DroppedPermanent, "permanent");
        AddChild(dropped, () => counters.DroppedExpired, "expired");
        AddChild(dropped, () => counters.DroppedPurged, "purged");
        var reports = _factory.CreateCounter("uefarm_as_reports_total", "Delivery reports of the server to senders, by what they say.", "status");
        AddChild(reports, () => counters.ReportedFailed, "failed");
        AddChild(reports, () => counters.ReportedError, "error");
        AddChild(reports, () => counters.ReportedStored, "stored");
        Counter("uefarm_as_reports_dropped_total", "Delivery reports without a mailbox to go to, or with a full one.", () => counters.ReportsDropped);
        var refused = _factory.CreateCounter("uefarm_as_refused_total", "Messages not taken.", "reason");
        AddChild(refused, () => counters.RefusedQuota, "quota");
        AddChild(refused, () => counters.RefusedQuotaBytes, "quota-bytes");
        AddChild(refused, () => counters.RefusedServerQuota, "server-quota");
        AddChild(refused, () => counters.RefusedServerQuotaBytes, "server-quota-bytes");
        AddChild(refused, () => counters.RefusedStorage, "storage");
        AddChild(refused, () => counters.RefusedExpired, "expired");
        AddChild(refused, () => counters.RefusedStopping, "stopping");
    }

    private void AddCore(CoreCounters counters)
    {
        Gauge("uefarm_core_bindings", "Contacts registered now.", () => counters.Bindings);
        var registers = _factory.CreateCounter("uefarm_core_registers_total", "REGISTER requests by result.", "result");
        AddChild(registers, () => counters.RegistersAccepted, "accepted");
        AddChild(registers, () => counters.RegistersChallenged, "challenged");
        AddChild(registers, () => counters.RegistersRefused, "refused");
        var news = _factory.CreateCounter("uefarm_core_presence_total", "News of registrations that the application server took, by how it was told.", "kind");
        AddChild(news, () => counters.NotifiedApplicationServer, "third-party-register");
        AddChild(news, () => counters.NotificationsAccepted, "notify");
        Counter("uefarm_core_messages_routed_total", "MESSAGE requests routed.", () => counters.MessagesRouted);
        Counter("uefarm_core_messages_refused_total", "MESSAGE requests refused.", () => counters.MessagesRefused);
        Counter("uefarm_core_timeouts_total", "Routed requests without a final response within Timer F.", () => counters.TimedOut);
        Counter(
            "uefarm_core_forwards_outdated_total", "MESSAGE requests given up because the contact that they went to was registered anew or replaced.",
            () => counters.ForwardsOutdated);
    }

    private void AddTransports(string[] roles)
    {
        var messages = _factory.CreateCounter("uefarm_sip_messages_total", "SIP messages by role and direction.", "role", "direction");
        var bytes = _factory.CreateCounter("uefarm_sip_bytes_total", "Bytes of SIP by role and direction.", "role", "direction");
        var dropped = _factory.CreateCounter("uefarm_sip_dropped_total", "What was refused or dropped at the sockets, by role and reason.", "role", "reason");
        foreach (var role in roles)
        {
            AddTransportChild(messages, role, static counters => counters.MessagesReceived, "received");
            AddTransportChild(messages, role, static counters => counters.MessagesSent, "sent");
            AddTransportChild(bytes, role, static counters => counters.BytesReceived, "received");
            AddTransportChild(bytes, role, static counters => counters.BytesSent, "sent");
            AddTransportChild(dropped, role, static counters => counters.Malformed, "malformed");
            AddTransportChild(dropped, role, static counters => counters.Oversized, "oversized");
            AddTransportChild(dropped, role, static counters => counters.FramingErrors, "framing");
            AddTransportChild(dropped, role, static counters => counters.SlowPeersClosed, "slow-peer");
            AddTransportChild(dropped, role, static counters => counters.SendOverflows, "overflow");
            AddTransportChild(dropped, role, static counters => counters.RefusedByGuard, "guard");
            AddTransportChild(dropped, role, static counters => counters.ConnectFailures, "connect");
        }
    }

    private void AddTransportChild(Counter counter, string role, Func<TransportCounters, long> read, string label)
    {
        var child = counter.WithLabels(role, label);
        _updates.Add(() => child.IncTo(_transports().Where(entry => entry.Role == role).Sum(entry => read(entry.Transport.Counters))));
    }

    private void AddLatencies(RunRecorder recorder)
    {
        AddHistogram(recorder.Delivery, "uefarm_delivery_seconds", "From the later of due and the recipient's registration to acceptance.");
        AddHistogram(recorder.Age, "uefarm_message_age_seconds", "From due to acceptance, time in the mailbox included.");
        AddHistogram(recorder.Answer, "uefarm_answer_seconds", "From due to the sender's final answer.");
        AddHistogram(recorder.Registration, "uefarm_registration_seconds", "From going online to the 200 to REGISTER.");
        AddHistogram(recorder.Lag, "uefarm_generator_lag_seconds", "How late messages were handed to their phones.");
    }

    private void AddRanks(RunRecorder recorder) => recorder.Ranks.Observer = _factory.CreateHistogram(
        "uefarm_overtake_rank",
        "First-time messages by the number of earlier ones that are not older: a cache of C entries refuses those from C on, and accepts the bucket le=C-1.",
        new HistogramConfiguration { Buckets = RankBuckets });

    private void AddHistogram(LatencyRecorder recorder, string name, string help) =>
        recorder.Observer = _factory.CreateHistogram(name, help, new HistogramConfiguration { Buckets = LatencyBuckets });

    private void Counter(string name, string help, Func<long> read)
    {
        var counter = _factory.CreateCounter(name, help);
        _updates.Add(() => counter.IncTo(read()));
    }

    private void Gauge(string name, string help, Func<long> read)
    {
        var gauge = _factory.CreateGauge(name, help);
        _updates.Add(() => gauge.Set(read()));
    }

    private void AddChild(Counter counter, Func<long> read, string label)
    {
        var child = counter.WithLabels(label);
        _updates.Add(() => child.IncTo(read()));
    }
}
