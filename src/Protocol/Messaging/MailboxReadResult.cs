namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Answer to a <see cref="MailboxRead"/>. Page: records in order. Expired: records plus, as <paramref name="Inventory"/>, what stays
/// once they are gone; as many records as were asked for: only when to ask again. Inventory: no records. Not succeeded: nothing is known;
/// the mailbox asks again later.
/// </summary>
public sealed record MailboxReadResult(MailboxReadKind Kind, bool Succeeded, IReadOnlyList<MailboxRecord> Records, MailboxInventory Inventory)
{
    /// <summary>There may be more that has expired: the rest is not summed up again and again until all of it is gone.</summary>
    public static MailboxReadResult ExpiredInPart(IReadOnlyList<MailboxRecord> records, DateTimeOffset expiredAt) =>
        new(MailboxReadKind.Expired, true, records, new MailboxInventory(0, 0, expiredAt));
}
