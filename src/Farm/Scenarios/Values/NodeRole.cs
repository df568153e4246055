namespace UeFarm.Farm.Scenarios;

/// <summary>What a node does.</summary>
internal enum NodeRole
{
    /// <summary>Holds messages for phones that are away, behind somebody's core.</summary>
    ApplicationServer,
}
