using System.Runtime.CompilerServices;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What a phone decides: registration, sending and receiving of MESSAGEs, tickets, replay cache. Pure and not thread-safe: call a method, then take
/// all effects; wake it at <see cref="NextDeadline"/>. Small while idle: keys, caches, tickets and transactions come with their first use, and
/// transactions go again with the last one.
/// </summary>
public sealed partial class UeBehavior
{
    // More server transactions than this at one time are no phone's life: datagram copies are kept for 32 s each.
    private const int MaxServerTransactions = 1024;

    private readonly UeProfile _profile;
    private readonly UeSettings _settings;
    private readonly UeDurableState _durable;
    private readonly IRandomSource _random;
    private SipTransactionLayer? _transactions;
    private DigestClient? _digest;
    private UeTraffic? _traffic;
    private UeEffectQueue _effects;
    private long _nextToken;

    /// <summary>Until then the core is left alone: it said 503 with Retry-After.</summary>
    private Instant _quietUntil = new(long.MinValue);

    /// <exception cref="ArgumentException">Signing is asked for without an authority.</exception>
    public UeBehavior(UeProfile profile, UeSettings settings, UeDurableState durable, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(durable);
        ArgumentNullException.ThrowIfNull(random);
        if (settings is { Protection: BodyProtection.ProtectedAndSigned, Trust: null })
        {
            throw new ArgumentException("Signed bodies need an authority.", nameof(settings));
        }

        _profile = profile;
        _settings = settings;
        _durable = durable;
        _random = random;

        // From anywhere, so that an answer to a machine that crashed is not taken for one to its successor.
        _nextToken = (long)(random.NextUInt64() >> 2);
    }

    public UeRegistrationState State { get; private set; }

    public Instant NextDeadline
    {
        get
        {
            var deadline = Instant.Min(_registrationDeadline, _transactions?.NextDeadline ?? Instant.Never);
            return _traffic is null ? deadline : Instant.Min(deadline, _traffic.NextDeadline);
        }
    }

    /// <summary>Requests of the phone are without a final answer: it wants to hear of a failed connection.</summary>
    public bool HasPendingRequests => _transactions is { PendingClients: > 0 };

    private SipTransactionLayer Transactions => _transactions ??=
        new SipTransactionLayer(_settings.Timers) { MaxServerTransactions = MaxServerTransactions, RefusesMergedRequests = true };

    private UeTraffic Traffic => _traffic ??= new UeTraffic(_settings.TicketCacheEntries);

    /// <summary>A message from the network. A phone that is off hears nothing.</summary>
    public void HandleMessage(SipMessage message, SipHop from, Instant now, DateTimeOffset utcNow)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (State != UeRegistrationState.Offline)
        {
            Transactions.HandleMessage(message, from, now);
            Pump(now, utcNow);
        }
    }

    /// <summary>A connection ended or could not be made.</summary>
    public void HandleTransportFailure(SipHop hop, Instant now, DateTimeOffset utcNow)
    {
        _transactions?.HandleTransportFailure(hop, now);
        Pump(now, utcNow);
    }

    /// <summary>A Transmit effect with this token could not be carried out. A response (0) is given up: the request comes again.</summary>
    public void HandleSendFailure(long token, Instant now, DateTimeOffset utcNow)
    {
        if (token != 0 && _transactions is { } transactions && transactions.Abandon(token))
        {
            HandleNoAnswer(token, SendFailure.Transport, now, utcNow);
        }

        Pump(now, utcNow);
    }

    public void HandleTimeout(Instant now, DateTimeOffset utcNow)
    {
        _transactions?.HandleTimeout(now);
        Pump(now, utcNow);
        if (_registrationDeadline <= now)
        {
            HandleRegistrationDeadline(now);
        }

        HandleSendDeadlines(now, utcNow);
        HandleReceptionDeadlines(now);
        Pump(now, utcNow);
    }

    /// <summary>The KMS's answer; null: it could not be reached. Answers that came too late, or to a phone that went off, are dropped.</summary>
    public void HandleKmsResponse(long token, ReadOnlyMemory<byte>? response, Instant now, DateTimeOffset utcNow)
    {
        if (_traffic is { } traffic)
        {
            if (traffic.FindSend(UeSendPhase.AwaitingTicket, token) is { } send)
            {
                CompleteTicketRequest(send, response, now, utcNow);
            }
            else if (traffic.FindReception(token) is { } reception)
            {
                CompleteTicketResolve(reception, response, now, utcNow);
            }
        }

        Pump(now, utcNow);
    }

    public bool TryTakeEffect(out UeEffect effect) => _effects.TryDequeue(out effect);

    /// <summary>
    /// For the owner of a machine that broke, or lost its core: ends every send with this failure and the registration, so that each fact still has its
    /// counterpart. Nothing may be called after it but <see cref="TryTakeEffect"/>, of which only facts are to be carried out.
    /// </summary>
    public void Abandon() => Abandon(SendFailure.Crash);

    /// <inheritdoc cref="Abandon()"/>
    public void Abandon(SendFailure failure)
    {
        FailSends(failure);
        if (State == UeRegistrationState.Registered || (State == UeRegistrationState.Deregistering && _wasRegistered))
        {
            _effects.Enqueue(new UeEffect(UeEffectKind.WentOffline, Status: 200, Reason: UeFailureReason.Crash));
        }

        State = UeRegistrationState.Offline;
    }

    /// <summary>Carries the results of the transaction layer over; handlers may start new transactions meanwhile.</summary>
    private void Pump(Instant now, DateTimeOffset utcNow)
    {
        while (_transactions is { } layer && layer.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case SipTransactionEffectKind.Transmit:
                    // Only a request's token means something to the owner of the machine.
                    var token = effect.ServerTransaction is null ? effect.Token : 0;
                    _effects.Enqueue(new UeEffect(UeEffectKind.Transmit, Token: token, Bytes: effect.Bytes, Hop: effect.Hop));
                    break;
                case SipTransactionEffectKind.RequestReceived:
                    HandleRequest(effect.ServerTransaction!, now, utcNow);
                    break;
                case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200:
                    HandleResponse(effect.Token, effect.Response, now, utcNow);
                    break;
                case SipTransactionEffectKind.ClientTimedOut:
                    HandleNoAnswer(effect.Token, SendFailure.Timeout, now, utcNow);
                    break;
                case SipTransactionEffectKind.ClientTransportFailed:
                    HandleNoAnswer(effect.Token, SendFailure.Transport, now, utcNow);
                    break;
                default:
                    break;   // provisional and stray responses change nothing
            }
        }

        if (_transactions is { PendingClients: 0, LiveServers: 0 } idle && idle.NextDeadline == Instant.Never)
        {
            _transactions = null;
        }
    }

    private void HandleResponse(long token, SipResponse response, Instant now, DateTimeOffset utcNow)
    {
        if (token == _registerToken)
        {
            HandleRegisterResponse(response, now, utcNow);
        }
        else if (_traffic?.FindSend(UeSendPhase.InFlight, token) is { } send)
        {
            HandleMessageResponse(send, response, now, utcNow);
        }
    }

    private void HandleNoAnswer(long token, SendFailure failure, Instant now, DateTimeOffset utcNow)
    {
        if (token == _registerToken)
        {
            _registerToken = 0;
            FailRegistration(0, failure == SendFailure.Timeout ? UeFailureReason.Timeout : UeFailureReason.Transport, now);
        }
        else if (_traffic?.FindSend(UeSendPhase.InFlight, token) is { } send)
        {
            HandleSendNoAnswer(send, failure, now, utcNow);
        }
    }

    /// <summary>Takes the challenge of a 401 or 407. What AKA learns of the sequence number is kept at once.</summary>
    private bool TryTakeChallenge(SipResponse response, out DigestClientFault fault)
    {
        var digest = Digest();
        var isTaken = digest.TryAccept(response, out fault);
        _durable.SqnMs = digest.SqnMs;
        return isTaken;
    }

    private DigestClient Digest() => _digest ??= new DigestClient(_profile.Credentials, _random) { SqnMs = _durable.SqnMs };

    private long NextToken() => ++_nextToken;

    private string NextBranch() => UeAddressing.CreateBranch(_profile.Index, _random);

    /// <summary>A 503 with Retry-After: the phone leaves the core alone for that long (RFC 3261 section 21.5.4), plus up to 20 %, so that a farm does not
    /// come back in one second.</summary>
    private bool TryObeyRetryAfter(SipResponse response, Instant now)
    {
        if (response.StatusCode != 503 || !_settings.HonoursRetryAfter || !TryReadRetryAfter(response, out var pause))
        {
            return false;
        }

        pause = pause < _settings.MaxRetryAfter ? pause : _settings.MaxRetryAfter;
        _quietUntil = now + (pause * (1 + (0.2 * NextFraction())));
        return true;
    }

    /// <summary>W = base * 2^failures up to the maximum, of which 50-100 % (RFC 5626 section 4.5). Failures: 1 for the first.</summary>
    private TimeSpan BackOff(int failures)
    {
        var most = _settings.RegistrationRetryCap.Ticks;
        var doublings = Math.Min(failures - 1, 30);
        var whole = _settings.RegistrationRetryBase.Ticks > most >> doublings ? most : _settings.RegistrationRetryBase.Ticks << doublings;
        return new TimeSpan((long)(whole * (0.5 + (0.5 * NextFraction()))));
    }

    /// <summary>0 to 1, 1 excluded.</summary>
    private double NextFraction() => (_random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private static bool TryReadRetryAfter(SipResponse response, out TimeSpan pause)
    {
        pause = TimeSpan.Zero;
        if (!response.TryGetHeader(SipHeaderId.RetryAfter, out var value) || !TryReadSeconds(value, out var seconds))
        {
            return false;
        }

        pause = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Leading digits, at most 2^32 - 1 (delta-seconds of RFC 3261 section 25.1); a comment or parameters may follow.</summary>
    private static bool TryReadSeconds(ReadOnlySpan<byte> text, out uint seconds) =>
        System.Buffers.Text.Utf8Parser.TryParse(text, out seconds, out var used)
        && (used == text.Length || text[used] is (byte)' ' or (byte)';' or (byte)'(' or (byte)'\t');

    /// <summary>Writes a header with the interpolation's own pooled buffer: no string is made.</summary>
    private static void Write(SipWriter writer, SipHeaderId id, ref DefaultInterpolatedStringHandler value)
    {
        writer.Header(id, value.Text);
        value.Clear();
    }
}
