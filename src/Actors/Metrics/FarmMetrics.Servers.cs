using Prometheus;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Kms;

namespace UeFarm.Actors.Metrics;

/// <summary>What the servers and the transports count, ours or beside somebody else's.</summary>
public sealed partial class FarmMetrics
{
    /// <summary>A store that is too busy to say soon what is oldest must not hold a scrape up.</summary>
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    private void AddApplicationServer(ServedMailboxes served, TimeProvider time)
    {
        AddOldestMessage(served, time);
        Gauge("uefarm_as_backlog_messages", "Messages stored and not yet removed.", () => served.SumNow(static server => server.Backlog));
        Gauge("uefarm_as_backlog_bytes", "Bodies of the messages stored and not yet removed.", () => served.SumNow(static server => server.BacklogBytes));
        Gauge("uefarm_as_users_online", "Users that the application server knows as registered.", () => served.SumNow(static server => server.UsersOnline));
        Gauge("uefarm_as_drain_waiting", "Mailboxes that wait for their turn under the limit of the drain.", () => served.SumNow(static server => server.DrainWaiting));
        Gauge("uefarm_as_subscriptions", "Phones whose registration the application server is subscribed to.", () => served.SumNow(static server => server.Subscriptions));
        Counter("uefarm_as_received_total", "Messages received for delivery.", () => served.Sum(static server => server.Received));
        Counter("uefarm_as_forwarded_live_total", "Messages forwarded at once.", () => served.Sum(static server => server.ForwardedLive));
        Counter("uefarm_as_stored_total", "Messages stored durably.", () => served.Sum(static server => server.Stored));
        Counter("uefarm_as_delivered_total", "Stored messages delivered.", () => served.Sum(static server => server.Delivered));
        Counter("uefarm_as_redeliveries_total", "Deliveries tried again.", () => served.Sum(static server => server.Redeliveries));
        Counter("uefarm_as_temporary_failures_total", "Deliveries that failed for now.", () => served.Sum(static server => server.TemporaryFailures));
        Counter("uefarm_as_commits_total", "Commits of the store.", () => served.Sum(static server => server.Commits));
        Counter("uefarm_as_commit_failures_total", "Transactions of the store that failed.", () => served.Sum(static server => server.FailedCommits));
        Gauge(
            "uefarm_as_store_up", "1 while the store works, 0 after a failure until it works again.",
            () => served.Working.All(static server => server.StoreProblem is null) ? 1 : 0);
        var dropped = _factory.CreateCounter("uefarm_as_dropped_total", "Messages taken out without delivery.", "reason");
        AddChild(dropped, () => served.Sum(static server => server.DroppedPermanent), "permanent");
        AddChild(dropped, () => served.Sum(static server => server.DroppedExpired), "expired");
        AddChild(dropped, () => served.Sum(static server => server.DroppedPurged), "purged");
        var reports = _factory.CreateCounter("uefarm_as_reports_total", "Delivery reports of the server to senders, by what they say.", "status");
        AddChild(reports, () => served.Sum(static server => server.ReportedFailed), "failed");
        AddChild(reports, () => served.Sum(static server => server.ReportedError), "error");
        AddChild(reports, () => served.Sum(static server => server.ReportedStored), "stored");
        Counter("uefarm_as_reports_dropped_total", "Delivery reports without a mailbox to go to, or with a full one.", () => served.Sum(static server => server.ReportsDropped));
        var refused = _factory.CreateCounter("uefarm_as_refused_total", "Messages not taken.", "reason");
        AddChild(refused, () => served.Sum(static server => server.RefusedQuota), "quota");
        AddChild(refused, () => served.Sum(static server => server.RefusedQuotaBytes), "quota-bytes");
        AddChild(refused, () => served.Sum(static server => server.RefusedServerQuota), "server-quota");
        AddChild(refused, () => served.Sum(static server => server.RefusedServerQuotaBytes), "server-quota-bytes");
        AddChild(refused, () => served.Sum(static server => server.RefusedStorage), "storage");
        AddChild(refused, () => served.Sum(static server => server.RefusedExpired), "expired");
        AddChild(refused, () => served.Sum(static server => server.RefusedStopping), "stopping");
    }

    /// <summary>The one figure that is asked of the store, by its first row in the order of arrival. While it cannot say, the last answer stays.</summary>
    private void AddOldestMessage(ServedMailboxes served, TimeProvider time)
    {
        var age = _factory.CreateGauge("uefarm_as_oldest_message_age_seconds", "How long the message that is stored longest has been there; 0 without any.");
        Gauge("uefarm_as_expiry_seconds", "How long messages are kept at most.", () => served.Working is [var server, ..] ? (long)server.Expiry.TotalSeconds : 0);
        _registry.AddBeforeCollectCallback(async cancellation =>
        {
            try
            {
                var now = time.GetUtcNow();
                var oldest = now;
                foreach (var server in served.Working.Where(static server => server.Backlog > 0))
                {
                    var arrived = await server.FindOldestAsync().WaitAsync(LongestQuestion, cancellation).ConfigureAwait(false);
                    oldest = arrived < oldest ? arrived.Value : oldest;
                }

                age.Set((now - oldest).TotalSeconds);
            }
            catch (Exception problem) when (problem is IOException or TimeoutException)
            {
                // Whether the store works is another metric.
            }
        });
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

    private void AddKms(KmsCounters counters)
    {
        var requests = _factory.CreateCounter("uefarm_kms_requests_total", "Requests to the key management service by result.", "outcome");
        foreach (var outcome in Enum.GetValues<KmsOutcome>())
        {
            AddChild(requests, () => counters.Of(outcome), Label.Of(outcome));
        }

        Counter("uefarm_kms_faults_total", "Requests to the key management service that ended in a fault of ours.", () => counters.Faults);
    }

    private void AddPhoneIntake(UeRegionCounters counters)
    {
        var refused = _factory.CreateCounter("uefarm_phone_requests_refused_total", "Requests that no phone got to see.", "reason");
        AddChild(refused, () => counters.UnknownTargets, "unknown");
        AddChild(refused, () => counters.AbsentTargets, "absent");
        AddChild(refused, () => counters.Overloaded, "overloaded");
        Counter("uefarm_phone_responses_stray_total", "Responses to nothing that a phone had sent.", () => counters.UnknownResponses);
        Counter("uefarm_phone_undeliverable_total", "Messages of phones that the transport did not take.", () => counters.Undeliverable);
    }

    private void AddTransports(string[] roles)
    {
        var messages = _factory.CreateCounter("uefarm_sip_messages_total", "SIP messages by role and direction.", "role", "direction");
        var bytes = _factory.CreateCounter("uefarm_sip_bytes_total", "Bytes of SIP by role and direction.", "role", "direction");
        var opened = _factory.CreateCounter("uefarm_sip_connections_opened_total", "TCP connections made or accepted, by role.", "role");
        var connections = _factory.CreateGauge("uefarm_sip_connections", "TCP connections open now, by role.", "role");
        var dropped = _factory.CreateCounter("uefarm_sip_dropped_total", "What was refused or dropped at the sockets, by role and reason.", "role", "reason");
        foreach (var role in roles)
        {
            AddTransportChild(messages, role, static counters => counters.MessagesReceived, "received");
            AddTransportChild(messages, role, static counters => counters.MessagesSent, "sent");
            AddTransportChild(bytes, role, static counters => counters.BytesReceived, "received");
            AddTransportChild(bytes, role, static counters => counters.BytesSent, "sent");
            AddChild(opened, () => SumOf(role, static counters => counters.ConnectionsOpened), role);
            AddChild(connections, () => SumOf(role, static counters => counters.ConnectionsOpened - counters.ConnectionsClosed), role);
            AddTransportChild(dropped, role, static counters => counters.Malformed, "malformed");
            AddTransportChild(dropped, role, static counters => counters.Oversized, "oversized");
            AddTransportChild(dropped, role, static counters => counters.FramingErrors, "framing");
            AddTransportChild(dropped, role, static counters => counters.SlowPeersClosed, "slow-peer");
            AddTransportChild(dropped, role, static counters => counters.SendOverflows, "overflow");
            AddTransportChild(dropped, role, static counters => counters.RefusedByGuard, "guard");
            AddTransportChild(dropped, role, static counters => counters.ConnectFailures, "connect");
            AddTransportChild(dropped, role, static counters => counters.ConnectionsRefused, "connection-limit");
            AddTransportChild(dropped, role, static counters => counters.MessagesDropped, "receiver-stopped");
            AddTransportChild(dropped, role, static counters => counters.Faults, "fault");
        }
    }

    private void AddTransportChild(Counter counter, string role, Func<TransportCounters, long> read, string label)
    {
        var child = counter.WithLabels(role, label);
        _updates.Add(() => child.IncTo(SumOf(role, read)));
    }

    private long SumOf(string role, Func<TransportCounters, long> read) =>
        _transports().Where(entry => entry.Role == role).Sum(entry => read(entry.Counters));
}
