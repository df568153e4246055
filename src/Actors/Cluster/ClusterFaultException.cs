namespace UeFarm.Actors.Cluster;

/// <summary>A node could not start or join.</summary>
public sealed class ClusterFaultException(ClusterFault fault, Exception? inner = null) : Exception(fault.ToString(), inner)
{
    public ClusterFault Fault { get; } = fault;
}
