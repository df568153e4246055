using System.Globalization;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The registrar of a part of the subscribers (RFC 3261 section 10.3): authenticates REGISTER, keeps the bindings, tells the
/// application server, by third-party REGISTER or as the notifier of its subscriptions. Pure: requests and time in, effects out. Not safe to share between threads.
/// </summary>
public sealed partial class RegistrarBehavior
{
    private static readonly (SipHeaderId, string) SupportedPath = (SipHeaderId.Supported, "path");

    private readonly RegistrarSettings _settings;
    private readonly CoreIdentity _identity;
    private readonly ISubscriberDirectory _subscribers;
    private readonly CoreAuthenticator _authenticator;
    private readonly SipTransactionLayer _transactions;
    private readonly LocationTable _locations = new();
    private readonly ThirdPartyRegistrations? _thirdParty;
    private readonly RegEventNotifier? _notifier;
    private readonly ContactList _contacts;
    private readonly FlowMemory _closedFlows = new();
    private readonly Queue<CoreEffect> _effects = new();
    private readonly (SipHeaderId, string)[] _extra = new (SipHeaderId, string)[12];
    private readonly string _tagPrefix;
    private int _extraCount;
    private long _tagCount;
    private long _dateSecond;
    private string _date = string.Empty;

    public RegistrarBehavior(RegistrarSettings settings, ISubscriberDirectory subscribers, DigestServer digest, IRandomSource random)
    {
        _settings = settings;
        _identity = settings.Identity;
        _subscribers = subscribers;
        _authenticator = new CoreAuthenticator(subscribers, digest, SipHeaderId.Authorization);
        _transactions = new SipTransactionLayer(settings.Timers);
        _contacts = new ContactList(settings);
        _tagPrefix = string.Create(CultureInfo.InvariantCulture, $"{random.NextUInt64():x}");
        if (_identity.ApplicationServer is not null || settings.ExpectsApplicationServer)
        {
            var branches = new BranchSource(BranchSource.RegistrarKind, settings.Partition, random);
            _thirdParty = settings.SendsThirdPartyRegistrations
                ? new ThirdPartyRegistrations(settings, _locations, _transactions, branches, random) : null;
            _notifier = new RegEventNotifier(settings, _locations, _transactions, branches, random);
        }
    }

    public int BindingCount => _locations.Count;

    /// <summary>Addresses of record that the application server has yet to hear of.</summary>
    public int PendingNotifications => _thirdParty?.PendingCount ?? 0;

    public int SubscriptionCount => _notifier?.Count ?? 0;

    public Instant NextDeadline
    {
        get
        {
            var deadline = Instant.Min(_transactions.NextDeadline, _locations.NextDeadline);
            deadline = _notifier is null ? deadline : Instant.Min(deadline, _notifier.NextDeadline);
            return _thirdParty is null ? deadline : Instant.Min(deadline, _thirdParty.NextDeadline);
        }
    }

    /// <summary>
    /// The application server of a group is somewhere else now (<see cref="CoreIdentity.MoveApplicationServer"/> has said so): it is told of everybody who is
    /// registered and has their mailbox there, or asks.
    /// </summary>
    public void HandleApplicationServerMoved(int mailboxGroup, Instant now, DateTimeOffset utcNow)
    {
        if (_identity.ApplicationServerOf(mailboxGroup) is { } server)
        {
            _notifier?.ForgetFormer(mailboxGroup, server);
            _thirdParty?.MoveTo(mailboxGroup, server, _locations.AddressesOfRecord.Where(user => _identity.MailboxGroupOf(user) == mailboxGroup), now);
            Drain(now, utcNow);
        }
    }

    /// <summary>What of all requests is this machine's; the rest is the proxy's.</summary>
    public static bool Handles(SipMethod method) => method is SipMethod.Register or SipMethod.Subscribe;

    /// <summary>A REGISTER or SUBSCRIBE, or a response to a third-party REGISTER or NOTIFY.</summary>
    public void HandleMessage(SipMessage message, SipHop from, Instant now, DateTimeOffset utcNow)
    {
        RemoveExpired(now);
        _transactions.HandleMessage(message, from, now);
        Drain(now, utcNow);
    }

    /// <summary>A connection ended or could not be made.</summary>
    public void HandleTransportFailure(SipHop hop, Instant now, DateTimeOffset utcNow)
    {
        if (hop.Flow != 0)
        {
            _closedFlows.Add(hop.Flow);
        }

        _transactions.HandleTransportFailure(hop, now);
        Drain(now, utcNow);
    }

    /// <summary>A Transmit effect with this token could not be carried out.</summary>
    public void HandleSendFailure(long token, Instant now, DateTimeOffset utcNow)
    {
        if (_transactions.Abandon(token))
        {
            HandleNoAnswer(token, now);
            Drain(now, utcNow);
        }
    }

    public void HandleTimeout(Instant now, DateTimeOffset utcNow)
    {
        _transactions.HandleTimeout(now);
        RemoveExpired(now);
        _thirdParty?.HandleTimeout(now);
        _notifier?.HandleTimeout(now);
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
                case SipTransactionEffectKind.RequestReceived when effect.ServerTransaction!.Request.Method == SipMethod.Subscribe:
                    HandleSubscribe(effect.ServerTransaction, now);
                    break;
                case SipTransactionEffectKind.RequestReceived:
                    HandleRegister(effect.ServerTransaction!, now, utcNow);
                    break;
                case SipTransactionEffectKind.ResponseReceived when effect.Response!.StatusCode >= 200:
                    HandleResponse(effect.Token, effect.Response, now);
                    break;
                case SipTransactionEffectKind.ClientTimedOut or SipTransactionEffectKind.ClientTransportFailed:
                    HandleNoAnswer(effect.Token, now);
                    break;
                default:
                    break;   // provisional and stray responses say nothing
            }
        }
    }

    private void Add(SipHeaderId id, string value) => _extra[_extraCount++] = (id, value);

    private void Refuse(SipServerTransaction transaction, int status, Instant now)
    {
        Count(CoreFact.RegisterRefused);
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
