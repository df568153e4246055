using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>The last step of receiving, the same for all transports: parse, count, deliver or reject. Safe to share between threads.</summary>
internal sealed class MessageIntake(ISipReceiver receiver, SipLimits limits, TransportCounters counters, Action<Exception>? onFault)
{
    /// <summary>Takes ownership of the bytes of one message. Returns what is to be answered on the same flow, or null.</summary>
    public byte[]? Accept(byte[] bytes, in SipHop from)
    {
        // A receiver must not throw; if it does, one message is lost, not the thread that serves a thousand connections.
#pragma warning disable CA1031 // Reason: the boundary between the sockets and foreign code; the fault is counted and reported.
        try
        {
            if (SipParser.TryParse(bytes, limits, out var message, out var failure))
            {
                counters.Add(TransportCount.MessagesReceived);
                receiver.OnMessage(message!, from);
                return null;
            }

            counters.Add(failure.Fault == SipParseFault.TooLarge ? TransportCount.Oversized : TransportCount.Malformed);
            return SipForwarding.TryReject(bytes, failure, from, out var response) ? response : null;
        }
        catch (Exception fault)
        {
            Report(fault);
            return null;
        }
#pragma warning restore CA1031
    }

    /// <summary>
    /// What to answer before closing a stream that cannot be cut into messages, or null. The parser names the fault; where it finds none (it is more
    /// tolerant, having been given an end), the missing length is the fault (RFC 3261 section 20.14: Content-Length is mandatory on streams).
    /// </summary>
    public byte[]? AcceptBroken(ReadOnlySpan<byte> raw, in SipHop from)
    {
        if (SipParser.TryParse(raw.ToArray(), limits, out _, out var failure))
        {
            failure = new SipParseFailure(SipParseFault.MissingHeader, "Content-Length", 0, 400);
        }

        counters.Add(failure.Fault == SipParseFault.TooLarge ? TransportCount.Oversized : TransportCount.FramingErrors);
        return SipForwarding.TryReject(raw, failure, from, out var response) ? response : null;
    }

    public void FlowFailed(in SipHop hop)
    {
#pragma warning disable CA1031 // Reason: as above.
        try
        {
            receiver.OnFlowFailed(hop);
        }
        catch (Exception fault)
        {
            Report(fault);
        }
#pragma warning restore CA1031
    }

    private void Report(Exception fault)
    {
        counters.Add(TransportCount.Faults);
        onFault?.Invoke(fault);
    }
}
