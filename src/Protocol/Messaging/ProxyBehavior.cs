using System.Globalization;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The stateful proxy of a part of the subscribers for MESSAGE (RFC 3261 section 16), and the answers to everything else that is
/// not REGISTER. A phone's message is checked, asserted and sent to the application server, its Request-URI unchanged; the
/// application server's message, or every message when there is none, goes to all contacts of the Request-URI's user at once, and the
/// best answer goes back. Where that user is, is asked by a <see cref="CoreEffectKind.Locate"/> effect, because it may be another part's
/// subscriber. Pure; not safe to share between threads.
/// Interpretation: the core serves one domain and is the last proxy on the way, so a Route beyond it and a foreign recipient are
/// refused instead of being followed.
/// </summary>
public sealed partial class ProxyBehavior
{
    private const string AllowedMethods = "REGISTER, MESSAGE, OPTIONS, SUBSCRIBE";

    // How long a question after a location may stay open: as long as a transaction (Timer F).
    private const int LocateTimeoutInT1 = 64;

    // When the best answer so far goes back although branches are open: before the sender's Timer F ends (64 T1), or it would never get one.
    private const int ForkPatienceInT1 = 60;

    private static readonly SipHeaderId[] RemovedFromPhone =
        [SipHeaderId.Route, SipHeaderId.ProxyAuthorization, SipHeaderId.PAssertedIdentity, SipHeaderId.PPreferredIdentity, SipHeaderId.PCalledPartyId];

    private static readonly SipHeaderId[] RemovedFromServer = [SipHeaderId.Route, SipHeaderId.PCalledPartyId];

    private readonly ProxySettings _settings;
    private readonly CoreIdentity _identity;
    private readonly RegistrarBehavior _registrar;
    private readonly CoreAuthenticator _authenticator;
    private readonly SipTransactionLayer _transactions;
    private readonly BranchSource _branchNames;
    private readonly ProxyBranchTable _branches = new();
    private readonly Queue<(Instant Deadline, long Token)> _questions = new();
    private readonly Queue<(Instant Deadline, ResponseContext Forward)> _forks = new();
    private readonly Queue<CoreEffect> _effects = new();
    private readonly (SipHeaderId, string)[] _extra = new (SipHeaderId, string)[4];
    private readonly string _tagPrefix;
    private int _extraCount;
    private long _lastToken;
    private long _tagCount;

    /// <summary>Registrar and digest are those of the same part.</summary>
    public ProxyBehavior(ProxySettings settings, RegistrarBehavior registrar, ISubscriberDirectory subscribers, DigestServer digest, IRandomSource random)
    {
        _settings = settings;
        _identity = settings.Identity;
        _registrar = registrar;
        _authenticator = new CoreAuthenticator(subscribers, digest, SipHeaderId.ProxyAuthorization);
        _transactions = new SipTransactionLayer(settings.Timers);
        _branchNames = new BranchSource(BranchSource.ProxyKind, settings.Partition, random);
        _tagPrefix = string.Create(CultureInfo.InvariantCulture, $"{random.NextUInt64():x}");
    }

    /// <summary>Branches of requests without a final answer so far.</summary>
    public int PendingCount => _branches.Count;

    public Instant NextDeadline
    {
        get
        {
            var deadline = _transactions.NextDeadline;
            deadline = _questions.TryPeek(out var question) ? Instant.Min(deadline, question.Deadline) : deadline;
            return _forks.TryPeek(out var fork) ? Instant.Min(deadline, fork.Deadline) : deadline;
        }
    }

    /// <summary>Any request but REGISTER, and responses to what this machine sent.</summary>
    public void HandleMessage(SipMessage message, SipHop from, Instant now, DateTimeOffset utcNow)
    {
        // ACK belongs to INVITE, which is refused, and is never answered (RFC 3261 section 17.1.1.3).
        if (message is not SipRequest { Method: SipMethod.Ack })
        {
            _transactions.HandleMessage(message, from, now);
            Drain(now, utcNow);
        }
    }

    /// <summary>The answer to a Locate effect.</summary>
    public void HandleLocation(long token, in LocationAnswer answer, Instant now, DateTimeOffset utcNow)
    {
        if (_branches.TryGetQuestion(token, out var question))
        {
            if (answer.Target is not { } target)
            {
                _branches.Remove(token, out _);
                Refuse(question.Context.Transaction, answer.IsSubscriber ? 480 : 404, now);
            }
            else
            {
                Fork(question, target, answer.Others, now);
            }

            Drain(now, utcNow);
        }
    }

    /// <summary>A contact was registered anew or replaced (an EndForwards effect of any part's registrar).</summary>
    public void HandleNewBinding(string addressOfRecord, string contact, Instant now, DateTimeOffset utcNow)
    {
        EndBranchesTo(addressOfRecord, contact, now);
        Drain(now, utcNow);
    }

    public void HandleTransportFailure(SipHop hop, Instant now, DateTimeOffset utcNow)
    {
        _transactions.HandleTransportFailure(hop, now);
        Drain(now, utcNow);
    }

    /// <summary>A Transmit effect with this token could not be carried out.</summary>
    public void HandleSendFailure(long token, Instant now, DateTimeOffset utcNow)
    {
        if (_transactions.Abandon(token))
        {
            HandleDeadHop(token, now);
            Drain(now, utcNow);
        }
    }

    public void HandleTimeout(Instant now, DateTimeOffset utcNow)
    {
        while (_questions.TryPeek(out var question) && question.Deadline <= now)
        {
            _questions.Dequeue();
            if (_branches.TryGetQuestion(question.Token, out _))
            {
                _branches.Remove(question.Token, out _);
                Count(CoreFact.TimedOut);
            }
        }

        while (_forks.TryPeek(out var fork) && fork.Deadline <= now)
        {
            _forks.Dequeue();
            if (fork.Forward is { IsAnswered: false, BestStatus: not 0 } late)
            {
                PassOn(late, now);
            }
        }

        _transactions.HandleTimeout(now);
        Drain(now, utcNow);
    }

    public bool TryTakeEffect(out CoreEffect effect) => _effects.TryDequeue(out effect);

    private void Drain(Instant now, DateTimeOffset utcNow)
    {
        while (_transactions.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case SipTransactionEffectKind.Transmit:
                    _effects.Enqueue(new CoreEffect(CoreEffectKind.Transmit, effect.Bytes, effect.Hop, Token: effect.Token));
                    break;
                case SipTransactionEffectKind.RequestReceived:
                    _extraCount = 0;
                    HandleRequest(effect.ServerTransaction!, now, utcNow);
                    break;
                case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200:
                    HandleResponse(effect.Token, effect.Response, now);
                    break;
                case SipTransactionEffectKind.ClientTimedOut:
                    // RFC 4320 section 4.2: 408 must not be sent for a non-INVITE transaction; the sender's own timer tells it.
                    HandleNoAnswer(effect.Token, now);
                    break;
                case SipTransactionEffectKind.ClientTransportFailed:
                    HandleDeadHop(effect.Token, now);
                    break;
                default:
                    break;   // 100 is for this hop only; what belongs to no transaction is dropped (RFC 3261 section 16.7 with RFC 6026)
            }
        }
    }

    private void Add(SipHeaderId id, string value) => _extra[_extraCount++] = (id, value);

    private void Refuse(SipServerTransaction transaction, int status, Instant now)
    {
        Count(CoreFact.MessageRefused);
        Answer(transaction, status, now);
    }

    private void Answer(SipServerTransaction transaction, int status, Instant now)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"{_tagPrefix}{++_tagCount:x}");
        var bytes = SipForwarding.Respond(transaction.Request, status, tag, transaction.From, _extra.AsSpan(0, _extraCount));
        _transactions.Respond(transaction, status, bytes, now);
    }

    private void Count(CoreFact fact) => _effects.Enqueue(new CoreEffect(CoreEffectKind.Count, Fact: fact));
}
