using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

// What an operator asks of a server that is running. Everything goes through the mailboxes, or through the store in its order: a mailbox keeps part of what
// it holds in memory, and a change behind its back would be a message counted that is not there.
public sealed partial class ApplicationServer
{
    /// <summary>The first mailboxes with messages whose recipient stands behind the given one, by recipient (ordinal).</summary>
    public async Task<IReadOnlyList<MailboxSummary>> ListMailboxesAsync(string after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var answers = new List<Task<IReadOnlyList<MailboxSummary>>>(_partitions.Count);
        foreach (var partition in _partitions)
        {
            var answer = NewAnswer<IReadOnlyList<MailboxSummary>>();
            partition.Tell(new MailboxInputs.List(after, limit, answer), ActorRefs.NoSender);
            answers.Add(answer.Task);
        }

        var lists = await Task.WhenAll(answers).WaitAsync(cancellation).ConfigureAwait(false);
        return [.. lists.SelectMany(static list => list).OrderBy(static mailbox => mailbox.Recipient, StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>Null: nothing is stored for the recipient, and the core has not said that the phone is registered.</summary>
    public Task<MailboxSummary?> FindMailboxAsync(string recipient, CancellationToken cancellation)
    {
        var answer = NewAnswer<MailboxSummary?>();
        PartitionOf(recipient).Tell(new MailboxInputs.Find(recipient, answer), ActorRefs.NoSender);
        return answer.Task.WaitAsync(cancellation);
    }

    /// <summary>The first messages of a mailbox in the order of their delivery, as the store has them.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<MailboxRecord>> ReadFirstAsync(string recipient, int limit, CancellationToken cancellation)
    {
        var question = new StoreQuestion();
        _store.Read(recipient, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, limit), question);
        var result = await question.Answer.WaitAsync(cancellation).ConfigureAwait(false);
        return result.Succeeded ? result.Records : throw new IOException("the mailbox database could not be read");
    }

    /// <summary>
    /// Takes the messages of a recipient out of the store that arrived before a time. Completes when the whole mailbox was looked through and the removals
    /// are durable: an operator who was told so must not see them come back. Cancelled, it goes on all the same.
    /// </summary>
    /// <exception cref="IOException">The store cannot be written; the messages go as soon as it can.</exception>
    public async Task<MailboxPurge> PurgeAsync(string recipient, DateTimeOffset arrivedBefore, CancellationToken cancellation)
    {
        var answer = NewAnswer<MailboxPurge>();
        PartitionOf(recipient).Tell(new MailboxInputs.Purge(recipient, new MailboxPurge(answer, arrivedBefore)), ActorRefs.NoSender);
        var purge = await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
        await _store.FlushAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return purge;
    }

    /// <summary>Writes something of no meaning into the store and completes when it is durable.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public Task ProbeStoreAsync(CancellationToken cancellation) => _store.ProbeAsync().WaitAsync(cancellation);

    /// <summary>
    /// Takes no new messages (they are answered 503) and begins no delivery any more; completes when what was under way has ended, or the time is over.
    /// Senders who wait for their recipient's answer are told 202 after half that time. Registrations are still remembered. Dispose afterwards.
    /// </summary>
    /// <returns>True: nothing was under way any more.</returns>
    public async Task<bool> ComeToRestAsync(TimeSpan longest)
    {
        var rest = new MailboxRest(_partitions.Count);
        foreach (var partition in _partitions)
        {
            partition.Tell(new MailboxInputs.Stop(rest, longest / 2), ActorRefs.NoSender);
        }

        return await Task.WhenAny(rest.Reached, Task.Delay(longest)).ConfigureAwait(false) == rest.Reached;
    }

    private IActorRef PartitionOf(string recipient) => _partitions[MailboxReceiver.PartitionOf(recipient, _partitions.Count)];

    private static TaskCompletionSource<T> NewAnswer<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class StoreQuestion : IMailboxStoreClient
    {
        private readonly TaskCompletionSource<MailboxReadResult> _answer = NewAnswer<MailboxReadResult>();

        public Task<MailboxReadResult> Answer => _answer.Task;

        public void OnAppended(MailboxRecord record, bool durable) => throw new InvalidOperationException("nothing was appended");

        public void OnRead(MailboxReadResult result) => _answer.TrySetResult(result);
    }
}
