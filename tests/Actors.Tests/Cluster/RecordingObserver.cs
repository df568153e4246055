using UeFarm.Actors.Cluster;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>Keeps what a node heard of the members, as "up HOST:PORT", "unreachable ...", "reachable ...", "left ..." and "lost ...".</summary>
internal sealed class RecordingObserver : IClusterObserver
{
    private readonly Lock _gate = new();
    private readonly List<string> _events = [];

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public void OnUp(ClusterMember member) => Add("up", member);

    public void OnUnreachable(ClusterMember member) => Add("unreachable", member);

    public void OnReachable(ClusterMember member) => Add("reachable", member);

    public void OnRemoved(ClusterMember member, bool hasLeft) => Add(hasLeft ? "left" : "lost", member);

    private void Add(string what, ClusterMember member)
    {
        lock (_gate)
        {
            _events.Add($"{what} {member.Node}");
        }
    }
}
