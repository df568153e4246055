using Akka.Actor;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Timing;

namespace UeFarm.Actors.Cluster;

/// <summary>What a node's agent works with.</summary>
internal sealed class NodeAgentSettings
{
    private NodeRun? _current;

    public required string Node { get; init; }

    public required IReadOnlySet<ClusterRole> Roles { get; init; }

    public required IClusterRunFactory Factory { get; init; }

    public required NodeNetwork Network { get; init; }

    public required WakeUpWheel Wheel { get; init; }

    public required ClusterMetrics Metrics { get; init; }

    /// <summary>The KMS that phones ask: this node's, or any.</summary>
    public required IActorRef Kms { get; init; }

    /// <summary>The KMS of this node; nobody without the role.</summary>
    public required IActorRef KmsGate { get; init; }

    /// <summary>How many nodes have phones now, to share the pace of registrations.</summary>
    public required Func<int> UeNodes { get; init; }

    /// <summary>The run that the node's blocks belong to; null: none. Written by the agent, read by the blocks.</summary>
    public NodeRun? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
