namespace UeFarm.Actors.Cluster;

/// <summary>Why a node is in the cluster no more.</summary>
public enum ClusterEnd
{
    /// <summary>It left in order.</summary>
    Left,

    /// <summary>The split brain resolver decided against it: the majority does not reach it, or it does not reach the majority.</summary>
    Downed,

    /// <summary>The others had removed it and do not talk to it any more.</summary>
    Quarantined,
}
