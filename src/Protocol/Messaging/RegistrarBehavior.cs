using System.Globalization;
using System.Text;
using UeFarm.Protocol.RegEvent;
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
    private readonly DigestServer _digest;
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
        _digest = digest;
        _transactions = new SipTransactionLayer(settings.Timers);
        _contacts = new ContactList(settings);
        _tagPrefix = string.Create(CultureInfo.InvariantCulture, $"{random.NextUInt64():x}");
        if (_identity.ApplicationServer is { } server)
        {
            var branches = new BranchSource(BranchSource.RegistrarKind, settings.Partition, random);
            _thirdParty = settings.SendsThirdPartyRegistrations
                ? new ThirdPartyRegistrations(settings, server, _locations, _transactions, branches, random) : null;
            _notifier = new RegEventNotifier(settings, server, _locations, _transactions, branches, random);
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

    /// <summary>
    /// Where to send what is meant for a user: all contacts, the newest first. A contact with a numeric address gets the connection over which it registered
    /// while that is open (as RFC 5626 has it), then any connection to the contact's address, then a new one; over UDP the contact's address. A contact with a
    /// name is reached only where it registered from.
    /// </summary>
    public LocationAnswer Locate(string addressOfRecord, Instant now)
    {
        if (!_locations.TryGet(addressOfRecord, now, out var binding))
        {
            return new LocationAnswer(_subscribers.TryGetByPublicIdentity(addressOfRecord, out _));
        }

        var target = TargetOf(binding);
        if (binding.Older is null)
        {
            return new LocationAnswer(true, target);
        }

        var others = new List<LocationTarget>();
        for (var older = binding.Older; older is not null; older = older.Older)
        {
            if (older.ExpiresAt > now)
            {
                others.Add(TargetOf(older));
            }
        }

        return new LocationAnswer(true, target, others.Count == 0 ? null : [.. others]);
    }

    /// <summary>True when a binding of the user was made from this very address or connection, so that its requests are trusted.</summary>
    public bool IsRegisteredFrom(string addressOfRecord, SipHop from, Instant now)
    {
        _locations.TryGet(addressOfRecord, now, out var binding);
        for (; binding is not null; binding = binding.Older)
        {
            var source = binding.Source;
            if (binding.ExpiresAt > now && source.Transport == from.Transport && source.EndPoint.Equals(from.EndPoint))
            {
                return true;
            }
        }

        return false;
    }

    private LocationTarget TargetOf(Binding binding)
    {
        var path = binding.Path.IsEmpty ? null : Encoding.UTF8.GetString(binding.Path);
        return new LocationTarget(binding.ContactText, ContactHops.Choose(binding, !_closedFlows.Contains(binding.Source.Flow)), path);
    }

    private void RemoveExpired(Instant now)
    {
        while (_locations.TryRemoveExpired(now, out var expired))
        {
            Count(CoreFact.BindingExpired);
            EndForwardsTo(expired);
            _notifier?.Note(expired, ContactEvent.Expired);
            _notifier?.Flush(expired.AddressOfRecord, now);
            if (!_locations.TryGet(expired.AddressOfRecord, now, out _))
            {
                _thirdParty?.Announce(expired.AddressOfRecord, now);
            }
        }
    }

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

    private void HandleRegister(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        _extraCount = 0;
        if (!CoreIdentity.IsSipScheme(request.RequestUri))
        {
            Refuse(transaction, 416, now);
        }
        else if (CoreRules.FindUnsupported(request, SipHeaderId.Require, "path"u8) is { } required)
        {
            Add(SipHeaderId.Unsupported, required);
            Refuse(transaction, 420, now);
        }
        else if (!CoreIdentity.IsSipScheme(request.To.Uri))
        {
            Refuse(transaction, 400, now);
        }
        else if (!_identity.IsOwnHost(request.RequestUri) || !_identity.TryGetAddressOfRecord(request.To.Uri, out var user))
        {
            Refuse(transaction, 404, now);
        }
        else if (TryAuthenticate(transaction, user, now, utcNow))
        {
            UpdateBindings(transaction, user, now, utcNow);
        }
    }

    /// <summary>
    /// RFC 3261 section 10.3 steps 3 and 4. Interpretation: a user that is not known gets 404, a known one with a wrong response
    /// or with somebody else's identity 403; both end the exchange, where another 401 would make some clients try for ever.
    /// </summary>
    private bool TryAuthenticate(SipServerTransaction transaction, string user, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        SubscriberCredentials? credentials;
        if (!CoreRules.TryFindCredentials(request, SipHeaderId.Authorization, _digest.Realm, out var authorization))
        {
            if (!_subscribers.TryGetByPublicIdentity(user, out credentials))
            {
                Refuse(transaction, 404, now);
                return false;
            }

            Challenge(transaction, credentials, user, stale: false, now, utcNow);
            return false;
        }

        if (!_subscribers.TryGet(Encoding.UTF8.GetString(authorization.Username), out credentials, out var owned) || owned != user)
        {
            Refuse(transaction, 403, now);
            return false;
        }

        var verdict = _digest.Verify(authorization, credentials, "REGISTER"u8, user, request.Body.Span, now);
        switch (verdict)
        {
            case DigestVerdict.Accepted:
                if (_settings.MutualAuthentication && DigestServer.CreateAuthenticationInfo(authorization, credentials, default) is { } proof)
                {
                    Add(SipHeaderId.AuthenticationInfo, proof);
                }

                return true;
            case DigestVerdict.WrongResponse or DigestVerdict.ResynchronisationRefused:
                Refuse(transaction, 403, now);
                return false;
            default:
                if (verdict == DigestVerdict.Resynchronised)
                {
                    Count(CoreFact.Resynchronised);
                }

                Challenge(transaction, credentials, user, verdict == DigestVerdict.Stale, now, utcNow);
                return false;
        }
    }

    private void Challenge(SipServerTransaction transaction, SubscriberCredentials credentials, string user, bool stale, Instant now, DateTimeOffset utcNow)
    {
        var (first, second) = _digest.CreateChallenges(credentials, user, stale, now, utcNow);
        Add(SipHeaderId.WwwAuthenticate, first);
        if (second is not null)
        {
            Add(SipHeaderId.WwwAuthenticate, second);
        }

        Count(CoreFact.RegisterChallenged);
        Answer(transaction, 401, now);
    }

    /// <summary>RFC 3261 section 10.3 steps 6 to 8. All contacts are checked before the first one is stored.</summary>
    private void UpdateBindings(SipServerTransaction transaction, string user, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        _locations.TryGet(user, now, out var newest);
        var status = _contacts.Read(request, newest, now);
        if (status != 200)
        {
            if (status == 423)
            {
                Add(SipHeaderId.MinExpires, ((long)_settings.MinExpires.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            }

            Refuse(transaction, status, now);
            return;
        }

        var hasChanged = Apply(user, newest, transaction.From, now);
        AddBindings(user, request, now);
        AddDate(utcNow);
        Answer(transaction, 200, now);
        if (hasChanged)
        {
            _thirdParty?.Announce(user, now);
            _notifier?.Flush(user, now);
        }
    }

    private bool Apply(string user, Binding? newest, SipHop from, Instant now)
    {
        var isRemoval = _contacts.IsStar;
        if (_contacts.IsStar)
        {
            while (_locations.TryGet(user, now, out var binding))
            {
                Remove(binding);
            }
        }

        var isUpdate = false;
        for (var index = 0; index < _contacts.Count; index++)
        {
            ref readonly var contact = ref _contacts[index];
            if (contact.Expires == 0)
            {
                isRemoval = true;
                if (contact.Existing is { } gone)
                {
                    Remove(gone);
                }

                continue;
            }

            isUpdate = true;
            var update = _contacts.CreateUpdate(contact, now);
            if (contact.Existing is { } known)
            {
                if (known.CallIdHash != update.CallIdHash)
                {
                    EndForwardsTo(known);   // another boot of the phone (RFC 3261 section 10.2): it does not wait for what the last one was sent
                }

                _locations.Refresh(known, update, from);
                _notifier?.Note(known, ContactEvent.Refreshed);
            }
            else
            {
                MakeRoom(user, contact.InstanceHash, now);
                _locations.Add(user, contact.Uri, update, from);
                _locations.TryGet(user, now, out var added);
                _notifier?.Note(added!, ContactEvent.Registered);
                Count(CoreFact.BindingAdded);
            }
        }

        Count(isUpdate ? CoreFact.RegisterAccepted : isRemoval ? CoreFact.Deregistered : CoreFact.RegisterQueried);
        return isUpdate || (isRemoval && newest is not null);
    }

    /// <summary>
    /// Interpretation: a device (+sip.instance) has one binding, so its new contact replaces its old one even without the
    /// registration identifiers of RFC 5626; and a full list gives up its oldest binding rather than refuse a phone that came back.
    /// </summary>
    private void MakeRoom(string user, ulong instanceHash, Instant now)
    {
        _locations.TryGet(user, now, out var binding);
        Binding? oldest = null;
        var count = 0;
        while (binding is not null)
        {
            var older = binding.Older;
            if (instanceHash != 0 && binding.InstanceHash == instanceHash)
            {
                Remove(binding);
            }
            else
            {
                oldest = binding;
                count++;
            }

            binding = older;
        }

        if (count >= _settings.MaxContacts)
        {
            Remove(oldest!);
        }
    }

    private void Remove(Binding binding)
    {
        _locations.Remove(binding);
        _notifier?.Note(binding, ContactEvent.Unregistered);
        Count(CoreFact.BindingRemoved);
        EndForwardsTo(binding);
    }

    private void EndForwardsTo(Binding binding) =>
        _effects.Enqueue(new CoreEffect(CoreEffectKind.EndForwards, AddressOfRecord: binding.AddressOfRecord, Contact: binding.ContactText));

    private void AddBindings(string user, SipRequest request, Instant now)
    {
        if (!_locations.TryGet(user, now, out var binding))
        {
            return;
        }

        var path = binding.Path;
        if (!path.IsEmpty)
        {
            Add(SipHeaderId.Path, Encoding.UTF8.GetString(path));
        }

        var text = new HeaderTextBuilder(stackalloc char[512]);
        for (var next = binding; next is not null; next = next.Older)
        {
            if (next.ExpiresAt > now)
            {
                text.Append(next == binding ? "<" : ", <");
                text.AppendUtf8(next.Contact);
                text.Append(">;expires=");
                text.Append(next.RemainingSeconds(now));
            }
        }

        Add(SipHeaderId.Contact, text.Finish());
        Add(SipHeaderId.ServiceRoute, _identity.ServiceRoute);
        Add(SipHeaderId.PAssociatedUri, $"<{user}>");
        if (CoreRules.HasToken(request, SipHeaderId.Supported, "path"u8))
        {
            _extra[_extraCount++] = SupportedPath;
        }
    }

    private void AddDate(DateTimeOffset utcNow)
    {
        var second = utcNow.UtcTicks / TimeSpan.TicksPerSecond;
        if (_dateSecond != second)
        {
            _dateSecond = second;
            _date = utcNow.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        }

        Add(SipHeaderId.Date, _date);
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
