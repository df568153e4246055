namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What happened in a mailbox, one to count each. Everything received ends as exactly one of ForwardedLive, RelayedFailure, Stored,
/// RefusedQuota, RefusedStorage, RefusedExpired; everything stored as Delivered, DroppedPermanent, DroppedExpired, or is still stored.
/// </summary>
public enum MailboxFact : byte
{
    Received,

    /// <summary>The recipient's own 2xx went back to the sender.</summary>
    ForwardedLive,

    /// <summary>The recipient's permanent failure went back to the sender.</summary>
    RelayedFailure,

    /// <summary>Durable, and answered 202.</summary>
    Stored,
    Delivered,
    DroppedPermanent,
    DroppedExpired,
    RefusedQuota,
    RefusedStorage,

    /// <summary>Arrived expired while it could not be forwarded at once.</summary>
    RefusedExpired,
    TemporaryFailure,

    /// <summary>A message was sent again that had been sent before without a known result.</summary>
    Redelivery,

    /// <summary>Dispatched although something younger had been delivered already: it arrived too late to be sorted in front.</summary>
    LateArrival,

    /// <summary>Dispatched although something older was ready. Must never happen.</summary>
    OrderViolation,
}
