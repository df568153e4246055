using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>One thing that the store was asked. Number: the arrival to remove, or after which to read.</summary>
internal readonly record struct MailboxStoreCommand(
    MailboxStoreCommandKind Kind, MailboxRecord? Record = null, long Number = 0, string? Recipient = null, MailboxRead Question = default,
    IMailboxStoreClient? Client = null, TaskCompletionSource<List<MailboxRecord>>? Answer = null)
{
    /// <summary>Most records of an answer to <see cref="MailboxStoreCommandKind.ReadAfter"/>.</summary>
    public const int ReadAfterLimit = 256;

    public bool IsWrite => Kind <= MailboxStoreCommandKind.SetOffline;

    public bool IsRead => Kind is MailboxStoreCommandKind.Read or MailboxStoreCommandKind.ReadAfter;
}
