namespace UeFarm.Actors.Mailbox;

/// <summary>How far the partitions and mailboxes of a stopping server have come to rest. Thread-safe.</summary>
internal sealed class MailboxRest(int partitions)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited = partitions;

    /// <summary>Completes when all of them are.</summary>
    public Task Reached => _reached.Task;

    /// <summary>By a partition, before it tells its mailboxes.</summary>
    public void Await(int mailboxes) => Interlocked.Add(ref _awaited, mailboxes);

    /// <summary>By a mailbox that is at rest, and by a partition that has told its mailboxes; once each.</summary>
    public void Arrive()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _reached.TrySetResult();
        }
    }
}
