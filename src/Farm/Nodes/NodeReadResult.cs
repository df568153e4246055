using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>What a node is to be, or all the mistakes in it.</summary>
/// <param name="Options">An application server by itself.</param>
/// <param name="Cluster">Or a node of a cluster.</param>
/// <param name="Errors">Neither of both where there are any.</param>
/// <param name="SourceName">For messages.</param>
internal sealed record NodeReadResult(NodeOptions? Options, ClusterNodeOptions? Cluster, IReadOnlyList<ScenarioError> Errors, string SourceName)
{
    public bool IsValid => Options is not null || Cluster is not null;
}
