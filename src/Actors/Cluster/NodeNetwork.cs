using System.Net;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Where a node's SIP parts listen: phones and application server on any port of an address, the core on one of its own (port 0: any). Advertised: the address that others
/// reach them by, where they listen on all; null: the one listened on.
/// </summary>
public sealed record NodeNetwork(IPAddress Address, IPEndPoint Core, IPAddress? Advertised = null)
{
    public IPEndPoint AnyPort => new(Address, 0);

    /// <summary>How others reach what listens there.</summary>
    public IPEndPoint Reached(IPEndPoint listening)
    {
        ArgumentNullException.ThrowIfNull(listening);
        return Advertised is null ? listening : new IPEndPoint(Advertised, listening.Port);
    }
}
