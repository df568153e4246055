using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One subscription to the registrations of a user, as the core's notifier keeps it (RFC 6665 section 4.2): the dialog, and what is still to be told.
/// </summary>
internal sealed class RegEventSubscription(string addressOfRecord, string callId, string localTag, string remoteTag)
{
    public string AddressOfRecord { get; } = addressOfRecord;

    public string CallId { get; } = callId;

    public string LocalTag { get; } = localTag;

    public string RemoteTag { get; } = remoteTag;

    /// <summary>The application server that asked.</summary>
    public required SipHop Watcher { get; init; }

    /// <summary>From of the SUBSCRIBE, which is To of every NOTIFY.</summary>
    public required string Subscriber { get; init; }

    /// <summary>Contact of the SUBSCRIBE, where notifications go.</summary>
    public required string RemoteTarget { get; set; }

    public uint RemoteCSeq { get; set; }

    public uint CSeq { get; set; }

    /// <summary>Of the next document.</summary>
    public uint Version { get; set; }

    public Instant ExpiresAt { get; set; }

    public Instant NotifiedAt { get; set; } = new(long.MinValue);

    public bool IsInFlight { get; set; }

    /// <summary>The subscriber is to be told everything, whatever it was told before.</summary>
    public bool OwesFull { get; set; }

    /// <summary>Contacts that changed since the last document, each once.</summary>
    public List<ReginfoContact> Changes { get; } = [];

    public bool IsGone { get; set; }

    /// <summary>When its owner is woken for it.</summary>
    public Instant QueuedFor { get; set; } = Instant.Never;

    public bool OwesNotification => OwesFull || Changes.Count > 0;

    /// <summary>The next notification waits for the answer to the one under way, and changes come no more often than the package allows.</summary>
    public Instant NextNotification => !OwesNotification || IsInFlight ? Instant.Never
        : OwesFull || NotifiedAt.Ticks == long.MinValue ? new Instant(long.MinValue)
        : NotifiedAt + RegEventPackage.NotificationInterval;

    public void Note(ReginfoContact contact)
    {
        Changes.RemoveAll(known => known.Id == contact.Id);
        Changes.Add(contact);
    }
}
