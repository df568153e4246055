using Akka.Actor;

namespace UeFarm.Actors.Cluster;

/// <summary>What nodes call each other: HOST:PORT as a node advertises itself.</summary>
public static class NodeName
{
    public static string Of(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return $"{address.Host}:{address.Port}";
    }
}
