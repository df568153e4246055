using UeFarm.Actors.Journal;

namespace UeFarm.TestSupport;

/// <summary>
/// The contract of a run's journal in its plainest form, for tests without a database: one lock, and clients told on the caller's thread. Unless told otherwise every
/// fact becomes a batch at once; one journal serves all processes that a test imagines.
/// </summary>
public sealed class MemoryRunJournal(TimeProvider time) : IRunJournal
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, MemoryStream> _streams = [];
    private readonly HashSet<string> _gone = [];

    /// <summary>Longest time from the moment that a fact is about until it is appended.</summary>
    public TimeSpan AppendDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Facts wait for <see cref="Release"/>, as they do for a disk.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Nothing is taken.</summary>
    public bool IsFull { get; set; }

    public Task<StreamClaim> ClaimAsync(int stream, string owner, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream, out var claimed))
            {
                _streams.Add(stream, claimed = new MemoryStream());
            }

            claimed.Epoch++;
            claimed.Owner = owner;
            claimed.Write([new RunFact(RunFactKind.Claimed, time.GetUtcNow().UtcTicks, Token: claimed.Epoch)]);
            return Task.FromResult(new StreamClaim(stream, claimed.Epoch));
        }
    }

    public bool TryAppend(StreamClaim claim, in RunFact fact, IRunJournalClient? client = null, long token = 0)
    {
        ArgumentNullException.ThrowIfNull(claim);
        lock (_gate)
        {
            if (IsFull)
            {
                return false;
            }

            if (!_streams.TryGetValue(claim.Stream, out var stream) || claim.Epoch > stream.Epoch)
            {
                throw new ArgumentException($"epoch {claim.Epoch} of stream {claim.Stream} was not claimed here", nameof(claim));
            }

            stream.Waiting.Add((claim.Epoch, fact, client, token));
        }

        if (!IsHeld)
        {
            Release(claim.Stream);
        }

        return true;
    }

    /// <summary>How many durable facts of a kind there are.</summary>
    public int CountOf(RunFactKind kind)
    {
        lock (_gate)
        {
            return _streams.Values.Sum(stream => stream.Batches.Sum(batch => batch.Facts.Count(fact => fact.Kind == kind)));
        }
    }

    /// <summary>What waits in a stream becomes durable, at most so many facts; what was appended under a claim that is lost does not.</summary>
    public void Release(int stream, int most = int.MaxValue)
    {
        List<(long Epoch, RunFact Fact, IRunJournalClient? Client, long Token)> released;
        long epoch;
        lock (_gate)
        {
            var waiting = _streams[stream].Waiting;
            epoch = _streams[stream].Epoch;
            released = waiting[..Math.Min(most, waiting.Count)];
            waiting.RemoveRange(0, released.Count);
            _streams[stream].Write([.. released.Where(entry => entry.Epoch == epoch).Select(static entry => entry.Fact)]);
        }

        foreach (var entry in released)
        {
            if (entry.Epoch == epoch)
            {
                entry.Client?.OnDurable(entry.Token);
            }
            else
            {
                entry.Client?.OnFenced(entry.Token);
            }
        }
    }

    /// <summary>The process is gone: what it still had to write is lost, and its streams are complete no further until somebody else claims them.</summary>
    public void Kill(string owner)
    {
        lock (_gate)
        {
            Touch();
            _gone.Add(owner);
            foreach (var stream in _streams.Values.Where(stream => stream.Owner == owner))
            {
                stream.Waiting.Clear();
            }
        }
    }

    public Task<IReadOnlyList<JournalBatch>> ReadAsync(int stream, long after, int most, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<JournalBatch>>(
                _streams.TryGetValue(stream, out var read) ? [.. read.Batches.Where(batch => batch.Number > after).Take(most)] : []);
        }
    }

    public Task<IReadOnlyList<StreamState>> ListAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            Touch();
            return Task.FromResult<IReadOnlyList<StreamState>>(
            [
                .. _streams.Select(static entry =>
                    new StreamState(entry.Key, entry.Value.Epoch, entry.Value.Owner, entry.Value.CompleteTicks, entry.Value.Batches.Count)),
            ]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Touch()
    {
        var now = (time.GetUtcNow() - AppendDelay).UtcTicks;
        foreach (var stream in _streams.Values.Where(stream => stream.Waiting.Count == 0 && !_gone.Contains(stream.Owner)))
        {
            stream.CompleteTicks = Math.Max(stream.CompleteTicks, now);
        }
    }

    private sealed class MemoryStream
    {
        public long Epoch { get; set; }

        public string Owner { get; set; } = string.Empty;

        public long CompleteTicks { get; set; }

        public List<JournalBatch> Batches { get; } = [];

        public List<(long Epoch, RunFact Fact, IRunJournalClient? Client, long Token)> Waiting { get; } = [];

        public void Write(IReadOnlyList<RunFact> facts)
        {
            if (facts.Count > 0)
            {
                Batches.Add(new JournalBatch(Batches.Count + 1, Epoch, facts));
            }
        }
    }
}
