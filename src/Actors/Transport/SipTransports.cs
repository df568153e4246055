namespace UeFarm.Actors.Transport;

/// <summary>Starts the transports over sockets. The receiver may be called before the method returns.</summary>
public static class SipTransports
{
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static ISipTransport StartTcp(SipTransportSettings settings, ISipReceiver receiver) => TcpSipTransport.Start(settings, receiver);

    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static ISipTransport StartUdp(SipTransportSettings settings, ISipReceiver receiver) => UdpSipTransport.Start(settings, receiver);
}
