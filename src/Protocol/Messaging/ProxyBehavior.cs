using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
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
    private readonly ISubscriberDirectory _subscribers;
    private readonly DigestServer _digest;
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
        _subscribers = subscribers;
        _digest = digest;
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

    /// <summary>A binding ended, or the phone that held it began anew (an EndForwards effect of any part's registrar).</summary>
    public void HandleBindingEnd(string addressOfRecord, string contact, Instant now, DateTimeOffset utcNow)
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

    private void HandleRequest(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        switch (request.Method)
        {
            case SipMethod.Message:
                HandleMessageRequest(transaction, now, utcNow);
                break;
            case SipMethod.Options:
                HandleOptions(transaction, now);
                break;
            case SipMethod.Cancel:
                Refuse(transaction, 481, now);   // only INVITE can be cancelled (RFC 3261 section 9.1)
                break;
            case SipMethod.Other:
                Refuse(transaction, 501, now);
                break;
            default:
                Add(SipHeaderId.Allow, AllowedMethods);
                Refuse(transaction, 405, now);
                break;
        }
    }

    /// <summary>RFC 3261 section 11.2: answered for the core itself, whoever is named, because phones use it as a ping.</summary>
    private void HandleOptions(SipServerTransaction transaction, Instant now)
    {
        var request = transaction.Request;
        var tags = CoreRules.FindUnsupported(request, SipHeaderId.Require, default)
            ?? CoreRules.FindUnsupported(request, SipHeaderId.ProxyRequire, default);
        if (tags is not null)
        {
            Add(SipHeaderId.Unsupported, tags);
            Refuse(transaction, 420, now);
            return;
        }

        Add(SipHeaderId.Allow, AllowedMethods);
        Add(SipHeaderId.Supported, "path");
        Answer(transaction, 200, now);
    }

    private void HandleMessageRequest(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        var isFromServer = _identity.IsFromApplicationServer(request, transaction.From);
        var mark = LoopMarkOf(request, isFromServer);
        var status = Validate(request, mark, out var recipient);
        if (status != 200)
        {
            Refuse(transaction, status, now);
        }
        else if (isFromServer)
        {
            Locate(new ResponseContext(transaction, recipient!, null, mark), now);
        }
        else if (TryAuthorize(transaction, out var sender, now, utcNow))
        {
            var forward = new ResponseContext(transaction, recipient!, sender, mark);
            if (_identity.ApplicationServer is { } server)
            {
                SendToApplicationServer(forward, server, now);
            }
            else
            {
                Locate(forward, now);
            }
        }
    }

    /// <summary>RFC 3261 section 16.3 in its order; 200: go on.</summary>
    private int Validate(SipRequest request, ulong mark, out string? recipient)
    {
        recipient = null;
        if (!CoreIdentity.IsSipScheme(request.RequestUri))
        {
            return IsEmergency(request.RequestUriText) ? 403 : 416;
        }

        if (request.MaxForwards == 0)
        {
            return 483;
        }

        if (IsLoop(request, mark))
        {
            return 482;
        }

        if (CoreRules.FindUnsupported(request, SipHeaderId.ProxyRequire, default) is { } tags)
        {
            Add(SipHeaderId.Unsupported, tags);
            return 420;
        }

        if (HasForeignRoute(request))
        {
            return 403;
        }

        return _identity.TryGetAddressOfRecord(request.RequestUri, out recipient) ? 200 : 404;
    }

    /// <summary>
    /// The sender is trusted when it registered from where the request comes from, else it has to answer a challenge. Interpretation:
    /// a phone's From must be its own identity in this domain; everything else is 403, also digest credentials of somebody else.
    /// </summary>
    private bool TryAuthorize(SipServerTransaction transaction, out string? sender, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        if (!_identity.TryGetAddressOfRecord(request.From.Uri, out sender))
        {
            Refuse(transaction, 403, now);
            return false;
        }

        if (_registrar.IsRegisteredFrom(sender, transaction.From, now))
        {
            return true;
        }

        SubscriberCredentials? credentials;
        if (!CoreRules.TryFindCredentials(request, SipHeaderId.ProxyAuthorization, _digest.Realm, out var authorization))
        {
            if (_subscribers.TryGetByPublicIdentity(sender, out credentials))
            {
                Challenge(transaction, credentials, sender, stale: false, now, utcNow);
            }
            else
            {
                Refuse(transaction, 403, now);
            }

            return false;
        }

        if (!_subscribers.TryGet(Encoding.UTF8.GetString(authorization.Username), out credentials, out var owned) || owned != sender)
        {
            Refuse(transaction, 403, now);
            return false;
        }

        var verdict = _digest.Verify(authorization, credentials, request.MethodToken, sender, request.Body.Span, now);
        switch (verdict)
        {
            case DigestVerdict.Accepted:
                return true;
            case DigestVerdict.WrongResponse or DigestVerdict.ResynchronisationRefused:
                Refuse(transaction, 403, now);
                return false;
            default:
                if (verdict == DigestVerdict.Resynchronised)
                {
                    Count(CoreFact.Resynchronised);
                }

                Challenge(transaction, credentials, sender, verdict == DigestVerdict.Stale, now, utcNow);
                return false;
        }
    }

    private void Challenge(SipServerTransaction transaction, SubscriberCredentials credentials, string sender, bool stale, Instant now, DateTimeOffset utcNow)
    {
        var (first, second) = _digest.CreateChallenges(credentials, sender, stale, now, utcNow);
        Add(SipHeaderId.ProxyAuthenticate, first);
        if (second is not null)
        {
            Add(SipHeaderId.ProxyAuthenticate, second);
        }

        Count(CoreFact.MessageChallenged);
        Answer(transaction, 407, now);
    }

    private void Locate(ResponseContext forward, Instant now)
    {
        var token = ++_lastToken;
        _branches.Add(token, forward);
        _questions.Enqueue((now + (LocateTimeoutInT1 * _settings.Timers.T1), token));
        _effects.Enqueue(new CoreEffect(CoreEffectKind.Locate, Token: token, AddressOfRecord: forward.Recipient));
    }

    private void SendToApplicationServer(ResponseContext forward, SipHop server, Instant now)
    {
        _extraCount = 0;
        Add(SipHeaderId.PAssertedIdentity, $"<{forward.Sender}>");
        Send(_branches.Add(++_lastToken, forward), server, null, RemovedFromPhone, now);
    }

    /// <summary>All contacts at once (RFC 3261 section 16.6). The question after them becomes the branch to the first one.</summary>
    private void Fork(ProxyBranch question, in LocationTarget first, LocationTarget[]? others, Instant now)
    {
        SendToContact(question, first, now);
        if (others is not null)
        {
            _forks.Enqueue((now + (ForkPatienceInT1 * _settings.Timers.T1), question.Context));
        }

        foreach (var target in others ?? [])
        {
            SendToContact(_branches.Add(++_lastToken, question.Context), target, now);
        }
    }

    private void SendToContact(ProxyBranch branch, in LocationTarget target, Instant now)
    {
        var forward = branch.Context;
        _extraCount = 0;
        if (forward.Sender is not null)
        {
            Add(SipHeaderId.PAssertedIdentity, $"<{forward.Sender}>");
        }

        Add(SipHeaderId.PCalledPartyId, $"<{forward.Recipient}>");
        if (target.Path is not null)
        {
            Add(SipHeaderId.Route, target.Path);
        }

        Send(branch, target.Hop, target.Contact, forward.Sender is null ? RemovedFromServer : RemovedFromPhone, now);
    }

    /// <summary>Contact: the new Request-URI; null: it stays as it is.</summary>
    private void Send(ProxyBranch branch, SipHop hop, string? contact, SipHeaderId[] remove, Instant now)
    {
        _branches.Send(branch, hop, contact);
        var forward = branch.Context;
        var name = _branchNames.Next(forward.Mark);
        var bytes = SipForwarding.ForwardRequest(
            forward.Transaction.Request, forward.Transaction.From, contact, _identity.SentBy, hop.Transport, name, removeTopRoute: false, remove,
            _extra.AsSpan(0, _extraCount));
        _transactions.SendRequest(branch.Token, name, SipMethod.Message, bytes, hop, now);
        Count(CoreFact.MessageRouted);
    }

    /// <summary>Everything on which routing depends (RFC 3261 section 16.6 step 8), so that a request that comes back unchanged is known, while one that
    /// passed through an application server that leaves it as it was is not taken for one.</summary>
    private static ulong LoopMarkOf(SipRequest request, bool isFromServer)
    {
        var hash = isFromServer ? 0x9E3779B97F4A7C15UL : 0xCBF29CE484222325UL;
        hash = Mix(hash, request.RequestUriText);
        hash = Mix(hash, request.From.Tag);
        hash = Mix(hash, request.CallId);
        return Mix(hash, MemoryMarshal.AsBytes([request.CSeqNumber]));
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> text)
    {
        foreach (var octet in text)
        {
            hash = (hash ^ octet) * 0x100000001B3UL;
        }

        return (hash ^ (uint)text.Length) * 0x100000001B3UL;
    }

    private static bool IsLoop(SipRequest request, ulong mark)
    {
        Span<byte> digits = stackalloc byte[16];
        mark.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.GetHeader(index);
            if (header.Id == SipHeaderId.Via && header.Value.IndexOf(digits) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 3261 section 16.4: our own entries at the top of Route are used up here. Anything left names a hop beyond us.</summary>
    private bool HasForeignRoute(SipRequest request)
    {
        if (!request.TryGetHeader(SipHeaderId.Route, out _))
        {
            return false;
        }

        foreach (var value in request.GetValues(SipHeaderId.Route))
        {
            if (SipNameAddress.View(value) is not { } route || route.Uri is not { } uri || !_identity.IsOwnHost(uri))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 5031: urn:service:sos and what is below it; schemes and the service's name are compared without case.
    private static bool IsEmergency(ReadOnlySpan<byte> requestUri)
    {
        var prefix = "urn:service:sos"u8;
        return requestUri.Length >= prefix.Length && Ascii.EqualsIgnoreCase(requestUri[..prefix.Length], prefix)
            && (requestUri.Length == prefix.Length || requestUri[prefix.Length] == (byte)'.');
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
