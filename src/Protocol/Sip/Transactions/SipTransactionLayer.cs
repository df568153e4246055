using System.Text;

namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>
/// The non-INVITE transactions of one owner (RFC 3261 sections 17.1.2 and 17.2.2): pure, not thread-safe, an empty one costs next to nothing (a phone
/// has one), one with 100,000 pending is still O(log n) (a proxy has one). Call a Handle method, then take all effects; wake it at
/// <see cref="NextDeadline"/>. An INVITE is treated alike: the farm refuses it, and over datagrams its copies get the refusal again; ACK is dropped.
/// </summary>
public sealed class SipTransactionLayer
{
    private readonly SipTimers _timers;
    private SipTransactionTable? _table;
    private SipTransactionEffectQueue? _effects;

    public SipTransactionLayer(SipTimers timers)
    {
        ArgumentNullException.ThrowIfNull(timers);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timers.T1, TimeSpan.Zero, nameof(timers));
        ArgumentOutOfRangeException.ThrowIfLessThan(timers.T2, timers.T1, nameof(timers));
        ArgumentOutOfRangeException.ThrowIfLessThan(timers.T4, TimeSpan.Zero, nameof(timers));
        _timers = timers;
    }

    /// <summary>Server transactions held at most; beyond, new requests are answered 503 without one.</summary>
    public int MaxServerTransactions { get; init; } = 1_000_000;

    /// <summary>True: a request that came twice on different paths is answered 482 (RFC 3261 section 8.2.2.2). For a phone; a proxy must pass both on.
    /// Costs a walk over the live transactions for each new request.</summary>
    public bool RefusesMergedRequests { get; init; }

    /// <summary>Requests without final response.</summary>
    public int PendingClients { get; private set; }

    /// <summary>Server transactions, answered ones waiting for timer J included.</summary>
    public int LiveServers { get; private set; }

    public Instant NextDeadline => _table is null ? Instant.Never : _table.NextDeadline;

    /// <summary>The bytes must carry 'branch' in the top Via. Token is the owner's own number, handed back with every result; unique among
    /// those pending.</summary>
    public void SendRequest(long token, string branch, SipMethod method, ReadOnlyMemory<byte> bytes, SipHop hop, Instant now)
    {
        ArgumentException.ThrowIfNullOrEmpty(branch);
        var transaction = new SipClientTransaction(HashOf(branch), token, branch, method, bytes, hop)
        {
            Machine = new NonInviteClientTransaction(_timers, _timers.IsReliable(hop.Transport), now),
        };
        _table ??= new SipTransactionTable();
        _table.Add(transaction, transaction.Machine.NextDeadline);
        PendingClients++;
        Transmit(transaction);
    }

    /// <summary>Forgets a client transaction; a late response becomes StrayResponse. False: not pending.</summary>
    public bool Abandon(long token)
    {
        if (_table?.FindPending(token) is not { } transaction)
        {
            return false;
        }

        _table.Remove(transaction);
        PendingClients--;
        return true;
    }

    public void HandleMessage(SipMessage message, SipHop from, Instant now)
    {
        switch (message)
        {
            case SipResponse response:
                HandleResponse(response, now);
                break;
            case SipRequest { Method: not SipMethod.Ack } request:
                HandleRequest(request, from, now);
                break;
            default:
                break;
        }
    }

    /// <summary>Answers; over UDP the final response is kept for timer J. The response goes back per RFC 3261 18.2.2 and RFC 3581 (same flow; else
    /// received/rport). Nothing is sent for a second final response, for one later than 64*T1, and for a provisional one that RFC 4320 forbids.</summary>
    public void Respond(SipServerTransaction transaction, int statusCode, ReadOnlyMemory<byte> response, Instant now)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.Slot < 0)
        {
            return;
        }

        if (transaction.Machine.HandleResponse(statusCode, now))
        {
            transaction.LastResponse = response;
            Enqueue(new SipTransactionEffect(SipTransactionEffectKind.Transmit, response, transaction.ResponseHop, 0, transaction, null));
        }

        Settle(transaction);
    }

    /// <summary>A flow has failed (hop.Flow), or a whole destination (Flow 0): what is pending on it has failed too. Server transactions stay, their
    /// answers may find another way.</summary>
    public void HandleTransportFailure(SipHop hop, Instant now)
    {
        // What was due before the failure happens first: a request that had already timed out has not failed.
        HandleTimeout(now);

        // Collected first, because a removal moves others around in the heap.
        List<SipClientTransaction>? failed = null;
        for (var slot = 0; PendingClients > 0 && slot < _table!.Count; slot++)
        {
            if (_table[slot] is SipClientTransaction { IsPending: true } client && IsOn(client.Hop, hop))
            {
                (failed ??= []).Add(client);
            }
        }

        foreach (var client in failed ?? [])
        {
            client.Machine.HandleTransportFailure();
            PendingClients--;
            _table!.Remove(client);
            Enqueue(new SipTransactionEffect(SipTransactionEffectKind.ClientTransportFailed, default, client.Hop, client.Token, null, null));
        }
    }

    public void HandleTimeout(Instant now)
    {
        while (_table is { Count: > 0 } && _table.NextDeadline <= now)
        {
            if (_table.First is SipClientTransaction client)
            {
                HandleTimeout(client, now);
            }
            else
            {
                HandleTimeout((SipServerTransaction)_table.First, now);
            }
        }
    }

    public bool TryTakeEffect(out SipTransactionEffect effect)
    {
        if (_effects is null)
        {
            effect = default;
            return false;
        }

        effect = _effects.Dequeue(out var emptied);
        if (emptied)
        {
            _effects = null;
        }

        return true;
    }

    private void HandleResponse(SipResponse response, Instant now)
    {
        var branch = response.TopVia.Branch;
        if (_table?.FindClient(HashOf(branch), branch, response.CSeqMethod) is not { } transaction)
        {
            Enqueue(new SipTransactionEffect(SipTransactionEffectKind.StrayResponse, default, default, 0, null, response));
            return;
        }

        if (!transaction.Machine.HandleResponse(response.StatusCode, now))
        {
            return;
        }

        Enqueue(new SipTransactionEffect(SipTransactionEffectKind.ResponseReceived, default, transaction.Hop, transaction.Token, null, response));
        if (response.StatusCode >= 200)
        {
            PendingClients--;
            transaction.Bytes = default;
        }

        Settle(transaction);
    }

    private void HandleRequest(SipRequest request, SipHop from, Instant now)
    {
        var via = request.TopVia;
        var hash = HashOf(via.HasMagicCookie ? via.Branch : request.CallId);
        if (_table?.FindServer(hash, request) is { } known)
        {
            if (known.Machine.HandleRetransmission())
            {
                Enqueue(new SipTransactionEffect(SipTransactionEffectKind.Transmit, known.LastResponse, known.ResponseHop, 0, known, null));
            }

            return;
        }

        if (LiveServers >= MaxServerTransactions)
        {
            RespondStatelessly(request, 503, from);
            return;
        }

        if (RefusesMergedRequests && IsMerged(request))
        {
            RespondStatelessly(request, 482, from);
            return;
        }

        var transaction = new SipServerTransaction(hash, request, from)
        {
            Machine = new NonInviteServerTransaction(_timers, _timers.IsReliable(from.Transport), now),
        };
        _table ??= new SipTransactionTable();
        _table.Add(transaction, transaction.Machine.NextDeadline);
        LiveServers++;
        Enqueue(new SipTransactionEffect(SipTransactionEffectKind.RequestReceived, default, from, 0, transaction, null));
    }

    private bool IsMerged(SipRequest request)
    {
        for (var slot = 0; slot < (_table?.Count ?? 0); slot++)
        {
            if (_table![slot] is SipServerTransaction server && server.IsMergedWith(request))
            {
                return true;
            }
        }

        return false;
    }

    // The same tag for every copy (RFC 3261 section 8.2.7): made from the Call-ID within this process.
    private void RespondStatelessly(SipRequest request, int statusCode, SipHop from)
    {
        var tag = ((uint)HashOf(request.CallId)).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        var response = SipForwarding.Respond(request, statusCode, tag, from);
        Enqueue(new SipTransactionEffect(SipTransactionEffectKind.Transmit, response, SipServerTransaction.TargetOf(request, from), 0, null, null));
    }

    private void HandleTimeout(SipClientTransaction transaction, Instant now)
    {
        switch (transaction.Machine.HandleTimeout(now))
        {
            case SipClientStep.Retransmit:
                Transmit(transaction);
                break;
            case SipClientStep.ReportTimeout:
                PendingClients--;
                Enqueue(new SipTransactionEffect(SipTransactionEffectKind.ClientTimedOut, default, transaction.Hop, transaction.Token, null, null));
                break;
            case SipClientStep.Nothing:
            default:
                break;
        }

        Settle(transaction);
    }

    private void HandleTimeout(SipServerTransaction transaction, Instant now)
    {
        if (transaction.Machine.HandleTimeout(now) == SipServerStep.SendTrying)
        {
            transaction.LastResponse = SipForwarding.Respond(transaction.Request, 100, "", transaction.From);
            Enqueue(new SipTransactionEffect(
                SipTransactionEffectKind.Transmit, transaction.LastResponse, transaction.ResponseHop, 0, transaction, null));
        }

        Settle(transaction);
    }

    private void Settle(SipClientTransaction transaction)
    {
        if (transaction.Machine.State == SipClientState.Terminated)
        {
            _table!.Remove(transaction);
        }
        else
        {
            _table!.Reschedule(transaction, transaction.Machine.NextDeadline);
        }
    }

    private void Settle(SipServerTransaction transaction)
    {
        if (transaction.Machine.State == SipServerState.Terminated)
        {
            _table!.Remove(transaction);
            LiveServers--;
        }
        else
        {
            _table!.Reschedule(transaction, transaction.Machine.NextDeadline);
        }
    }

    private void Transmit(SipClientTransaction transaction) =>
        Enqueue(new SipTransactionEffect(SipTransactionEffectKind.Transmit, transaction.Bytes, transaction.Hop, transaction.Token, null, null));

    private void Enqueue(in SipTransactionEffect effect)
    {
        _effects ??= SipTransactionEffectQueue.Rent();
        _effects.Enqueue(effect);
    }

    // A request sent to an address (Flow 0) travels on whatever connection leads there.
    private static bool IsOn(SipHop used, SipHop failed) => used.Flow != 0 && failed.Flow != 0
        ? used.Flow == failed.Flow
        : used.Transport == failed.Transport && used.EndPoint.Equals(failed.EndPoint);

    // Seeded per process, because a peer chooses what is hashed.
    private static int HashOf(ReadOnlySpan<byte> text)
    {
        var hash = default(HashCode);
        hash.AddBytes(text);
        return hash.ToHashCode();
    }

    private static int HashOf(string branch)
    {
        Span<byte> bytes = stackalloc byte[256];
        return branch.Length <= bytes.Length && Encoding.ASCII.TryGetBytes(branch, bytes, out var length)
            ? HashOf(bytes[..length])
            : HashOf(Encoding.ASCII.GetBytes(branch));
    }
}
