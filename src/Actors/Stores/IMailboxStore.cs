using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Where mailboxes keep their messages. Thread-safe; nothing blocks. An answer shows what was appended before the question and hides what was
/// removed before it; an append may overtake everything, a removal a page: then an answer also shows what was confirmed since, and hides what
/// was removed since. Appends are durable when confirmed; removals and presence become so a moment later (a removal lost in a crash means one
/// message sent twice, which the phone's replay cache absorbs).
/// </summary>
public interface IMailboxStore : IAsyncDisposable
{
    /// <summary>What was found when the store was opened.</summary>
    MailboxStoreRecovery Recovery { get; }

    /// <summary>Transactions committed since the start: with group commit fewer than records.</summary>
    long Commits { get; }

    /// <summary>Transactions that failed: their records were refused, or carried out again when the connection was back.</summary>
    long FailedCommits { get; }

    /// <summary>Why a transaction failed, for an operator; null while all is well, and again when the like of it has worked.</summary>
    string? Problem { get; }

    /// <summary>
    /// Stores a record, and in the same transaction removes the one that it replaces, if it names one (<see cref="MailboxRecord.Replaces"/>): both happen or
    /// neither. False: the queue is full, the database is away or the store is closed; nothing will be stored and the client is not called.
    /// </summary>
    bool TryAppend(MailboxRecord record, IMailboxStoreClient client);

    void Remove(long arrival);

    void Read(string recipient, MailboxRead read, IMailboxStoreClient client);

    /// <summary>Remembers whether the phone is registered, so that a restarted server need not wait for its next registration.</summary>
    void SetPresence(string recipient, bool online);

    /// <summary>Every record held, by arrival, as of the time each is read.</summary>
    IAsyncEnumerable<MailboxRecord> ReadAllAsync(CancellationToken cancellation);

    /// <summary>When the message arrived that is held longest; null: there is none. Costs as much whatever is held.</summary>
    /// <exception cref="IOException">The database could not be read.</exception>
    Task<DateTimeOffset?> FindOldestAsync();

    /// <summary>Completes when everything asked so far is durable.</summary>
    Task FlushAsync();

    /// <summary>
    /// Completes when the store has shown that it can still write durably; fails when it cannot. A store that has no cheaper way to tell writes nothing and
    /// shows only that it answers.
    /// </summary>
    Task ProbeAsync() => FlushAsync();
}
