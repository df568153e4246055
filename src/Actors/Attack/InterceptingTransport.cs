using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>The phones' transport with somebody on the path, who may hold a MESSAGE back until something else has been delivered first.</summary>
public sealed class InterceptingTransport(ISipTransport inner) : ISipTransport
{
    private IInterceptor? _interceptor;

    public SipTransportKind Kind => inner.Kind;

    public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

    public TransportCounters Counters => inner.Counters;

    /// <summary>Begins to offer outgoing MESSAGEs; null ends it.</summary>
    internal void Attach(IInterceptor? interceptor) => Volatile.Write(ref _interceptor, interceptor);

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message)
    {
        var interceptor = Volatile.Read(ref _interceptor);
        return interceptor is not null && interceptor.IsWaiting && message.StartsWith("MESSAGE "u8) && interceptor.TryTake(hop, message, inner)
            ? SipSendResult.Queued
            : inner.Send(hop, message);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
