using System.Net;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>Settings of one transport. Memory is bounded by connections times (limits + send queue).</summary>
public sealed record SipTransportSettings
{
    /// <summary>Where to listen; port 0 takes a free one; the IPv6 "any" address listens on IPv4 too.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Addresses that may be sent to.</summary>
    public AddressAllowList Allow { get; init; } = AddressAllowList.Loopback;

    /// <summary>Addresses that are listened to: connections and datagrams of others are dropped. Null: everybody's are taken.</summary>
    public AddressAllowList? AcceptFrom { get; init; }

    public SipLimits Limits { get; init; } = SipLimits.Default;

    /// <summary>
    /// Accepted connections at a time, and as many outgoing ones. When all are taken, a new one takes the place of the oldest accepted connection
    /// that never delivered a message; when there is none such, the new one is closed.
    /// </summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Bytes waiting to be written, per connection.</summary>
    public int MaxSendQueueBytes { get; init; } = 8 << 20;

    /// <summary>A peer that needs longer than this for one message, or to take 256 KiB from us, is closed.</summary>
    public TimeSpan PartialMessageTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Outgoing connections to one remote endpoint, used in turn. 1-64.</summary>
    public int ConnectionsPerPeer { get; init; } = 1;

    /// <summary>An outgoing connection must be made within this time.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Source address of outgoing connections; null: the system's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>
    /// Largest datagram sent over UDP, in bytes. Interpretation: RFC 3261 section 18.1.1 wants requests over 1300 bytes on a congestion controlled
    /// transport; the default is the largest UDP payload because a load generator must be able to break that rule when told to.
    /// </summary>
    public int MaxDatagramBytes { get; init; } = 65_507;

    /// <summary>Clock of the timeouts above.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of a programming error (an exception of the receiver); for the log.</summary>
    public Action<Exception>? OnFault { get; init; }
}
