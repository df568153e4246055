using Prometheus;

namespace UeFarm.Actors.Journal;

/// <summary>
/// The facts of a run in numbered streams, each written by one owner at a time. A stream is a block of phones (from 0), or one of <see cref="RunStreams"/>.
/// Thread-safe.
/// </summary>
public interface IRunJournal : IAsyncDisposable
{
    /// <summary>Facts that were appended and are not durable yet.</summary>
    long WaitingFacts => 0;

    /// <summary>Commits so far, those of claims apart.</summary>
    long Commits => 0;

    /// <summary>Why nothing becomes durable now, for an operator; null while all is well.</summary>
    string? Problem => null;

    /// <summary>Told how long each commit took, in seconds; for the metrics.</summary>
    IObserver? CommitTimes
    {
        get => null;
        set { }
    }

    /// <summary>Takes a stream over from whoever had it; the result's epoch is higher than all before. From then on nothing of an older epoch is taken.</summary>
    Task<StreamClaim> ClaimAsync(int stream, string owner, CancellationToken cancellation);

    /// <summary>
    /// Adds a fact to a claimed stream. With a client: it is told the token when the fact and all before it in the stream are durable, or that the claim is lost; from the
    /// journal's thread. False: the queue is full, and nothing was taken.
    /// </summary>
    bool TryAppend(StreamClaim claim, in RunFact fact, IRunJournalClient? client = null, long token = 0);

    /// <summary>The batches of a stream after a position (0: from the beginning), in their order, at most so many.</summary>
    Task<IReadOnlyList<JournalBatch>> ReadAsync(int stream, long after, int most, CancellationToken cancellation);

    /// <summary>The streams that have been claimed so far, with what is known of each.</summary>
    Task<IReadOnlyList<StreamState>> ListAsync(CancellationToken cancellation);
}
