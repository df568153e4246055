namespace UeFarm.Actors.Cluster;

/// <summary>What the nodes of a cluster have in common.</summary>
public static class ClusterProtocol
{
    /// <summary>Changes when nodes of before and after must not work together.</summary>
    public const string Version = "2";

    /// <summary>Name of every node's actor system.</summary>
    public const string SystemName = "uefarm";
}
