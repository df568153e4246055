using System.Security.Cryptography;
using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Receiving. The order of the steps is part of the protection and must not change: parse, look for a duplicate and for age, only then ask the KMS,
/// verify the MAC, open the body, and only then re-check and insert into the replay cache in one step, tell the user, answer 2xx.
/// </summary>
public sealed partial class UeBehavior
{
    private static readonly (SipHeaderId, string) AllowHeader = (SipHeaderId.Allow, Allowed);
    private static readonly (SipHeaderId, string) AcceptHeader =
        (SipHeaderId.Accept, "multipart/mixed, application/mikey, application/pkcs7-mime, text/plain, message/cpim, message/imdn+xml");

    private static readonly (SipHeaderId, string) DateWarning = (SipHeaderId.Warning, "399 ue \"Incorrect Date or Time\"");

    private IReplayCache ReplayCache => _durable.ReplayCache ??= ReplayCaches.Create(_settings.ReplayCache, _random);

    private void HandleRequest(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        if (CoreRules.FindUnsupported(transaction.Request, SipHeaderId.Require, default) is { } required)
        {
            Respond(transaction, 420, now, (SipHeaderId.Unsupported, required));
            return;
        }

        switch (transaction.Request.Method)
        {
            case SipMethod.Message when State == UeRegistrationState.Registering:
                // Meant for a registration that is no more (RFC 3261 section 21.4.18). Interpretation: not taken although it could be, for what was sent to an
                // earlier life overtakes what waits for this one.
                Respond(transaction, 480, now);
                break;
            case SipMethod.Message:
                ReceiveMessage(transaction, now, utcNow);
                break;
            case SipMethod.Options:
                Respond(transaction, 200, now, AllowHeader, AcceptHeader);
                break;
            case SipMethod.Notify:
                // A phone subscribes to nothing, so there is no subscription that this could belong to (RFC 6665 section 4.1.3).
                Respond(transaction, 481, now);
                break;
            default:
                Respond(transaction, 405, now, AllowHeader);
                break;
        }
    }

    private void ReceiveMessage(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        request.TryGetHeader(SipHeaderId.ContentType, out var contentType);
        if (!MessageBody.TryOpen(contentType, request.Body, out var body, out _))
        {
            Refuse(transaction, null, ReceiveOutcome.MalformedCpim, now);
        }
        else if (body.Is("text/plain"u8))
        {
            AcceptPlain(transaction, body, now, utcNow);
        }
        else if (body.Is("message/imdn+xml"u8))
        {
            AcceptPlainReport(transaction, body, now);
        }
        else if (body.TrySplit(out var mikey, out var cms))
        {
            ReceiveProtected(transaction, mikey, cms, body.Wrapper, now, utcNow);
        }
        else
        {
            Report(ReceiveOutcome.UnsupportedMedia, request, null);
            Respond(transaction, 415, now, AcceptHeader);
        }
    }

    private void ReceiveProtected(
        SipServerTransaction transaction, ReadOnlyMemory<byte> mikey, ReadOnlyMemory<byte> cms, CpimMessage? wrapper, Instant now, DateTimeOffset utcNow)
    {
        if (!ReceivedTransferInit.TryParse(mikey, out var received, out _))
        {
            Refuse(transaction, null, ReceiveOutcome.MalformedMikey, now);
            return;
        }

        // Before any contact with the KMS: copies and old messages must cost nothing but a look-up.
        var entry = EntryOf(received!);
        var verdict = ReplayCache.Peek(entry, OrderKeyOf(utcNow));
        if (verdict != ReplayVerdict.Accepted)
        {
            Refuse(transaction, received, OutcomeOf(verdict), now);
            return;
        }

        if (received!.Suite != _settings.Suite)
        {
            Refuse(transaction, received, ReceiveOutcome.PolicyRefused, now);
            return;
        }

        if (!received.TryCheckPolicy(_profile.PublicIdentity, out var failure))
        {
            Refuse(transaction, received, OutcomeOf(failure.Fault), now);
            return;
        }

        if (_settings.TicketCacheEntries > 0 && received.TicketIsReusable && Traffic.Resolved.TryGet(received.TicketKey, out var ticket))
        {
            Open(transaction, received, entry, cms, wrapper, ticket, now, utcNow);
            return;
        }

        if (Traffic.Receptions.Count >= _settings.MaxWaitingReceptions)
        {
            Refuse(transaction, received, ReceiveOutcome.KmsUnavailable, now);
            return;
        }

        var exchange = new TicketResolveExchange(received, _profile.PublicIdentity, _settings.KmsIdentity, _profile.Psk);
        var reception = new UeReception(transaction, received, entry, cms, wrapper, exchange, NextToken(), now + _settings.KmsTimeout);
        Traffic.Receptions.Add(reception);
        _effects.Enqueue(new UeEffect(UeEffectKind.QueryKms, Token: reception.Token, Bytes: exchange.CreateInit(utcNow, _random)));
    }

    private void CompleteTicketResolve(UeReception reception, ReadOnlyMemory<byte>? response, Instant now, DateTimeOffset utcNow)
    {
        Traffic.Receptions.Remove(reception);
        using var exchange = reception.Exchange;
        if (response is not { } bytes)
        {
            Refuse(reception.Transaction, reception.Received, ReceiveOutcome.KmsUnavailable, now);
            return;
        }

        if (!exchange.TryComplete(bytes, out var ticket, out var failure))
        {
            Refuse(reception.Transaction, reception.Received, OutcomeOfResolve(failure), now);
            return;
        }

        Open(reception.Transaction, reception.Received, reception.Entry, reception.Cms, reception.Wrapper, ticket!, now, utcNow);

        // Kept whatever became of this message: the KMS's answer was authentic, and a forger must not be able to make the phone ask again and again.
        if (ticket!.IsReusable && _settings.TicketCacheEntries > 0)
        {
            Traffic.Resolved.Add(ticket.TicketKey, ticket);
        }
        else
        {
            ticket.Dispose();
        }
    }

    private void HandleReceptionDeadlines(Instant now)
    {
        for (var place = (_traffic?.Receptions.Count ?? 0) - 1; place >= 0; place--)
        {
            var reception = _traffic!.Receptions[place];
            if (reception.Deadline <= now)
            {
                _traffic.Receptions.RemoveAt(place);
                reception.Exchange.Dispose();
                Refuse(reception.Transaction, reception.Received, ReceiveOutcome.KmsUnavailable, now);
            }
        }
    }

    /// <summary>MAC, S/MIME, then the second look into the replay cache, which alone decides: two copies may have waited for the KMS at the same time.</summary>
    private void Open(
        SipServerTransaction transaction, ReceivedTransferInit received, in ReplayEntry entry, ReadOnlyMemory<byte> cms, CpimMessage? wrapper,
        ResolvedTicket ticket, Instant now,
        DateTimeOffset utcNow)
    {
        if (!received.TryVerify(ticket, out var kek, out var failure))
        {
            Refuse(transaction, received, OutcomeOf(failure.Fault), now);
            return;
        }

        var isOpen = SmimeOpener.TryOpen(cms, kek, _settings.Trust, utcNow, out var opened, out var fault);
        CryptographicOperations.ZeroMemory(kek);
        if (!isOpen)
        {
            var isSignature = fault is SmimeFault.BadSignature or SmimeFault.UntrustedCertificate;
            Refuse(transaction, received, isSignature ? ReceiveOutcome.BadSignature : ReceiveOutcome.OpenFailed, now);
            return;
        }

        if (!OpenedContent.TryRead(opened.Entity, out var content))
        {
            Refuse(transaction, received, ReceiveOutcome.OpenFailed, now);
            return;
        }

        var verdict = ReplayCache.CheckAndInsert(entry, OrderKeyOf(utcNow));
        if (verdict != ReplayVerdict.Accepted)
        {
            Refuse(transaction, received, OutcomeOf(verdict), now);
            return;
        }

        if (content!.Report is { } report)
        {
            TakeReport(transaction, received, entry, opened.SignerIdentity, report, now);
            return;
        }

        // The S/MIME identity wins over From and is what the user sees. Interpretation: without a signature it is the Initiator that the ticket
        // authenticated. A signer who is not the Initiator is shown, and marked like any other difference: the text may have been passed on.
        var shown = opened.SignerIdentity ?? received.Initiator;
        var differs = !IsSameIdentity(shown, transaction.Request.From) || !string.Equals(shown, received.Initiator, StringComparison.Ordinal);
        _effects.Enqueue(new UeEffect(
            UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted, Timestamp: received.Timestamp, Digest: received.Digest,
            Request: transaction.Request, Text: content.Text, MessageId: content.MessageId, ShownIdentity: shown, IdentityDiffers: differs, Sender: entry.Sender));
        Respond(transaction, 200, now);
        AnswerRequest(content.Wrapper ?? wrapper, content.MessageId, received.Initiator, now, utcNow);
    }

    private void AcceptPlain(SipServerTransaction transaction, in MessageBody body, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        var text = PlainText.Read(body.Content, out var messageId);
        _effects.Enqueue(new UeEffect(
            UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.PlainAccepted, Timestamp: NtpTimestamp.FromUtc(utcNow), Digest: PlainDigest(body.Content.Span),
            Request: request, Text: text, MessageId: messageId, ShownIdentity: Encoding.UTF8.GetString(request.From.UriText)));
        Respond(transaction, 200, now);
        if (body.Wrapper is { } wrapper)
        {
            AnswerRequest(wrapper, messageId ?? wrapper.MessageId, SenderOf(request, wrapper), now, utcNow);
        }
    }

    /// <summary>Reports the outcome and answers as <see cref="ReceiveOutcome"/> says.</summary>
    private void Refuse(SipServerTransaction transaction, ReceivedTransferInit? received, ReceiveOutcome outcome, Instant now)
    {
        Report(outcome, transaction.Request, received);
        switch (outcome)
        {
            case ReceiveOutcome.Duplicate:
            case ReceiveOutcome.Stale or ReceiveOutcome.Tie when !_settings.AnswersStaleWith400:
                Respond(transaction, 200, now);
                break;
            case ReceiveOutcome.Stale or ReceiveOutcome.Tie or ReceiveOutcome.Future:
                Respond(transaction, 400, now, DateWarning);
                break;
            case ReceiveOutcome.MalformedMikey or ReceiveOutcome.MalformedCpim:
                Respond(transaction, 400, now);
                break;
            case ReceiveOutcome.KmsUnavailable:
                var seconds = ((long)_settings.KmsRetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                Respond(transaction, 480, now, (SipHeaderId.RetryAfter, seconds));
                break;
            case ReceiveOutcome.KmsRefused:
                Respond(transaction, 403, now);
                break;
            default:
                Respond(transaction, 493, now);
                break;
        }
    }

    private void Report(ReceiveOutcome outcome, SipRequest request, ReceivedTransferInit? received) =>
        _effects.Enqueue(new UeEffect(
            UeEffectKind.MessageReceived, Outcome: outcome, Request: request, Timestamp: received?.Timestamp ?? default, Digest: received?.Digest ?? default));

    private void Respond(SipServerTransaction transaction, int status, Instant now, params ReadOnlySpan<(SipHeaderId Id, string Value)> extra)
    {
        var tag = _random.NextUInt64().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        Transactions.Respond(transaction, status, SipForwarding.Respond(transaction.Request, status, tag, transaction.From, extra), now);
    }

    private void ForgetReceptions()
    {
        foreach (var reception in _traffic?.Receptions ?? [])
        {
            reception.Exchange.Dispose();
        }

        _traffic?.Receptions.Clear();
    }

    /// <summary>
    /// What the replay cache is asked, the same before and after verification. Interpretation: the sender is IDRi, which the MAC covers and the ticket names
    /// too, as an address of record: who has tickets under several spellings of one identity is still one sender. Made only where the policy goes by it.
    /// </summary>
    private ReplayEntry EntryOf(ReceivedTransferInit received) => new(received.Timestamp.OrderKey, received.Digest)
    {
        Sender = _settings.ReplayCache.Policy != ReplayPolicy.PerSender ? null
            : SipUri.TryParse(Encoding.UTF8.GetBytes(received.Initiator), out var uri) ? uri.ToAddressOfRecord()
            : received.Initiator,
    };

    private static ulong OrderKeyOf(DateTimeOffset utcNow) => NtpTimestamp.FromUtc(utcNow).OrderKey;

    private static ReceiveOutcome OutcomeOf(ReplayVerdict verdict) => verdict switch
    {
        ReplayVerdict.Duplicate => ReceiveOutcome.Duplicate,
        ReplayVerdict.Tie => ReceiveOutcome.Tie,
        ReplayVerdict.Future => ReceiveOutcome.Future,
        _ => ReceiveOutcome.Stale,
    };

    private static ReceiveOutcome OutcomeOf(MikeyFault fault) => fault switch
    {
        MikeyFault.MacMismatch => ReceiveOutcome.MacInvalid,
        MikeyFault.IdentityMismatch => ReceiveOutcome.IdentityMismatch,
        MikeyFault.Expired => ReceiveOutcome.TicketExpired,
        _ => ReceiveOutcome.PolicyRefused,
    };

    /// <summary>
    /// Only an authenticated Error is a refusal; anything else that is not the expected answer may come from somebody else than the KMS, so that the message
    /// must not be lost over it. Interpretation: RFC 6043 has no error for an expired ticket; a policy that the KMS no longer accepts is one.
    /// </summary>
    private static ReceiveOutcome OutcomeOfResolve(in MikeyFailure failure) => failure.Fault != MikeyFault.KmsError ? ReceiveOutcome.KmsUnavailable
        : failure.Field.StartsWith(ExpiredTicketError, StringComparison.Ordinal) ? ReceiveOutcome.TicketExpired
        : ReceiveOutcome.KmsRefused;

    private static readonly string ExpiredTicketError = $"ERR {(byte)MikeyErrorNumber.InvalidTicketPolicy} ";

    /// <summary>RFC 3261 section 19.1.4 without parameters; From is nearly always written the same way, so bytes are compared first.</summary>
    private static bool IsSameIdentity(string identity, SipNameAddress from)
    {
        if (Ascii.Equals(from.UriText, identity))
        {
            return true;
        }

        return SipUri.TryParse(Encoding.UTF8.GetBytes(identity), out var uri) && uri.Port == from.Uri.Port
            && string.Equals(uri.ToAddressOfRecord(), from.Uri.ToAddressOfRecord(), StringComparison.Ordinal);
    }
}
