namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What happened in a mailbox, one to count each. Everything received ends as exactly one of ForwardedLive, RelayedFailure, Stored and
/// Refused...; everything stored as Delivered, DroppedPermanent, DroppedExpired, DroppedPurged, or is still stored.
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

    /// <summary>Taken out by an operator.</summary>
    DroppedPurged,

    /// <summary>The mailbox holds all the messages that it may.</summary>
    RefusedQuota,

    /// <summary>The mailbox holds all the bytes that it may.</summary>
    RefusedQuotaBytes,

    /// <summary>The server holds all the messages that it may.</summary>
    RefusedServerQuota,

    /// <summary>The server holds all the bytes that it may.</summary>
    RefusedServerQuotaBytes,

    /// <summary>The store did not take it.</summary>
    RefusedStorage,

    /// <summary>Arrived expired while it could not be forwarded at once.</summary>
    RefusedExpired,

    /// <summary>Arrived while the server was about to stop.</summary>
    RefusedStopping,
    TemporaryFailure,

    /// <summary>A message was sent again that had been sent before without a known result.</summary>
    Redelivery,

    /// <summary>Dispatched although something younger had been delivered already: it arrived too late to be sorted in front.</summary>
    LateArrival,

    /// <summary>The sender of a message that was dropped for good was told "failed": the report is in its mailbox, or with it.</summary>
    ReportedFailed,

    /// <summary>The same with "error": the phone may have got the message all the same.</summary>
    ReportedError,

    /// <summary>The sender of a stored message was told so because it asked.</summary>
    ReportedStored,

    /// <summary>A report that could not be put into its sender's mailbox: that is full, or not of this server.</summary>
    ReportDropped,

    /// <summary>Dispatched although something older was ready. Must never happen.</summary>
    OrderViolation,
}
