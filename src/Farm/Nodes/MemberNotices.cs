using UeFarm.Actors.Cluster;

namespace UeFarm.Farm.Nodes;

/// <summary>Says what happens to the nodes of the cluster.</summary>
internal sealed class MemberNotices(Action<string> say) : IClusterObserver
{
    public void OnUp(ClusterMember member) =>
        say($"cluster: {member.Node} is a member with {string.Join(',', member.Roles.Order().Select(static role => role.ToRoleName()))}");

    public void OnUnreachable(ClusterMember member) => say($"cluster: {member.Node} does not answer");

    public void OnReachable(ClusterMember member) => say($"cluster: {member.Node} answers again");

    public void OnRemoved(ClusterMember member, bool hasLeft) => say(hasLeft ? $"cluster: {member.Node} has left" : $"cluster: {member.Node} is held for dead and was removed");
}
