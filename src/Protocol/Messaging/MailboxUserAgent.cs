using System.Buffers.Text;
using System.Globalization;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The SIP side of one mailbox: a back-to-back user agent between senders and the core, around a <see cref="MailboxBehavior"/> and its own
/// transactions. A delivery has a new Call-ID, From tag and branch; From and To URIs, Date, Expires, Content-Type with its parameters, the
/// asserted identity and the body go through unchanged. Pure and not thread-safe, like what it is made of.
/// </summary>
public sealed partial class MailboxUserAgent
{
    private const int MaxRetryAfterSeconds = 1_000_000;


    private readonly string _recipient;
    private readonly long _number;
    private readonly MailboxSettings _settings;
    private readonly MailboxEndpoint _endpoint;
    private readonly MailboxBehavior _behavior;
    private readonly SipTransactionLayer _transactions;
    private readonly RegEventSubscriber? _presence;
    private readonly Queue<MailboxEffect> _effects = new();
    private readonly IRandomSource _random;
    private readonly uint _nonce;
    private readonly string _tag;

    /// <summary>SUBSCRIBEs so far. Their tokens are negative; those of deliveries are arrival numbers, which begin at 1.</summary>
    private int _subscribes;

    /// <summary>Number: unique among the living mailboxes of the server; it comes back in the branch of responses.</summary>
    public MailboxUserAgent(
        string recipient, long number, MailboxSettings settings, MailboxEndpoint endpoint, IRandomSource random, MailboxInventory? inventory)
    {
        _recipient = recipient;
        _number = number;
        _settings = settings;
        _endpoint = endpoint;
        _behavior = new MailboxBehavior(settings, random, inventory);
        _transactions = new SipTransactionLayer(endpoint.Timers);
        _presence = settings.SubscribesToPresence ? new RegEventSubscriber(recipient, settings, endpoint, random) : null;
        _random = random;
        _nonce = (uint)random.NextUInt64();
        _tag = string.Create(CultureInfo.InvariantCulture, $"mb{_nonce:x}");
    }

    public bool IsOnline => _behavior.IsOnline;

    /// <summary>The core tells it of its phone because it asked.</summary>
    public bool IsSubscribed => _presence is { IsSubscribed: true };

    public int StoredCount => _behavior.StoredCount;

    public Instant NextDeadline
    {
        get
        {
            var deadline = Instant.Min(_behavior.NextDeadline, _transactions.NextDeadline);
            return _presence is null ? deadline : Instant.Min(deadline, _presence.NextDeadline);
        }
    }

    /// <summary>Neither messages nor transactions nor a subscription: the mailbox may be forgotten.</summary>
    public bool IsIdle(Instant now) => _behavior.IsIdle && _transactions.NextDeadline == Instant.Never && (_presence is null || _presence.IsIdle(now));

    public bool TryTakeEffect(out MailboxEffect effect) => _effects.TryDequeue(out effect);

    public void HandleStart(bool online, Instant now, DateTimeOffset utcNow)
    {
        // Who subscribes believes what it is told, not what somebody knew before.
        _behavior.HandleStart(online && _presence is null, now, utcNow);
        Settle(now, utcNow, 0);
    }

    /// <summary>A MESSAGE for this mailbox, a NOTIFY about its phone, or a response to what it sent. The arrival number is used if it is a new MESSAGE.</summary>
    public void HandleMessage(SipMessage message, SipHop from, long arrival, Instant now, DateTimeOffset utcNow)
    {
        _transactions.HandleMessage(message, from, now);
        Settle(now, utcNow, arrival);
    }

    public void HandleStored(long arrival, bool durable, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleStored(arrival, durable, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleServerFull(long arrival, MailboxFact fact, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleServerFull(arrival, fact, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleRead(MailboxReadResult result, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleRead(result, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleRegistration(bool online, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleRegistration(online, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleCoreBusy(Instant until, Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleCoreBusy(until, now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleTurn(Instant now, DateTimeOffset utcNow)
    {
        _behavior.HandleTurn(now, utcNow);
        Settle(now, utcNow, 0);
    }

    public void HandleTransportFailure(SipHop hop, Instant now, DateTimeOffset utcNow)
    {
        _transactions.HandleTransportFailure(hop, now);
        Settle(now, utcNow, 0);
    }

    public void HandleTimeout(Instant now, DateTimeOffset utcNow)
    {
        _transactions.HandleTimeout(now);
        _behavior.HandleTimeout(now, utcNow);
        Settle(now, utcNow, 0);
    }

    /// <summary>Moves effects between the two machines until both are quiet; what concerns the outside is kept for the owner.</summary>
    private void Settle(Instant now, DateTimeOffset utcNow, long arrival)
    {
        bool moved;
        do
        {
            moved = false;
            while (_transactions.TryTakeEffect(out var transaction))
            {
                moved = true;
                Perform(transaction, arrival, now, utcNow);
            }

            while (_behavior.TryTakeEffect(out var effect))
            {
                moved = true;
                Perform(effect, now, utcNow);
            }

            moved |= WatchPresence(now, utcNow);
        }
        while (moved);
    }

    private void Perform(in SipTransactionEffect effect, long arrival, Instant now, DateTimeOffset utcNow)
    {
        switch (effect.Kind)
        {
            case SipTransactionEffectKind.Transmit:
                _effects.Enqueue(new MailboxEffect(MailboxEffectKind.Transmit, Bytes: effect.Bytes, Hop: effect.Hop));
                break;
            case SipTransactionEffectKind.RequestReceived:
                Receive(effect.ServerTransaction!, arrival, now, utcNow);
                break;
            case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200 && effect.Token < 0:
                TakeSubscribeResult(effect.Token, effect.Response, now);
                break;
            case SipTransactionEffectKind.ClientTimedOut or SipTransactionEffectKind.ClientTransportFailed when effect.Token < 0:
                TakeSubscribeResult(effect.Token, null, now);
                break;
            case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200:
                _behavior.HandleDeliveryResult(effect.Token, effect.Response.StatusCode, ReadRetryAfter(effect.Response), now, utcNow);
                break;
            case SipTransactionEffectKind.ClientTimedOut:
            case SipTransactionEffectKind.ClientTransportFailed:
                _behavior.HandleDeliveryResult(effect.Token, 0, null, now, utcNow);
                break;
            case SipTransactionEffectKind.StrayResponse:
                ReceiveLate(effect.Response!, now, utcNow);
                break;
        }
    }

    private void Receive(SipServerTransaction transaction, long arrival, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        if (request.Method == SipMethod.Notify)
        {
            Respond(transaction, _presence?.HandleNotify(request, now) ?? 481, now);
        }
        else if (request.TryGetHeader(SipHeaderId.Require, out _))
        {
            // No extension is supported, so whatever is required is not (RFC 3261 section 8.2.2.3).
            Respond(transaction, 420, now, (SipHeaderId.Unsupported, request.GetHeaderText(SipHeaderId.Require)!));
        }
        else if (request.MaxForwards == 0)
        {
            Respond(transaction, 483, now);
        }
        else if (request.Body.Length > 0 && !request.TryGetHeader(SipHeaderId.ContentType, out _))
        {
            Respond(transaction, 400, now);
        }
        else
        {
            _presence?.Touch(now);
            var record = MailboxRecordReader.Read(request, _recipient, arrival, _settings, utcNow);
            _behavior.HandleMessage(record, transaction, now, utcNow);
        }
    }

    /// <summary>After Timer F or an abandoned delivery: a 2xx still proves that the phone has the message.</summary>
    private void ReceiveLate(SipResponse response, Instant now, DateTimeOffset utcNow)
    {
        if (response.StatusCode is >= 200 and < 300
            && response.CSeqMethod == SipMethod.Message
            && MailboxBranch.TryParse(response.TopVia.Branch, out var branch)
            && branch.Mailbox == _number
            && branch.Nonce == _nonce)
        {
            _behavior.HandleDeliveryResult(branch.Arrival, response.StatusCode, null, now, utcNow);
        }
    }

    private void Perform(in MailboxEffect effect, Instant now, DateTimeOffset utcNow)
    {
        switch (effect.Kind)
        {
            case MailboxEffectKind.Answer when effect.Sender is not SipServerTransaction:
                _effects.Enqueue(effect);
                break;
            case MailboxEffectKind.Report:
                // Asked for only where there is a request, so there is a report.
                var report = DeliveryReports.Compose(effect.Record!, effect.Report, _endpoint.Identity, _random, utcNow);
                _effects.Enqueue(effect with { Record = report });
                break;
            case MailboxEffectKind.Answer:
                var seconds = (long)effect.RetryAfter.TotalSeconds;
                var transaction = (SipServerTransaction)effect.Sender!;
                if (seconds > 0)
                {
                    Respond(transaction, effect.Status, now, (SipHeaderId.RetryAfter, seconds.ToString(CultureInfo.InvariantCulture)));
                }
                else
                {
                    Respond(transaction, effect.Status, now);
                }

                break;
            case MailboxEffectKind.Deliver:
                Deliver(effect.Record!, effect.Attempt, now);
                break;
            case MailboxEffectKind.Abandon:
                _ = _transactions.Abandon(effect.Record!.Arrival);
                break;
            default:
                _effects.Enqueue(effect);
                break;
        }
    }

    private void Respond(SipServerTransaction transaction, int status, Instant now, params ReadOnlySpan<(SipHeaderId Id, string Value)> extra) =>
        _transactions.Respond(transaction, status, SipForwarding.Respond(transaction.Request, status, _tag, transaction.From, extra), now);

    private void Deliver(MailboxRecord record, int delivery, Instant now)
    {
        var branch = new MailboxBranch(_number, record.Arrival, delivery, _nonce).ToString();
        var writer = SipWriter.Rent()
            .Request(SipMethod.Message, _recipient)
            .Via(_endpoint.Core.Transport, _endpoint.SentBy, branch)
            .Header(SipHeaderId.MaxForwards, record.MaxForwards)
            .Header(SipHeaderId.From, $"<{record.FromUri}>;tag={_tag}")
            .Header(SipHeaderId.To, $"<{record.ToUri}>")
            .Header(SipHeaderId.CallId, string.Create(CultureInfo.InvariantCulture, $"{record.Arrival:x}-{delivery:x}-{_nonce:x}@{_endpoint.SentBy}"))
            .Header(SipHeaderId.CSeq, "1 MESSAGE");
        Copy(writer, SipHeaderId.PAssertedIdentity, record.AssertedIdentity);
        Copy(writer, SipHeaderId.Date, record.Date);
        Copy(writer, SipHeaderId.Expires, record.Expires);
        Copy(writer, SipHeaderId.Subject, record.Subject);
        Copy(writer, SipHeaderId.ContentDisposition, record.ContentDisposition);
        Copy(writer, SipHeaderId.ContentTransferEncoding, record.ContentTransferEncoding);
        Copy(writer, SipHeaderId.ContentType, record.ContentType.Length > 0 ? record.ContentType : null);
        _transactions.SendRequest(record.Arrival, branch, SipMethod.Message, writer.Finish(record.Body.Span), _endpoint.Core, now);
    }

    private static void Copy(SipWriter writer, SipHeaderId id, string? value)
    {
        if (value is not null)
        {
            writer.Header(id, value.AsSpan());
        }
    }

    /// <summary>Retry-After: seconds, then perhaps a comment or parameters (RFC 3261 section 20.33).</summary>
    private static TimeSpan? ReadRetryAfter(SipResponse response) =>
        response.TryGetHeader(SipHeaderId.RetryAfter, out var value) && Utf8Parser.TryParse(value, out uint seconds, out _)
            ? TimeSpan.FromSeconds(Math.Min(seconds, MaxRetryAfterSeconds))
            : null;
}
