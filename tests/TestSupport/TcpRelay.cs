using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

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
    private long _answerDelay;

    public TcpRelay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long what the server answers is on its way, from now on: once for each answer, whatever its length.</summary>
    public TimeSpan AnswerDelay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _answerDelay));
        set => Interlocked.Exchange(ref _answerDelay, value.Ticks);
    }

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
            var isAsked = new StrongBox<bool>();
            await Task.WhenAny(CopyQuestionsAsync(client, server, isAsked), CopyAnswersAsync(server, client, number, isAsked)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the server is not there
        }

        client.Dispose();
        server.Dispose();
    }

    private Task CopyQuestionsAsync(Socket client, Socket server, StrongBox<bool> isAsked) => CopyAsync(client, server, () =>
    {
        Volatile.Write(ref isAsked.Value, true);
        return Task.FromResult(true);
    });

    private Task CopyAnswersAsync(Socket server, Socket client, int number, StrongBox<bool> isAsked) => CopyAsync(server, client, async () =>
    {
        if (Interlocked.Exchange(ref isAsked.Value, false) && AnswerDelay is var delay && delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _end.Token).ConfigureAwait(false);
        }

        return number > _muted;
    });

    /// <summary>Asked about each piece: whether it gets through.</summary>
    private async Task CopyAsync(Socket from, Socket to, Func<Task<bool>> passesAsync)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token).ConfigureAwait(false) is var length and > 0)
            {
                var passes = await passesAsync().ConfigureAwait(false);
                for (var sent = 0; sent < length && passes;)
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
