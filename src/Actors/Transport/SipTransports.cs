using System.Net.Sockets;

namespace UeFarm.Actors.Transport;

/// <summary>Starts the transports over sockets. The receiver may be called before the method returns.</summary>
public static class SipTransports
{
    private const int PortAttempts = 16;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static ISipTransport StartTcp(SipTransportSettings settings, ISipReceiver receiver) => TcpSipTransport.Start(settings, receiver);

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static ISipTransport StartUdp(SipTransportSettings settings, ISipReceiver receiver) => UdpSipTransport.Start(settings, receiver);

    /// <summary>Both on one port. With port 0 the system picks a free TCP port, which may be taken on UDP: then another one is tried.</summary>
    /// <exception cref="SocketException">The address cannot be used.</exception>
    public static IReadOnlyList<ISipTransport> StartTcpAndUdp(SipTransportSettings settings, ISipReceiver receiver)
    {
        for (var attempt = 1; ; attempt++)
        {
            var tcp = StartTcp(settings, receiver);
            try
            {
                return [tcp, StartUdp(settings with { Listen = tcp.LocalEndPoint }, receiver)];
            }
            catch (SocketException) when (settings.Listen.Port == 0 && attempt < PortAttempts)
            {
                tcp.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
    }
}
