namespace UeFarm.Actors.Cluster;

/// <summary>Hears of the members of the cluster, this node included. Called from an actor: cheap and without exceptions.</summary>
public interface IClusterObserver
{
    void OnUp(ClusterMember member);

    /// <summary>Its heartbeats are missing. It comes back, or the split brain resolver removes it.</summary>
    void OnUnreachable(ClusterMember member);

    void OnReachable(ClusterMember member);

    /// <param name="member">Not a member any more.</param>
    /// <param name="hasLeft">In order; otherwise it was held for dead.</param>
    void OnRemoved(ClusterMember member, bool hasLeft);
}
