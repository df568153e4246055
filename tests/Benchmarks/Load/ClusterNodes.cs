using System.Net;
using UeFarm.Actors.Cluster;

namespace UeFarm.Benchmarks.Load;

/// <summary>Nodes of a cluster in this process, on loopback, as an operator would have them.</summary>
internal static class ClusterNodes
{
    public static Task<ClusterNode> StartAsync(ClusterNode? seed, IClusterObserver observer) => ClusterNode.StartAsync(
        new ClusterNodeSettings
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Seeds = seed is null ? [] : [new DnsEndPoint(seed.Cluster.SelfAddress.Host, seed.Cluster.SelfAddress.Port ?? 0)],
            Roles = new HashSet<ClusterRole> { ClusterRole.Ue },
            Overrides = Akka.Configuration.ConfigurationFactory.ParseString("akka.loglevel = ERROR, akka.stdout-loglevel = ERROR"),
        },
        observer);
}
