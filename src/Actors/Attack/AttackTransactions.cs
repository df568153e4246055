using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Attack;

/// <summary>
/// The injected MESSAGEs without a final answer, as non-INVITE client transactions (RFC 3261 section 17.1.2): sent again over datagrams, given up after Timer F,
/// one answer each. Thread-safe: turns of the attacker and answers come on threads of their own.
/// </summary>
internal sealed class AttackTransactions(ISipTransport transport, SipTimers timers, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SipTransactionLayer _layer = new(timers);
    private long _lastToken;

    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _layer.PendingClients;
            }
        }
    }

    /// <summary>How long until something is to be sent again or given up.</summary>
    public TimeSpan UntilNext
    {
        get
        {
            lock (_gate)
            {
                var wait = _layer.NextDeadline - time.GetInstant();
                return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            }
        }
    }

    public static string BranchOf(string callId) => "z9hG4bK" + callId;

    /// <summary>False: it could not be sent, and is forgotten. The top Via has the branch of the Call-ID.</summary>
    public bool TrySend(string callId, ReadOnlyMemory<byte> message, SipHop hop)
    {
        long token;
        lock (_gate)
        {
            token = ++_lastToken;
            _layer.SendRequest(token, BranchOf(callId), SipMethod.Message, message, hop, time.GetInstant());
            while (_layer.TryTakeEffect(out _))
            {
                // Sent below, outside of the lock and with its result.
            }
        }

        if (transport.Send(hop, message.Span) == SipSendResult.Queued)
        {
            return true;
        }

        lock (_gate)
        {
            _layer.Abandon(token);
        }

        return false;
    }

    /// <summary>True: the first final answer to something injected.</summary>
    public bool TakeAnswer(SipResponse response, SipHop from)
    {
        var isFinal = false;
        lock (_gate)
        {
            _layer.HandleMessage(response, from, time.GetInstant());
            while (_layer.TryTakeEffect(out var effect))
            {
                isFinal |= effect is { Kind: SipTransactionEffectKind.ResponseReceived, Response.StatusCode: >= 200 };
            }
        }

        return isFinal;
    }

    /// <summary>A connection ended or could not be made: what went over it will have no answer.</summary>
    public void GiveUp(SipHop hop)
    {
        lock (_gate)
        {
            _layer.HandleTransportFailure(hop, time.GetInstant());
        }

        SendWhatIsDue();
    }

    public void SendWhatIsDue()
    {
        List<SipTransactionEffect>? again = null;
        lock (_gate)
        {
            _layer.HandleTimeout(time.GetInstant());
            while (_layer.TryTakeEffect(out var effect))
            {
                if (effect.Kind == SipTransactionEffectKind.Transmit)
                {
                    (again ??= []).Add(effect);
                }
            }
        }

        foreach (var effect in again ?? [])
        {
            transport.Send(effect.Hop, effect.Bytes.Span);
        }
    }
}
