using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// SIP over UDP: one socket, drained by a thread of its own with blocking calls (half the cost of the asynchronous ones for single datagrams).
/// A datagram holds one message (RFC 3261 section 18.3). Senders call the kernel directly; it copies, or drops when its buffer
/// is full, and waits at most for the network device to take what that buffer holds.
/// </summary>
internal sealed class UdpSipTransport : ISipTransport
{
    private const int LargestDatagram = 65_535;
    private const int KernelBufferBytes = 8 << 20;
    private const int MaxKnownAddresses = 16_384;

    private readonly SipTransportSettings _settings;
    private readonly Socket _socket;
    private readonly MessageIntake _intake;
    private readonly ConcurrentDictionary<IPEndPoint, SocketAddress> _addresses = new();
    private readonly Dictionary<SocketAddress, SipHop> _hops = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    private UdpSipTransport(SipTransportSettings settings, ISipReceiver receiver, Socket socket)
    {
        _settings = settings;
        _socket = socket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _intake = new MessageIntake(receiver, settings.Limits, Counters, settings.OnFault);
    }

    public SipTransportKind Kind => SipTransportKind.Udp;

    public IPEndPoint LocalEndPoint { get; }

    public TransportCounters Counters { get; } = new();

    public static UdpSipTransport Start(SipTransportSettings settings, ISipReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(receiver);
        var socket = new Socket(settings.Listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (settings.Listen.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = settings.Listen.Address.Equals(IPAddress.IPv6Any);
            }

            // The kernel gives what its own limit allows.
            socket.ReceiveBufferSize = KernelBufferBytes;
            socket.SendBufferSize = KernelBufferBytes;
            socket.Bind(settings.Listen);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }

        var transport = new UdpSipTransport(settings, receiver, socket);
        new Thread(transport.Receive) { IsBackground = true, Name = "sip-udp-" + transport.LocalEndPoint.Port }.Start();
        return transport;
    }

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message)
    {
        if (message.Length > Math.Min(_settings.MaxDatagramBytes, _settings.Limits.MaxMessageBytes))
        {
            return SipSendResult.TooLarge;
        }

        if (_isStopping || hop.EndPoint is null)
        {
            return SipSendResult.Closed;
        }

        if (!_settings.Allow.IsAllowed(hop.EndPoint.Address))
        {
            Counters.Add(TransportCount.RefusedByGuard);
            return SipSendResult.RefusedByGuard;
        }

        try
        {
            _socket.SendTo(message, SocketFlags.None, AddressOf(hop.EndPoint));
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.WouldBlock)
        {
            Counters.Add(TransportCount.SendOverflows);
            return SipSendResult.Overflow;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.MessageSize)
        {
            return SipSendResult.TooLarge;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // No route, or closed under our hands: for the caller the way is not there.
            Counters.Add(TransportCount.ConnectFailures);
            return SipSendResult.Closed;
        }

        Counters.Add(TransportCount.MessagesSent);
        Counters.Add(TransportCount.BytesSent, message.Length);
        return SipSendResult.Queued;
    }

    public ValueTask DisposeAsync()
    {
        _isStopping = true;
        _socket.Dispose();
        return new ValueTask(_ended.Task);
    }

    private void Receive()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
        var sender = new SocketAddress(LocalEndPoint.AddressFamily);
        while (!_isStopping)
        {
            int count;
            try
            {
                count = _socket.ReceiveFrom(buffer, SocketFlags.None, sender);
            }
            catch (SocketException)
            {
                // An ICMP error about something sent earlier, or the socket was closed: the condition of the loop tells which.
                continue;
            }
            catch (ObjectDisposedException)
            {
                break;
            }

            if (!_isStopping)
            {
                Accept(buffer.AsSpan(0, count), HopOf(sender));
            }
        }

        _ended.TrySetResult();
    }

    private void Accept(ReadOnlySpan<byte> datagram, in SipHop from)
    {
        if (_settings.AcceptFrom?.IsAllowed(from.EndPoint.Address) == false)
        {
            Counters.Add(TransportCount.RefusedByGuard);
            return;
        }

        Counters.Add(TransportCount.BytesReceived, datagram.Length);
        if (!datagram.ContainsAnyExcept((byte)'\r', (byte)'\n'))
        {
            // Line ends alone keep a NAT binding alive and want no answer over UDP (RFC 5626 section 3.5.1 is for streams).
            Counters.Add(TransportCount.KeepAlives);
            return;
        }

        if (datagram.Length > _settings.Limits.MaxMessageBytes)
        {
            Counters.Add(TransportCount.Oversized);
            return;
        }

        if (_intake.Accept(datagram.ToArray(), from) is { } response)
        {
            Send(from, response);
        }
    }

    /// <summary>
    /// The hop of a sender, made once; on the receive thread only. All are forgotten at once when an attacker or a very large farm fills the table.
    /// </summary>
    private SipHop HopOf(SocketAddress sender)
    {
        if (_hops.TryGetValue(sender, out var hop))
        {
            return hop;
        }

        if (_hops.Count >= MaxKnownAddresses)
        {
            _hops.Clear();
        }

        var endPoint = (IPEndPoint)LocalEndPoint.Create(sender);
        if (endPoint.Address.IsIPv4MappedToIPv6)
        {
            endPoint = new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port);
        }

        hop = new SipHop(SipTransportKind.Udp, endPoint, 0);
        var key = new SocketAddress(sender.Family, sender.Size);
        sender.Buffer.Span[..sender.Size].CopyTo(key.Buffer.Span);
        _hops.Add(key, hop);
        return hop;
    }

    private SocketAddress AddressOf(IPEndPoint endPoint)
    {
        if (_addresses.TryGetValue(endPoint, out var address))
        {
            return address;
        }

        if (_addresses.Count >= MaxKnownAddresses)
        {
            _addresses.Clear();
        }

        var mapped = LocalEndPoint.AddressFamily == AddressFamily.InterNetworkV6 && endPoint.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port)
            : endPoint;
        address = mapped.Serialize();
        _addresses[new IPEndPoint(endPoint.Address, endPoint.Port)] = address;
        return address;
    }
}
