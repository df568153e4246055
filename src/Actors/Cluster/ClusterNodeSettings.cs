using System.Net;
using Akka.Configuration;

namespace UeFarm.Actors.Cluster;

/// <summary>A node of the cluster as the operator wants it.</summary>
public sealed record ClusterNodeSettings
{
    /// <summary>Where the node listens for the other nodes; port 0: any free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>What the other nodes call this one, with the port listened on. Null: the address listened on.</summary>
    public string? AdvertiseHost { get; init; }

    /// <summary>
    /// Nodes to ask for the cluster, the same list in the same order everywhere, each called as it advertises itself. The first starts the cluster if no other has
    /// one. Empty: start a cluster alone.
    /// </summary>
    public required IReadOnlyList<DnsEndPoint> Seeds { get; init; }

    public required IReadOnlySet<ClusterRole> Roles { get; init; }

    /// <summary>Null: no TLS, and whoever reaches the port can do anything.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Must be the same on all nodes.</summary>
    public string Version { get; init; } = ClusterProtocol.Version;

    /// <summary>Nothing is written to the console; whoever wants to, hears events of the log on the system's event stream.</summary>
    public bool KeepsQuiet { get; init; }

    public ClusterTiming Timing { get; init; } = ClusterTiming.Default;

    /// <summary>Goes before the configuration made of the above; for tests.</summary>
    internal Config? Overrides { get; init; }

    internal string AdvertisedHost => AdvertiseHost ?? Listen.Address.ToString();
}
