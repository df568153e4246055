using System.Net;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>One endpoint of an <see cref="InMemorySipNetwork"/>.</summary>
internal sealed class InMemorySipTransport : ISipTransport
{
    private readonly InMemorySipNetwork _network;
    private readonly SipLimits _limits;
    private readonly AddressAllowList? _allow;
    private readonly MessageIntake _intake;
    private volatile bool _isClosed;

    public InMemorySipTransport(
        InMemorySipNetwork network, SipTransportKind kind, IPEndPoint local, ISipReceiver receiver, SipLimits limits, AddressAllowList? allow)
    {
        _network = network;
        Kind = kind;
        _limits = limits;
        _allow = allow;
        LocalEndPoint = local;
        _intake = new MessageIntake(receiver, limits, Counters, onFault: null);
    }

    public SipTransportKind Kind { get; }

    public IPEndPoint LocalEndPoint { get; }

    public TransportCounters Counters { get; } = new();

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message)
    {
        if (message.Length > _limits.MaxMessageBytes)
        {
            return SipSendResult.TooLarge;
        }

        if (_isClosed || hop.EndPoint is null)
        {
            return SipSendResult.Closed;
        }

        if (_allow is not null && !_allow.IsAllowed(hop.EndPoint.Address))
        {
            Counters.Add(TransportCount.RefusedByGuard);
            return SipSendResult.RefusedByGuard;
        }

        Counters.Add(TransportCount.MessagesSent);
        Counters.Add(TransportCount.BytesSent, message.Length);
        _network.Carry(this, hop.EndPoint, message.ToArray());
        return SipSendResult.Queued;
    }

    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        _network.Close(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A message arrives.</summary>
    public void Accept(byte[] bytes, in SipHop from)
    {
        Counters.Add(TransportCount.BytesReceived, bytes.Length);
        if (_intake.Accept(bytes, from) is { } response)
        {
            Send(from, response);
        }
    }

    /// <summary>Nobody listens there: what a refused connection is to TCP.</summary>
    public void Undeliverable(IPEndPoint to)
    {
        Counters.Add(TransportCount.ConnectFailures);
        if (!_isClosed)
        {
            _intake.FlowFailed(new SipHop(Kind, to, 0));
        }
    }
}
