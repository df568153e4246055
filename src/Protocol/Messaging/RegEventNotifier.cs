using System.Globalization;
using System.Text;
using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Tells subscribers of the event package "reg" (RFC 3680) what becomes of registrations: everything at once with every SUBSCRIBE, then each change, but no more
/// than one notification in 5 s, in which changes meanwhile are put together. Part of a registrar; costs nothing for users whom nobody watches.
/// </summary>
internal sealed class RegEventNotifier
{
    private readonly RegistrarSettings _settings;
    private readonly LocationTable _locations;
    private readonly SipTransactionLayer _transactions;
    private readonly BranchSource _branches;
    private readonly string _tagPrefix;
    private readonly Dictionary<(string CallId, string Local, string Remote), RegEventSubscription> _byDialog = [];
    private readonly Dictionary<string, List<RegEventSubscription>> _byUser = new(StringComparer.Ordinal);
    private readonly Dictionary<long, RegEventSubscription> _byToken = [];
    private readonly PriorityQueue<RegEventSubscription, long> _deadlines = new();
    private long _lastToken;
    private long _lastTag;

    /// <summary>
    /// Notifications go to the application server that has the user's mailbox. Their tokens are negative, to be told from the registrar's other requests.
    /// </summary>
    public RegEventNotifier(RegistrarSettings settings, LocationTable locations, SipTransactionLayer transactions, BranchSource branches, IRandomSource random)
    {
        _settings = settings;
        _locations = locations;
        _transactions = transactions;
        _branches = branches;
        _tagPrefix = string.Create(CultureInfo.InvariantCulture, $"{random.NextUInt64():x}n");
    }

    public int Count => _byDialog.Count;

    public Instant NextDeadline => _deadlines.TryPeek(out _, out var ticks) ? new Instant(ticks) : Instant.Never;

    /// <summary>The server of a group of mailboxes is there now: subscriptions of one that was elsewhere are over, since the new one asks afresh.</summary>
    public void ForgetFormer(int mailboxGroup, SipHop server)
    {
        foreach (var subscription in _byDialog.Values.ToArray())
        {
            if (subscription.Watcher != server && _settings.Identity.MailboxGroupOf(subscription.AddressOfRecord) == mailboxGroup)
            {
                Remove(subscription);
            }
        }
    }

    /// <summary>Answers the SUBSCRIBE of an application server for a user of this registrar; returns the final status.</summary>
    /// <param name="transaction">Of the SUBSCRIBE.</param>
    /// <param name="user">The address of record.</param>
    /// <param name="watcher">Where that server is.</param>
    /// <param name="now">The time.</param>
    public int HandleSubscribe(SipServerTransaction transaction, string user, SipHop watcher, Instant now)
    {
        var request = transaction.Request;
        request.TryGetHeader(SipHeaderId.Event, out var package);
        if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(package), "reg"u8))
        {
            return Respond(transaction, 489, "", now, (SipHeaderId.AllowEvents, RegEventPackage.Name));
        }

        var wanted = request.GetHeaderText(SipHeaderId.Expires) is { } text && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : RegEventPackage.DefaultExpiry;
        if (wanted > TimeSpan.Zero && wanted < _settings.MinExpires)
        {
            return Respond(transaction, 423, "", now, (SipHeaderId.MinExpires, SecondsOf(_settings.MinExpires)));
        }

        if (!request.TryGetHeader(SipHeaderId.Contact, out var value) || !SipNameAddress.TryParse(value, out var contact))
        {
            return Respond(transaction, 400, "", now);
        }

        wanted = wanted < _settings.MaxExpires ? wanted : _settings.MaxExpires;
        return request.To.Tag.IsEmpty
            ? Begin(transaction, user, watcher, Encoding.UTF8.GetString(contact.UriText), wanted, now)
            : Renew(transaction, Encoding.UTF8.GetString(contact.UriText), wanted, now);
    }

    /// <summary>A contact of a user was made, refreshed or ended.</summary>
    public void Note(Binding binding, ContactEvent happened)
    {
        if (_byUser.TryGetValue(binding.AddressOfRecord, out var watchers))
        {
            var isActive = happened is ContactEvent.Registered or ContactEvent.Created or ContactEvent.Refreshed or ContactEvent.Shortened;
            var contact = new ReginfoContact(IdOf(binding), isActive, happened, binding.ContactText);
            foreach (var watcher in watchers)
            {
                watcher.Note(contact);
            }
        }
    }

    /// <summary>All changes of a request are noted: those who watch the user are told, or will be.</summary>
    public void Flush(string user, Instant now)
    {
        if (_byUser.TryGetValue(user, out var watchers))
        {
            foreach (var watcher in watchers.ToArray())
            {
                Advance(watcher, now);
            }
        }
    }

    /// <summary>A final response to a notification. False: not one of these.</summary>
    public bool HandleResponse(long token, int status, Instant now)
    {
        if (!_byToken.Remove(token, out var subscription))
        {
            return false;
        }

        // RFC 6665 section 4.2.2: who does not take a notification is not subscribed any more. It will find out when it refreshes.
        subscription.IsInFlight = false;
        if (status is >= 200 and < 300)
        {
            Advance(subscription, now);
        }
        else
        {
            Remove(subscription);
        }

        return true;
    }

    public void HandleTimeout(Instant now)
    {
        while (_deadlines.TryPeek(out var subscription, out var ticks) && ticks <= now.Ticks)
        {
            _deadlines.Dequeue();
            if (subscription.QueuedFor.Ticks == ticks)
            {
                subscription.QueuedFor = Instant.Never;
                Advance(subscription, now);
            }
        }
    }

    private int Begin(SipServerTransaction transaction, string user, SipHop watcher, string target, TimeSpan expires, Instant now)
    {
        var request = transaction.Request;
        if (_byDialog.Count >= _settings.MaxSubscriptions)
        {
            return Respond(transaction, 503, "", now, (SipHeaderId.RetryAfter, "60"));
        }

        var tag = string.Create(CultureInfo.InvariantCulture, $"{_tagPrefix}{++_lastTag:x}");
        var subscription = new RegEventSubscription(user, Encoding.UTF8.GetString(request.CallId), tag, Encoding.UTF8.GetString(request.From.Tag))
        {
            Subscriber = request.GetHeaderText(SipHeaderId.From)!,
            Watcher = watcher,
            RemoteTarget = target,
            RemoteCSeq = request.CSeqNumber,
        };
        _byDialog[KeyOf(subscription)] = subscription;
        if (!_byUser.TryGetValue(user, out var watchers))
        {
            _byUser.Add(user, watchers = []);
        }

        watchers.Add(subscription);
        return Accept(transaction, subscription, expires, now);
    }

    private int Renew(SipServerTransaction transaction, string target, TimeSpan expires, Instant now)
    {
        var request = transaction.Request;
        var key = (Encoding.UTF8.GetString(request.CallId), Encoding.UTF8.GetString(request.To.Tag), Encoding.UTF8.GetString(request.From.Tag));
        if (!_byDialog.TryGetValue(key, out var subscription))
        {
            return Respond(transaction, 481, "", now);
        }

        if (request.CSeqNumber <= subscription.RemoteCSeq)
        {
            return Respond(transaction, 500, subscription.LocalTag, now);
        }

        subscription.RemoteCSeq = request.CSeqNumber;
        subscription.RemoteTarget = target;
        return Accept(transaction, subscription, expires, now);
    }

    /// <summary>RFC 6665 section 4.2.1.2: a notification follows every SUBSCRIBE at once. With Expires 0 it is the last one.</summary>
    private int Accept(SipServerTransaction transaction, RegEventSubscription subscription, TimeSpan expires, Instant now)
    {
        subscription.ExpiresAt = now + expires;
        subscription.OwesFull = true;
        subscription.Changes.Clear();
        Respond(
            transaction, 200, subscription.LocalTag, now, (SipHeaderId.Contact, $"<sip:{_settings.Identity.SentBy}>"), (SipHeaderId.Expires, SecondsOf(expires)));
        Advance(subscription, now);
        return 200;
    }

    private void Advance(RegEventSubscription subscription, Instant now)
    {
        if (subscription.IsGone)
        {
            return;
        }

        if (subscription.ExpiresAt <= now)
        {
            Notify(subscription, isLast: true, now);
            Remove(subscription);
            return;
        }

        if (subscription.NextNotification <= now)
        {
            Notify(subscription, isLast: false, now);
        }

        var deadline = Instant.Min(subscription.ExpiresAt, subscription.NextNotification);
        if (deadline < subscription.QueuedFor)
        {
            subscription.QueuedFor = deadline;
            _deadlines.Enqueue(subscription, deadline.Ticks);
        }
    }

    private void Notify(RegEventSubscription subscription, bool isLast, Instant now)
    {
        var token = --_lastToken;
        var branch = _branches.Next();
        var body = ReginfoXml.Write(DocumentOf(subscription, now));
        var state = isLast ? "terminated;reason=timeout" : $"active;expires={SecondsOf(subscription.ExpiresAt - now)}";
        var bytes = SipWriter.Rent()
            .Request(SipMethod.Notify, subscription.RemoteTarget)
            .Via(subscription.Watcher.Transport, _settings.Identity.SentBy, branch)
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, $"<{subscription.AddressOfRecord}>;tag={subscription.LocalTag}")
            .Header(SipHeaderId.To, subscription.Subscriber)
            .Header(SipHeaderId.CallId, subscription.CallId)
            .CSeq(++subscription.CSeq, SipMethod.Notify)
            .Header(SipHeaderId.Contact, $"<sip:{_settings.Identity.SentBy}>")
            .Header(SipHeaderId.Event, RegEventPackage.Name)
            .Header(SipHeaderId.SubscriptionState, state)
            .Header(SipHeaderId.ContentType, Reginfo.MediaType)
            .Finish(body);
        subscription.IsInFlight = true;
        subscription.NotifiedAt = now;
        _byToken.Add(token, subscription);
        _transactions.SendRequest(token, branch, SipMethod.Notify, bytes, subscription.Watcher, now);
    }

    /// <summary>What the subscriber does not know yet, which it will know then.</summary>
    private Reginfo DocumentOf(RegEventSubscription subscription, Instant now)
    {
        var user = subscription.AddressOfRecord;
        var isActive = _locations.TryGet(user, now, out var binding);
        List<ReginfoContact> contacts = subscription.OwesFull ? [] : [.. subscription.Changes];
        for (; subscription.OwesFull && binding is not null; binding = binding.Older)
        {
            if (binding.ExpiresAt > now)
            {
                contacts.Add(new ReginfoContact(IdOf(binding), true, ContactEvent.Registered, binding.ContactText));
            }
        }

        // Interpretation: whether somebody who is not registered ever was is not remembered; to who asks afresh it is "init".
        var state = isActive ? RegistrationState.Active : subscription.OwesFull ? RegistrationState.Init : RegistrationState.Terminated;
        var document = new Reginfo(subscription.Version++, subscription.OwesFull, [new ReginfoRegistration(user, "r", state, contacts)]);
        subscription.OwesFull = false;
        subscription.Changes.Clear();
        return document;
    }

    private void Remove(RegEventSubscription subscription)
    {
        subscription.IsGone = true;
        _byDialog.Remove(KeyOf(subscription));
        if (_byUser.TryGetValue(subscription.AddressOfRecord, out var watchers) && watchers.Remove(subscription) && watchers.Count == 0)
        {
            _byUser.Remove(subscription.AddressOfRecord);
        }
    }

    private int Respond(SipServerTransaction transaction, int status, string tag, Instant now, params ReadOnlySpan<(SipHeaderId, string)> extra)
    {
        tag = tag.Length > 0 ? tag : string.Create(CultureInfo.InvariantCulture, $"{_tagPrefix}{++_lastTag:x}");
        _transactions.Respond(transaction, status, SipForwarding.Respond(transaction.Request, status, tag, transaction.From, extra), now);
        return status;
    }

    private static (string, string, string) KeyOf(RegEventSubscription subscription) => (subscription.CallId, subscription.LocalTag, subscription.RemoteTag);

    private static string SecondsOf(TimeSpan span) => ((long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The same for the same contact, without keeping anything: 64 bits of its text.</summary>
    private static string IdOf(Binding binding)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var octet in binding.Contact)
        {
            hash = (hash ^ octet) * 0x100000001B3UL;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
