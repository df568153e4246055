namespace UeFarm.Actors.Cluster;

/// <summary>A node as the others see it.</summary>
/// <param name="Node">Its address, as HOST:PORT.</param>
/// <param name="Roles">What it may be asked to do.</param>
public sealed record ClusterMember(string Node, IReadOnlyList<ClusterRole> Roles);
