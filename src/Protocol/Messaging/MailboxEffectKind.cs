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
}
