using System.Security.Cryptography;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>Sending (RFC 3428, and the order of steps that MIKEY-TICKET's half round trip asks for): ticket, TRANSFER_INIT, CMS, MESSAGE.</summary>
public sealed partial class UeBehavior
{
    /// <summary>
    /// One nonce serves all that a phone has under way, and its counts must arrive in order: what overtook the others on another connection makes them stale.
    /// </summary>
    private const int MaxChallengesPerMessage = 5;

    /// <summary>The core challenges MESSAGEs: the next ones carry credentials at once.</summary>
    private bool _answersAhead;

    /// <summary>
    /// Sends a text. SendId: the farm's number of the message, also its Message-ID inside the protected entity. Recipient: the public identity of the
    /// other phone, as that phone writes it. A phone that is registering keeps the message until it is registered.
    /// </summary>
    public void SendMessage(long sendId, string recipient, ReadOnlyMemory<byte> text, Instant now, DateTimeOffset utcNow)
    {
        ArgumentException.ThrowIfNullOrEmpty(recipient);
        var refusal = State is UeRegistrationState.Offline or UeRegistrationState.Deregistering ? SendFailure.Offline
            : !MaySendTo(recipient) ? SendFailure.Recipient
            : Traffic.Sends.Count - Traffic.ReportCount >= _settings.MaxQueuedSends ? SendFailure.QueueFull
            : SendFailure.None;
        if (refusal != SendFailure.None)
        {
            _effects.Enqueue(new UeEffect(UeEffectKind.MessageFailed, Token: sendId, Failure: refusal));
            return;
        }

        Begin(new UeSend(sendId, recipient, text) { CallId = _random.NextUInt64() }, now, utcNow);
        Pump(now, utcNow);
    }

    /// <summary>One MESSAGE at a time to a target (RFC 3428 section 8): any earlier one to it goes first.</summary>
    private void Begin(UeSend send, Instant now, DateTimeOffset utcNow)
    {
        var isBehind = Traffic.FindSendTo(send.Recipient) is not null;
        Traffic.Sends.Add(send);
        if (!isBehind && State == UeRegistrationState.Registered)
        {
            Advance(send, now, utcNow);
        }
    }

    /// <summary>The identity of an unprotected message: its body is all there is. The first line makes each one different.</summary>
    public static ReplayDigest PlainDigest(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return ReplayDigest.Read(hash);
    }

    private static bool MaySendTo(string recipient)
    {
        if (recipient.StartsWith("tel:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var start = recipient.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? 4 : recipient.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? 5 : 0;
        return start > 0 && !recipient.AsSpan(start).StartsWith("urn:service:sos", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The next step of a send whose turn it is.</summary>
    private void Advance(UeSend send, Instant now, DateTimeOffset utcNow)
    {
        if (send.Body is not null)
        {
            Transmit(send, now);
        }
        else if (_settings.Protection == BodyProtection.Plain)
        {
            ComposePlain(send, utcNow);
            Transmit(send, now);
        }
        else if (TryGetTicket(send.Recipient, utcNow, out var ticket))
        {
            Protect(send, ticket, utcNow);
            Transmit(send, now);
        }
        else
        {
            RequestTicket(send, now, utcNow);
        }
    }

    private bool TryGetTicket(string recipient, DateTimeOffset utcNow, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GrantedTicket? ticket)
    {
        ticket = null;
        if (_settings.TicketCacheEntries == 0 || !Traffic.Granted.TryGet(recipient, out var cached))
        {
            return false;
        }

        if (cached.UseUntil <= utcNow)
        {
            Traffic.Granted.Remove(recipient);
            return false;
        }

        ticket = cached.Ticket;
        return true;
    }

    private void RequestTicket(UeSend send, Instant now, DateTimeOffset utcNow)
    {
        send.Exchange = new TicketRequestExchange(
            _profile.PublicIdentity, send.Recipient, _settings.KmsIdentity, _profile.Psk, _settings.Suite, _settings.TicketLifetime,
            reusable: _settings.TicketCacheEntries > 0);
        send.Phase = UeSendPhase.AwaitingTicket;
        send.Token = NextToken();
        send.Deadline = now + _settings.KmsTimeout;
        _effects.Enqueue(new UeEffect(UeEffectKind.QueryKms, Token: send.Token, Bytes: send.Exchange.CreateInit(utcNow, _random)));
    }

    private void CompleteTicketRequest(UeSend send, ReadOnlyMemory<byte>? response, Instant now, DateTimeOffset utcNow)
    {
        GrantedTicket? ticket = null;
        var isGranted = response is { } bytes && send.Exchange!.TryComplete(bytes, out ticket, out _) && ticket!.NotAfter > utcNow;
        send.Exchange!.Dispose();
        send.Exchange = null;
        send.Token = 0;
        send.Deadline = Instant.Never;
        if (!isGranted)
        {
            ticket?.Dispose();
            EndSend(send, EndOf(send, 0, SendFailure.Kms), now, utcNow);
            return;
        }

        // A message may be stored for as long as its Expires says, and the ticket should live that long; one that was granted for less time serves
        // half of it, so that a stingy KMS is not asked for every message.
        var lifetime = ticket!.NotAfter - utcNow;
        var margin = _settings.MessageExpiry < lifetime / 2 ? _settings.MessageExpiry : lifetime / 2;
        Protect(send, ticket, utcNow);
        if (ticket.IsReusable && _settings.TicketCacheEntries > 0)
        {
            Traffic.Granted.Add(send.Recipient, new CachedTicket(ticket, ticket.NotAfter - margin));
        }
        else
        {
            ticket.Dispose();
        }

        Transmit(send, now);
    }

    private void ComposePlain(UeSend send, DateTimeOffset utcNow)
    {
        send.Timestamp = _durable.NextTimestamp(utcNow);
        if (send.Report is { } report)
        {
            (send.ContentType, send.Body) = (CpimMessage.MediaType, report);
            send.Digest = PlainDigest(send.Body);
            return;
        }

        var messageId = MessageIdOf(send);
        send.ContentType = PlainText.ContentType;
        send.Body = PlainText.Compose(messageId, send.Text.Span);
        send.Digest = PlainDigest(send.Body);
        send.Text = default;
        AskForReports(send, messageId);
    }

    /// <summary>Makes TRANSFER_INIT and CMS, once per message.</summary>
    private void Protect(UeSend send, GrantedTicket ticket, DateTimeOffset utcNow)
    {
        send.Timestamp = _durable.NextTimestamp(utcNow);
        var built = TransferInit.Build(ticket, send.Timestamp, _random);
        var messageId = MessageIdOf(send);
        var entity = send.Report is { } report ? ProtectedBody.CpimEntity(report) : ProtectedBody.TextEntity(messageId, send.Text.Span);
        if (_settings.Protection == BodyProtection.ProtectedAndSigned)
        {
            Traffic.Certificate ??= _settings.Trust!.Issue(_profile.PublicIdentity, utcNow);
            entity = SmimeSealer.Sign(entity, Traffic.Certificate, utcNow);
        }

        var cms = SmimeSealer.Seal(entity, built.Kek, ProtectedBody.KeyIdentifierOf(built.Bytes), _settings.Cipher, _random);
        CryptographicOperations.ZeroMemory(built.Kek);
        (send.ContentType, send.Body) = ProtectedBody.Compose(built.Bytes, cms, _random);
        send.Digest = built.Digest;
        send.Text = default;
        AskForReports(send, messageId);
    }

    /// <summary>A new transaction for the same body. While the core wants silence it waits.</summary>
    private void Transmit(UeSend send, Instant now)
    {
        if (now < _quietUntil)
        {
            Wait(send, _quietUntil);
            return;
        }

        send.Attempts++;
        SendRequest(send, now);
    }

    private void SendRequest(UeSend send, Instant now)
    {
        var identity = _profile.PublicIdentity;
        var branch = NextBranch();

        // Made before the writer is in use: it needs one thread-static buffer of its own kind.
        var credentials = send.Challenges > 0 || _answersAhead ? _digest?.CreateHeader(SipMethod.Message, send.Recipient, send.Body) : null;
        var writer = SipWriter.Rent().Request(SipMethod.Message, send.Recipient).Via(_settings.Transport, _settings.ContactHost, branch);
        writer.Header(SipHeaderId.MaxForwards, 70);
        if (_serviceRoute is not null)
        {
            writer.Header(SipHeaderId.Route, _serviceRoute);
        }

        Write(writer, SipHeaderId.From, $"<{identity}>;tag={(uint)(send.CallId >> 32):x8}");
        Write(writer, SipHeaderId.To, $"<{send.Recipient}>");
        Write(writer, SipHeaderId.CallId, $"{send.CallId:x16}@{_settings.ContactHost}");
        writer.CSeq(++send.Sequence, SipMethod.Message).Date(send.Timestamp.ToUtc());
        writer.Header(SipHeaderId.Expires, (long)_settings.MessageExpiry.TotalSeconds);
        Write(writer, SipHeaderId.PPreferredIdentity, $"<{_defaultIdentity ?? identity}>");
        if (credentials is not null)
        {
            writer.Header(_digest!.HeaderId, credentials);
        }

        var bytes = writer.Header(SipHeaderId.ContentType, send.ContentType).Finish(send.Body);
        send.Phase = UeSendPhase.InFlight;
        send.Deadline = Instant.Never;
        send.Token = NextToken();
        if (!send.IsReported)
        {
            send.IsReported = true;
            _effects.Enqueue(new UeEffect(
                send.Report is null ? UeEffectKind.MessageSent : UeEffectKind.ReportSent, Token: send.SendId, Timestamp: send.Timestamp, Digest: send.Digest,
                MessageId: send.ReportOf));
        }

        Transactions.SendRequest(send.Token, branch, SipMethod.Message, bytes, _settings.Core, now);
    }

    private void HandleMessageResponse(UeSend send, SipResponse response, Instant now, DateTimeOffset utcNow)
    {
        send.Token = 0;
        if (response.StatusCode is 401 or 407 && ++send.Challenges <= MaxChallengesPerMessage && TryTakeChallenge(response, out _))
        {
            _answersAhead = true;
            SendRequest(send, now);
            return;
        }

        if (TryObeyRetryAfter(response, now) && send.Attempts < _settings.SendAttempts)
        {
            Wait(send, _quietUntil);
            return;
        }

        // RFC 4320 section 4.2 forbids 408 here, but proxies send it when their own timer ends first: then nobody has answered.
        if (response.StatusCode is 408 or 504 && send.Attempts < _settings.SendAttempts)
        {
            HandleSendNoAnswer(send, SendFailure.Timeout, now, utcNow);
            return;
        }

        EndSend(send, EndOf(send, response.StatusCode, SendFailure.None), now, utcNow);
    }

    /// <summary>The same TRANSFER_INIT and CMS go out again: should the first copy have got through, the second one is a harmless duplicate.</summary>
    private void HandleSendNoAnswer(UeSend send, SendFailure failure, Instant now, DateTimeOffset utcNow)
    {
        send.Token = 0;
        if (send.Attempts >= _settings.SendAttempts)
        {
            EndSend(send, EndOf(send, 0, failure), now, utcNow);
        }
        else if (failure == SendFailure.Transport)
        {
            // A refused connection answers at once: without a pause all attempts would meet the same outage.
            Wait(send, now + BackOff(send.Attempts));
        }
        else
        {
            Transmit(send, now);
        }
    }

    private static void Wait(UeSend send, Instant until)
    {
        send.Phase = UeSendPhase.AwaitingRetry;
        send.Deadline = until;
    }

    private void HandleSendDeadlines(Instant now, DateTimeOffset utcNow)
    {
        // An ended send is removed and may start the next one, which stands behind it: the walk is backwards.
        for (var place = (_traffic?.Sends.Count ?? 0) - 1; place >= 0; place--)
        {
            var send = _traffic!.Sends[place];
            if (send.Deadline > now)
            {
                continue;
            }

            if (send.Phase == UeSendPhase.AwaitingTicket)
            {
                CompleteTicketRequest(send, null, now, utcNow);
            }
            else
            {
                send.Deadline = Instant.Never;
                Advance(send, now, utcNow);
            }
        }
    }

    private static UeEffect EndOf(UeSend send, int status, SendFailure failure) => send.Report is not null
        ? new UeEffect(UeEffectKind.ReportEnded, MessageId: send.ReportOf, Status: status, Failure: failure)
        : status > 0 ? new UeEffect(UeEffectKind.MessageAnswered, Token: send.SendId, Status: status)
        : new UeEffect(UeEffectKind.MessageFailed, Token: send.SendId, Failure: failure);

    /// <summary>Reports the end and lets the next one to the same target go.</summary>
    private void EndSend(UeSend send, in UeEffect end, Instant now, DateTimeOffset utcNow)
    {
        _traffic!.Sends.Remove(send);
        _effects.Enqueue(end);
        if (State == UeRegistrationState.Registered && _traffic.FindSendTo(send.Recipient) is { } next)
        {
            Advance(next, now, utcNow);
        }
    }

    /// <summary>What was told to a phone without a binding leaves now that it has one.</summary>
    private void StartQueuedSends(Instant now, DateTimeOffset utcNow)
    {
        for (var place = 0; place < (_traffic?.Sends.Count ?? 0); place++)
        {
            var send = _traffic!.Sends[place];
            if (send.Phase == UeSendPhase.Queued && ReferenceEquals(_traffic.FindSendTo(send.Recipient), send))
            {
                Advance(send, now, utcNow);
            }
        }
    }

    private void FailSends(SendFailure failure, bool exceptInFlight = false)
    {
        var sends = _traffic?.Sends ?? [];
        var kept = 0;
        for (var place = 0; place < sends.Count; place++)
        {
            var send = sends[place];
            if (exceptInFlight && send.Phase == UeSendPhase.InFlight)
            {
                sends[kept++] = send;
                continue;
            }

            send.Exchange?.Dispose();
            if (send.Report is not null && failure == SendFailure.Offline)
            {
                send.Postpone();
                sends[kept++] = send;
            }
            else
            {
                _effects.Enqueue(EndOf(send, 0, failure));
            }
        }

        sends.RemoveRange(kept, sends.Count - kept);
    }
}
