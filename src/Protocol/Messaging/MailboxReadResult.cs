namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Answer to a <see cref="MailboxRead"/>. Page: records in order. Expired: records plus, as <paramref name="Inventory"/>, what stays
/// once they are gone. Inventory: no records. Not succeeded: nothing is known; the mailbox asks again later.
/// </summary>
public sealed record MailboxReadResult(MailboxReadKind Kind, bool Succeeded, IReadOnlyList<MailboxRecord> Records, MailboxInventory Inventory);
