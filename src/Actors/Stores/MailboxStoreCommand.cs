using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>One thing that the store was asked. Number: the arrival to remove, or after which to read.</summary>
internal readonly record struct MailboxStoreCommand(
    MailboxStoreCommandKind Kind, MailboxRecord? Record = null, long Number = 0, string? Recipient = null, MailboxRead Question = default,
    IMailboxStoreClient? Client = null, TaskCompletionSource<List<MailboxRecord>>? Answer = null,
    TaskCompletionSource<DateTimeOffset?>? Time = null)
{
    /// <summary>Most records of an answer to <see cref="MailboxStoreCommandKind.ReadAfter"/>.</summary>
    public const int ReadAfterLimit = 256;

    public bool IsWrite => Kind <= MailboxStoreCommandKind.SetOffline;

    public bool IsRead => Kind is MailboxStoreCommandKind.Read or MailboxStoreCommandKind.ReadAfter;

    /// <summary>It is durable, or this is the answer.</summary>
    public void Confirm(object? answer)
    {
        switch (Kind)
        {
            case MailboxStoreCommandKind.Append:
                Client!.OnAppended(Record!, durable: true);
                break;
            case MailboxStoreCommandKind.Read:
                Client!.OnRead((MailboxReadResult)answer!);
                break;
            case MailboxStoreCommandKind.ReadAfter:
                Answer!.SetResult((List<MailboxRecord>)answer!);
                break;
            case MailboxStoreCommandKind.Oldest:
                Time!.SetResult((DateTimeOffset?)answer);
                break;
            case MailboxStoreCommandKind.Flush or MailboxStoreCommandKind.Probe:
                Answer!.SetResult([]);
                break;
        }
    }

    /// <summary>It was not carried out. Nobody waits for removals and presence.</summary>
    public void Refuse()
    {
        switch (Kind)
        {
            case MailboxStoreCommandKind.Append:
                Client!.OnAppended(Record!, durable: false);
                break;
            case MailboxStoreCommandKind.Read:
                Client!.OnRead(new MailboxReadResult(Question.Kind, false, [], default));
                break;
            case MailboxStoreCommandKind.Oldest:
                Time!.SetException(Unusable());
                break;
            case MailboxStoreCommandKind.ReadAfter or MailboxStoreCommandKind.Flush or MailboxStoreCommandKind.Probe:
                Answer!.SetException(Unusable());
                break;
        }
    }

    private static IOException Unusable() => new("the mailbox database could not be read or written");
}
