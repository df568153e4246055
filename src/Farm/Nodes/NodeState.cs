namespace UeFarm.Farm.Nodes;

/// <summary>Where a node is in its life.</summary>
internal enum NodeState
{
    Starting,
    Running,
    Stopping,
}
