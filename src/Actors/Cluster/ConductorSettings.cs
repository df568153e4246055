using Akka.Actor;
using UeFarm.Actors.Metrics;

namespace UeFarm.Actors.Cluster;

/// <summary>What the conductor works with.</summary>
internal sealed record ConductorSettings
{
    public required IClusterRunFactory Factory { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Of the node.</summary>
    public required ClusterMetrics Metrics { get; init; }

    /// <summary>Passes <see cref="ClusterMessages.EnsureBlock"/> to wherever the block is.</summary>
    public required IActorRef Blocks { get; init; }

    public required IActorRef Core { get; init; }

    /// <summary>Passes <see cref="ClusterMessages.ServeMailboxes"/> to wherever the group is.</summary>
    public required IActorRef Mailboxes { get; init; }

    /// <summary>Between the decision and the schedule's start, so that every node has heard of it.</summary>
    public TimeSpan StartDelay { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long phones may take to register before the schedule starts without the rest.</summary>
    public TimeSpan LongestRegistration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Books that are no further behind tell of the present.</summary>
    public TimeSpan Present { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long blocks may take to write their last facts.</summary>
    public TimeSpan LongestClosing { get; init; } = TimeSpan.FromSeconds(60);
}
