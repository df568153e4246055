namespace UeFarm.Protocol.Messaging;

/// <summary>What a mailbox asks its store for.</summary>
public enum MailboxReadKind : byte
{
    /// <summary>The first records after a position, in order.</summary>
    Page,

    /// <summary>Records whose expiry has passed, in any order.</summary>
    Expired,

    /// <summary>Only the summary.</summary>
    Inventory,
}
