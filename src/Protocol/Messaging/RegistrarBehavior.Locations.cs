using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

// Where users are, for the proxies.
public sealed partial class RegistrarBehavior
{
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
}
