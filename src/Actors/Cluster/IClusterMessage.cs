namespace UeFarm.Actors.Cluster;

/// <summary>
/// Marks what may cross nodes. Every such type has an explicit binary form in <see cref="ClusterSerializer"/>; a message without the mark cannot leave its node.
/// </summary>
public interface IClusterMessage;
