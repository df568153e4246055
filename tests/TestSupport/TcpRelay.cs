using System.Net;
using System.Net.Sockets;

namespace UeFarm.TestSupport;

/// <summary>Stands between a client and a server on loopback, and loses the connection the way a test wants it lost.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile bool _refuses;
    private volatile int _connections;
    private volatile int _muted;

    public TcpRelay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the server says on the connections that there are now is lost; those that come later work. Questions still reach the server.</summary>
    public void SwallowAnswers() => _muted = _connections;

    /// <summary>Both ends see every connection end; new ones are not taken while <paramref name="refuse"/> says so.</summary>
    public void Cut(bool refuse)
    {
        _refuses = refuse;
        lock (_sockets)
        {
            _sockets.ForEach(static socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    /// <summary>Connections may be made again.</summary>
    public void Mend() => _refuses = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        Cut(refuse: true);
        await _accepting.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token).ConfigureAwait(false);
                if (_refuses)
                {
                    client.Dispose();
                    continue;
                }

                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_sockets)
                {
                    _sockets.AddRange([client, server]);
                }

                _ = RelayAsync(client, server, ++_connections);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task RelayAsync(Socket client, Socket server, int number)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token).ConfigureAwait(false);
            await Task.WhenAny(CopyAsync(client, server, static () => false), CopyAsync(server, client, () => number <= _muted)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the server is not there
        }

        client.Dispose();
        server.Dispose();
    }

    private async Task CopyAsync(Socket from, Socket to, Func<bool> isLost)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token).ConfigureAwait(false) is var length and > 0)
            {
                for (var sent = 0; sent < length && !isLost();)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _end.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // cut
        }
    }
}
