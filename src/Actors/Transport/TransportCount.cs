namespace UeFarm.Actors.Transport;

/// <summary>What a transport counts; see <see cref="TransportCounters"/>. Values are indices from 0 without a gap.</summary>
public enum TransportCount
{
    /// <summary>Well-formed messages given to the receiver.</summary>
    MessagesReceived,

    /// <summary>Messages written to the network.</summary>
    MessagesSent,
    BytesReceived,
    BytesSent,

    /// <summary>Framed but not SIP; answered where possible.</summary>
    Malformed,

    /// <summary>Over a limit of <see cref="Protocol.Sip.SipLimits"/> (header section, number of headers, body, whole message).</summary>
    Oversized,

    /// <summary>A stream that cannot be cut into messages; the connection was closed.</summary>
    FramingErrors,

    /// <summary>Connections closed because a message did not get complete, or a write did not get through, in time.</summary>
    SlowPeersClosed,

    /// <summary>Messages refused because a send buffer or the table of connections was full.</summary>
    SendOverflows,

    /// <summary>Messages not sent, and connections and datagrams not taken, because the address is not in the allow list.</summary>
    RefusedByGuard,
    ConnectionsOpened,
    ConnectionsClosed,
    ConnectFailures,

    /// <summary>Accepted connections closed at once, or closed to make room, because <see cref="SipTransportSettings.MaxConnections"/> was reached.</summary>
    ConnectionsRefused,

    /// <summary>Messages queued on a connection that ended before they were written.</summary>
    MessagesDropped,

    /// <summary>Keep-alives received (RFC 5626 section 3.5.1).</summary>
    KeepAlives,

    /// <summary>Exceptions of the receiver or of a parser: programming errors, kept away from the transport's threads.</summary>
    Faults,
}
