using System.Globalization;
using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

// The bindings: made, refreshed, taken away, run out; and who is told.
public sealed partial class RegistrarBehavior
{
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
                EndForwardsTo(added!);
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
                EndForwardsTo(binding);
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
    }

    /// <summary>What an earlier binding of this contact was sent. Not when that one ended: a phone that leaves may still answer.</summary>
    private void EndForwardsTo(Binding binding) =>
        _effects.Enqueue(new CoreEffect(CoreEffectKind.EndForwards, AddressOfRecord: binding.AddressOfRecord, Contact: binding.ContactText));

    private void RemoveExpired(Instant now)
    {
        while (_locations.TryRemoveExpired(now, out var expired))
        {
            Count(CoreFact.BindingExpired);
            _notifier?.Note(expired, ContactEvent.Expired);
            _notifier?.Flush(expired.AddressOfRecord, now);
            if (!_locations.TryGet(expired.AddressOfRecord, now, out _))
            {
                _thirdParty?.Announce(expired.AddressOfRecord, now);
            }
        }
    }
}
