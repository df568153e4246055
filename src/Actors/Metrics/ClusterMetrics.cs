using Akka.Cluster;
using Prometheus;
using UeFarm.Actors.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Metrics;

/// <summary>What a node of the cluster shows Prometheus: the cluster as it sees it, and its parts of the run, of which there is a set for each run. Thread-safe.</summary>
public sealed class ClusterMetrics : IClusterObserver
{
    private readonly CollectorRegistry _members = Prometheus.Metrics.NewCustomRegistry();
    private readonly IClusterObserver _next;
    private readonly Counter.Child _left;
    private readonly Counter.Child _lost;
    private readonly Lock _gate = new();
    private AkkaCluster? _cluster;
    private NodeRunMetrics? _run;

    /// <param name="next">Also hears of the members.</param>
    public ClusterMetrics(IClusterObserver next)
    {
        ArgumentNullException.ThrowIfNull(next);
        _next = next;
        var factory = Prometheus.Metrics.WithCustomRegistry(_members);
        var byStatus = factory.CreateGauge("uefarm_cluster_members", "Members of the cluster as this node sees them, by status.", "status");
        var byRole = factory.CreateGauge("uefarm_cluster_roles", "Members that are up, by role; one with several roles counts in each.", "role");
        var unreachable = factory.CreateGauge("uefarm_cluster_unreachable_members", "Members whose heartbeats this node misses.");
        var removed = factory.CreateCounter("uefarm_cluster_removed_total", "Members that have gone: left in order, or held for dead and downed.", "how");
        (_left, _lost) = (removed.WithLabels("left"), removed.WithLabels("downed"));
        var statuses = Enum.GetValues<MemberStatus>().Where(static status => status != MemberStatus.Removed).ToDictionary(
            static status => status, status => byStatus.WithLabels(Label.Of(status)));
        var roles = Enum.GetValues<ClusterRole>().Select(static role => role.ToRoleName()).ToDictionary(static role => role, role => byRole.WithLabels(role));
        _members.AddBeforeCollectCallback(() =>
        {
            var state = Volatile.Read(ref _cluster)?.State;
            var members = state?.Members.ToList() ?? [];
            foreach (var (status, gauge) in statuses)
            {
                gauge.Set(members.Count(member => member.Status == status));
            }

            foreach (var (role, gauge) in roles)
            {
                gauge.Set(members.Count(member => member.Status == MemberStatus.Up && member.HasRole(role)));
            }

            unreachable.Set(state?.Unreachable.Count ?? 0);
        });
    }

    /// <summary>What is to be served now, one after the other: no metric is in two of them.</summary>
    public IReadOnlyList<CollectorRegistry> Registries => [_members, .. Volatile.Read(ref _run)?.Registries ?? []];

    public void OnUp(ClusterMember member) => _next.OnUp(member);

    public void OnUnreachable(ClusterMember member) => _next.OnUnreachable(member);

    public void OnReachable(ClusterMember member) => _next.OnReachable(member);

    public void OnRemoved(ClusterMember member, bool hasLeft)
    {
        (hasLeft ? _left : _lost).Inc();
        _next.OnRemoved(member, hasLeft);
    }

    /// <summary>From now on the members are those of this node's cluster.</summary>
    internal void Follow(AkkaCluster cluster) => Volatile.Write(ref _cluster, cluster);

    /// <summary>The set of a run; the first who asks for a new run's ends that of the last.</summary>
    internal NodeRunMetrics Of(string runId)
    {
        lock (_gate)
        {
            if (_run?.RunId != runId)
            {
                Volatile.Write(ref _run, new NodeRunMetrics(runId));
            }

            return _run!;
        }
    }
}
