namespace UeFarm.Protocol.Messaging;

/// <summary>What the owner of a mailbox is to do. Which fields are set is said at <see cref="MailboxEffect"/>.</summary>
public enum MailboxEffectKind : byte
{
    Store,
    Remove,
    Read,
    Answer,
    Deliver,
    Abandon,
    Dropped,
    Fact,
    Transmit,

    /// <summary>A delivery report is to be put into the mailbox of the message's sender.</summary>
    Report,

    /// <summary>The core asked for silence (503 with Retry-After), which concerns all mailboxes of the server.</summary>
    CoreBusy,

    /// <summary>A stored message is ready: the mailbox wants a turn of the server's <see cref="DrainLimiter"/>.</summary>
    AskTurn,

    /// <summary>The turn that it got is of no use any more.</summary>
    ReturnTurn,

    /// <summary>The whole mailbox was looked through for an operator.</summary>
    Purged,
}
