using System.Net;
using System.Net.Sockets;

namespace UeFarm.TestSupport;

/// <summary>
/// Ports of loopback addresses for servers that are stopped and started again. They lie below the range that systems take the ports of outgoing connections
/// from: while the server is down, nobody gets its port by chance.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Attempts = 1000;

    /// <summary>A port that was free a moment ago, for TCP and UDP.</summary>
    public static int Take(IPAddress address)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // The one place where tests are not repeatable: two of them at a time must not draw the same ports.
            var port = Random.Shared.Next(First, Last);
            if (CanBind(address, port, SocketType.Stream, ProtocolType.Tcp) && CanBind(address, port, SocketType.Dgram, ProtocolType.Udp))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no port of {First} to {Last} is free");
    }

    private static bool CanBind(IPAddress address, int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(address.AddressFamily, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            if (type == SocketType.Stream)
            {
                socket.Listen(1); // with address reuse, binding alone succeeds beside a listener
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
