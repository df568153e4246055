using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// SIP over TCP (RFC 3261 section 18): one listener, and outgoing connections shared by all who send to the same remote endpoint. Connections are
/// numbered across the process, so that a hop of one transport never names a flow of another.
/// </summary>
internal sealed class TcpSipTransport : ISipTransport
{
    private const int Backlog = 4096;

    /// <summary>A second in all for the last answers to be written when the transport is disposed.</summary>
    private const int PausesForLastWrites = 200;

    private static readonly TimeSpan PauseForLastWrites = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseWithoutDescriptors = TimeSpan.FromMilliseconds(50);

    private static long _lastFlow;

    private readonly Socket _listener;
    private readonly ConcurrentDictionary<long, TcpConnection> _flows = new();
    private readonly Dictionary<IPEndPoint, Peer> _peers = [];
    private readonly LinkedList<TcpConnection> _silent = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private Task _accepting = Task.CompletedTask;
    private volatile bool _isStopping;
    private int _accepted;
    private int _connected;
    private int _alive = 1;

    private TcpSipTransport(SipTransportSettings settings, ISipReceiver receiver, Socket listener)
    {
        Settings = settings;
        _listener = listener;
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        Intake = new MessageIntake(receiver, settings.Limits, Counters, settings.OnFault);
    }

    public SipTransportKind Kind => SipTransportKind.Tcp;

    public IPEndPoint LocalEndPoint { get; }

    public TransportCounters Counters { get; } = new();

    public SipTransportSettings Settings { get; }

    public MessageIntake Intake { get; }

    public static TcpSipTransport Start(SipTransportSettings settings, ISipReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentOutOfRangeException.ThrowIfNotEqual(settings.ConnectionsPerPeer, Math.Clamp(settings.ConnectionsPerPeer, 1, 64));
        var listener = new Socket(settings.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (settings.Listen.AddressFamily == AddressFamily.InterNetworkV6)
            {
                listener.DualMode = settings.Listen.Address.Equals(IPAddress.IPv6Any);
            }

            listener.Bind(settings.Listen);
            listener.Listen(Backlog);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        var transport = new TcpSipTransport(settings, receiver, listener);
        transport.Run();
        return transport;
    }

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message)
    {
        if (message.Length > Settings.Limits.MaxMessageBytes)
        {
            return SipSendResult.TooLarge;
        }

        if (_isStopping)
        {
            return SipSendResult.Closed;
        }

        if (hop.Flow != 0 && _flows.TryGetValue(hop.Flow, out var flow))
        {
            var result = flow.Send(message);
            if (result != SipSendResult.Closed)
            {
                return result;
            }
        }

        if (hop.EndPoint is null or EphemeralEndPoint)
        {
            return SipSendResult.Closed;
        }

        if (!Settings.Allow.IsAllowed(hop.EndPoint.Address))
        {
            Counters.Add(TransportCount.RefusedByGuard);
            return SipSendResult.RefusedByGuard;
        }

        var connection = TakeOrConnect(hop.EndPoint);
        if (connection is null)
        {
            Counters.Add(TransportCount.SendOverflows);
            return SipSendResult.Overflow;
        }

        return connection.Send(message);
    }

    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_isStopping;
            _isStopping = true;
        }

        if (isFirst)
        {
            await StopAsync().ConfigureAwait(false);
            _stopped.SetResult();
        }

        await _stopped.Task.ConfigureAwait(false);
    }

    public long Timestamp() => Settings.Time.GetTimestamp();

    /// <summary>A connection ended: forgets it, so that nobody finds it any more, and tells the receiver.</summary>
    public void OnClosed(TcpConnection connection, bool wasOpen)
    {
        _flows.TryRemove(connection.Hop.Flow, out _);
        lock (_gate)
        {
            if (connection.IsAccepted)
            {
                _accepted--;
                LeaveSilent(connection);
            }
            else
            {
                _connected--;
                if (_peers.TryGetValue(connection.Hop.EndPoint, out var peer) && peer.Remove(connection))
                {
                    _peers.Remove(connection.Hop.EndPoint);
                }
            }
        }

        Counters.Add(wasOpen ? TransportCount.ConnectionsClosed : TransportCount.ConnectFailures);
        if (!_isStopping)
        {
            Intake.FlowFailed(connection.Hop);
        }
    }

    /// <summary>The first message came in on it: it is no longer the first to make room.</summary>
    public void OnSpoken(TcpConnection connection)
    {
        if (connection.IsAccepted)
        {
            lock (_gate)
            {
                LeaveSilent(connection);
            }
        }
    }

    /// <summary>No thread will touch that connection again.</summary>
    public void OnEnded()
    {
        if (Interlocked.Decrement(ref _alive) == 0)
        {
            _allEnded.TrySetResult();
        }
    }

    private void Run()
    {
        var period = TimeSpan.FromTicks(Math.Max(Settings.PartialMessageTimeout.Ticks, TimeSpan.TicksPerSecond) / 4);
        _timer = Settings.Time.CreateTimer(static state => ((TcpSipTransport)state!).CheckTimeouts(), this, period, period);
        _accepting = AcceptAsync();
    }

    private async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await _timer!.DisposeAsync().ConfigureAwait(false);
        for (var pause = 0; pause < PausesForLastWrites && _flows.Values.Any(static connection => connection.HasQueued); pause++)
        {
            await Task.Delay(PauseForLastWrites).ConfigureAwait(false);
        }

        while (!_flows.IsEmpty)
        {
            foreach (var connection in _flows.Values)
            {
                connection.Close();
            }
        }

        OnEnded();
        await _allEnded.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_isStopping)
        {
            try
            {
                Add(await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (!_isStopping)
            {
                // The peer gave up while it was waiting, or the process has no file descriptor left. The latter leaves the connection in the
                // queue and would be met again at once: wait, so that the accept loop does not take a processor.
                Counters.Add(TransportCount.ConnectionsRefused);
                await Task.Delay(PauseWithoutDescriptors, CancellationToken.None).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private void Add(Socket socket)
    {
        TcpConnection? displaced = null;
        TcpConnection? connection = null;
        if (TryPrepare(socket, out var remote) && IsListenedTo(remote.Address))
        {
            lock (_gate)
            {
                displaced = _accepted >= Settings.MaxConnections ? _silent.First?.Value : null;
                if (_accepted < Settings.MaxConnections || displaced is not null)
                {
                    connection = new TcpConnection(this, socket, remote, isAccepted: true, Interlocked.Increment(ref _lastFlow));
                    connection.SilentNode = _silent.AddLast(connection);
                    _accepted++;
                    Register(connection);
                }
            }
        }

        if (connection is null || displaced is not null)
        {
            Counters.Add(TransportCount.ConnectionsRefused);
            displaced?.Close();
        }

        if (connection is null)
        {
            socket.Dispose();
            return;
        }

        connection.StartAccepted();
    }

    private bool IsListenedTo(IPAddress address)
    {
        var isListenedTo = Settings.AcceptFrom?.IsAllowed(address) ?? true;
        Counters.Add(TransportCount.RefusedByGuard, isListenedTo ? 0 : 1);
        return isListenedTo;
    }

    private static bool TryPrepare(Socket socket, out EphemeralEndPoint remote)
    {
        try
        {
            socket.NoDelay = true;
            var endPoint = (IPEndPoint)socket.RemoteEndPoint!;
            var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
            remote = new EphemeralEndPoint(address, endPoint.Port);
            return true;
        }
        catch (SocketException)
        {
            // Reset before it was looked at.
            remote = null!;
            return false;
        }
    }

    /// <summary>The shared connection to that endpoint, made when missing. Null: too many, or stopping.</summary>
    private TcpConnection? TakeOrConnect(IPEndPoint remote)
    {
        TcpConnection? connection;
        lock (_gate)
        {
            if (!_peers.TryGetValue(remote, out var peer))
            {
                peer = new Peer(Settings.ConnectionsPerPeer);
            }

            var place = peer.Next();
            if (peer[place] is { IsClosing: false } existing)
            {
                return existing;
            }

            if (_connected >= Settings.MaxConnections || _isStopping)
            {
                return peer.Any();
            }

            connection = CreateOutgoing(remote);
            if (connection is null)
            {
                return peer.Any();
            }

            peer[place] = connection;
            _peers[connection.Hop.EndPoint] = peer;
            _connected++;
            Register(connection);
        }

        connection.StartConnecting();
        return connection;
    }

    /// <summary>Null: the process has no file descriptor left.</summary>
    private TcpConnection? CreateOutgoing(IPEndPoint remote)
    {
        try
        {
            var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            return new TcpConnection(this, socket, new IPEndPoint(remote.Address, remote.Port), isAccepted: false, Interlocked.Increment(ref _lastFlow));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private void Register(TcpConnection connection)
    {
        Interlocked.Increment(ref _alive);
        _flows[connection.Hop.Flow] = connection;
    }

    private void LeaveSilent(TcpConnection connection)
    {
        if (connection.SilentNode is { } node)
        {
            connection.SilentNode = null;
            _silent.Remove(node);
        }
    }

    private void CheckTimeouts()
    {
        foreach (var (_, connection) in _flows)
        {
            connection.CheckTimeouts();
        }
    }

    /// <summary>The outgoing connections to one endpoint; guarded by the transport.</summary>
    private sealed class Peer(int count)
    {
        private readonly TcpConnection?[] _connections = new TcpConnection?[count];
        private int _turn;

        public TcpConnection? this[int place]
        {
            get => _connections[place];
            set => _connections[place] = value;
        }

        public int Next() => _turn = (_turn + 1) % _connections.Length;

        public TcpConnection? Any() => Array.Find(_connections, static connection => connection is not null);

        /// <summary>True: none is left.</summary>
        public bool Remove(TcpConnection connection)
        {
            var place = Array.IndexOf(_connections, connection);
            if (place >= 0)
            {
                _connections[place] = null;
            }

            return Any() is null;
        }
    }
}
