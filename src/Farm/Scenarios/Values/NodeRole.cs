namespace UeFarm.Farm.Scenarios;

/// <summary>What a node is.</summary>
internal enum NodeRole
{
    /// <summary>Holds messages for phones that are away, behind somebody's core.</summary>
    ApplicationServer,

    /// <summary>A part of a cluster, whatever its roles there are.</summary>
    ClusterNode,
}
