namespace UeFarm.Actors.Cluster;

/// <summary>Where a run stands in the cluster. The numbers go over the wire: never give one a new meaning.</summary>
public enum ClusterRunStage : byte
{
    /// <summary>There is no run.</summary>
    Idle = 0,

    /// <summary>Core and application server start, blocks are placed.</summary>
    Preparing = 1,

    /// <summary>Phones register.</summary>
    Registering = 2,

    /// <summary>The schedule is played from the run's start on.</summary>
    Playing = 3,

    /// <summary>The schedule has ended; what is under way settles.</summary>
    Settling = 4,

    /// <summary>Blocks write their last facts, and the books are closed.</summary>
    Closing = 5,

    /// <summary>The verdict is known.</summary>
    Ended = 6,
}
