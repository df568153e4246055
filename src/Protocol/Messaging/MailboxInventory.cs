namespace UeFarm.Protocol.Messaging;

/// <summary>What the store holds for one recipient. <paramref name="EarliestExpiry"/> is meaningless when nothing is held.</summary>
public readonly record struct MailboxInventory(int Count, long BodyBytes, DateTimeOffset EarliestExpiry)
{
    public static readonly MailboxInventory Empty = new(0, 0, DateTimeOffset.MaxValue);
}
