using UeFarm.Actors.Cluster;
using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Nodes;

/// <summary>What <c>/status</c> of a cluster's node answers: who it is, how it stands, and the cluster as it sees it.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Roles">Of this node.</param>
/// <param name="State">starting, running or stopping.</param>
/// <param name="Node">What the others call it; null: not yet.</param>
/// <param name="StartedAt">When the process began its work.</param>
/// <param name="Listen">SIP.</param>
/// <param name="Store">The shared database.</param>
/// <param name="Members">This node too.</param>
internal sealed record ClusterNodeStatus(
    string Version, IReadOnlyList<string> Roles, string State, string? Node, DateTimeOffset StartedAt, string Listen, string Store,
    IReadOnlyList<ClusterNodeStatus.Member> Members)
{
    /// <param name="Node">Its address in the cluster.</param>
    /// <param name="Roles">What it may be asked to do.</param>
    /// <param name="Status">Joining, Up, Leaving, Exiting or Down.</param>
    /// <param name="IsReachable">As this node sees it.</param>
    public sealed record Member(string Node, IReadOnlyList<string> Roles, string Status, bool IsReachable);

    public static ClusterNodeStatus Of(ClusterFarmNode node)
    {
        var cluster = node.Member?.Cluster;
        var unreachable = cluster?.State.Unreachable ?? [];
        return new ClusterNodeStatus(
            ProgramVersion.Text,
            [.. node.Options.Roles.Order().Select(static role => role.ToRoleName())],
            node.State switch { NodeState.Starting => "starting", NodeState.Running => "running", _ => "stopping" },
            node.Member?.Address,
            node.StartedAt,
            node.Options.Listen.ToString(),
            node.Options.Store.Connection,
            [.. cluster?.State.Members.Select(member => new Member(
                NodeName.Of(member.Address), [.. member.Roles.Order(StringComparer.Ordinal)], member.Status.ToString(), !unreachable.Contains(member))) ?? []]);
    }
}
