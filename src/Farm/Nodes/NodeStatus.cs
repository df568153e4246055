using UeFarm.Farm.Cli;
using UeFarm.Protocol.Sip;

namespace UeFarm.Farm.Nodes;

/// <summary>What <c>/status</c> answers: who the node is, how it stands, and its counters since the start.</summary>
internal sealed record NodeStatus(
    string Version, string Role, string State, string Domain, DateTimeOffset StartedAt, IReadOnlyList<string> Listening, string Store,
    NodeStatus.CoreStatus Core, NodeStatus.Gauges? Now, NodeStatus.Counts? SinceStart)
{
    /// <param name="Address">As configured.</param>
    /// <param name="State">reachable, unreachable or not tried.</param>
    /// <param name="LastAnswer">When it last answered a delivery.</param>
    /// <param name="LastFailure">When the way to it last failed.</param>
    public sealed record CoreStatus(string Address, string State, DateTimeOffset? LastAnswer, DateTimeOffset? LastFailure);

    /// <param name="Backlog">Messages stored and not yet removed.</param>
    /// <param name="BacklogBytes">Their bodies.</param>
    /// <param name="UsersOnline">Users that the core has said to be registered.</param>
    /// <param name="DrainWaiting">Mailboxes that wait for their turn under the limit of the drain.</param>
    public sealed record Gauges(long Backlog, long BacklogBytes, long UsersOnline, long DrainWaiting);

    /// <summary>
    /// received = forwardedLive + relayedFailures + stored + refused... + what is in hand; stored + found at the start = delivered + dropped... + backlog.
    /// </summary>
    public sealed record Counts(
        long Found, long Received, long ForwardedLive, long RelayedFailures, long Stored, long Delivered, long DroppedPermanent, long DroppedExpired,
        long DroppedPurged, long ReportedFailed, long ReportedError, long ReportedStored, long ReportsDropped, long RefusedQuota, long RefusedQuotaBytes,
        long RefusedServerQuota, long RefusedServerQuotaBytes, long RefusedStorage, long RefusedExpired, long RefusedStopping, long TemporaryFailures,
        long Redeliveries, long LateArrivals, long OrderViolations, long Commits, long FailedCommits, long MailboxRestarts, long StrayResponses);

    public static NodeStatus Of(ApplicationServerNode node)
    {
        var server = node.Server;
        return new NodeStatus(
            ProgramVersion.Text,
            "as",
            node.State switch { NodeState.Starting => "starting", NodeState.Running => "running", _ => "stopping" },
            node.Options.Domain,
            node.StartedAt,
            [.. server?.Transports.Select(static transport => $"{(transport.Kind == SipTransportKind.Udp ? "udp" : "tcp")} {transport.LocalEndPoint}") ?? []],
            node.Options.Behavior.Store.Postgres is null ? Path.GetFullPath(node.Options.StoreFile) : node.Options.Store,
            new CoreStatus(
                node.Options.Core.ToString(), server is null ? "not tried" : NodeHealth.DescribeCore(server.Core), server?.Core.LastAnswer, server?.Core.LastFailure),
            server is null ? null : GaugesOf(server.Counters),
            server is null ? null : CountsOf(server));
    }

    private static Gauges GaugesOf(Actors.Mailbox.ApplicationServerCounters counters) =>
        new(counters.Backlog, counters.BacklogBytes, counters.UsersOnline, counters.DrainWaiting);

    private static Counts CountsOf(Actors.Mailbox.ApplicationServer server)
    {
        var counters = server.Counters;
        return new Counts(
            server.Recovery.Backlogs.Values.Sum(static inventory => (long)inventory.Count),
            counters.Received, counters.ForwardedLive, counters.RelayedFailures, counters.Stored, counters.Delivered, counters.DroppedPermanent,
            counters.DroppedExpired, counters.DroppedPurged, counters.ReportedFailed, counters.ReportedError, counters.ReportedStored, counters.ReportsDropped,
            counters.RefusedQuota, counters.RefusedQuotaBytes, counters.RefusedServerQuota, counters.RefusedServerQuotaBytes, counters.RefusedStorage,
            counters.RefusedExpired, counters.RefusedStopping, counters.TemporaryFailures, counters.Redeliveries, counters.LateArrivals,
            counters.OrderViolations, counters.Commits, counters.FailedCommits, counters.Restarts, counters.StrayResponses);
    }
}
