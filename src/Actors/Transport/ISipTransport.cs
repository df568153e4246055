using System.Net;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// The seam to the network: the one place that owns sockets. Another SIP stack can be put behind it. All members may be called from
/// any thread. Received messages own their bytes; sent bytes are copied before <see cref="Send"/> returns.
/// </summary>
public interface ISipTransport : IAsyncDisposable
{
    SipTransportKind Kind { get; }

    /// <summary>Where it listens, with the real port when 0 was asked.</summary>
    IPEndPoint LocalEndPoint { get; }

    TransportCounters Counters { get; }

    /// <summary>
    /// Copies the bytes to the flow's (or a new connection's) send buffer; never blocks. The allow list is checked here, on the resolved address.
    /// </summary>
    SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message);
}
