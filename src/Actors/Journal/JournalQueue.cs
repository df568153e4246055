using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Journal;

/// <summary>Streams that have something to write, and the bounds on how much that is.</summary>
internal sealed class JournalQueue(PostgresRunJournalSettings settings)
{
    private readonly object _gate = new();
    private readonly Queue<JournalStream> _streams = new();
    private long _facts;
    private long _bytes;
    private bool _isIdleDue;
    private bool _isClosed;

    /// <summary>Nothing is taken any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Facts that no commit has made durable yet.</summary>
    public long WaitingFacts => Volatile.Read(ref _facts);

    /// <summary>Facts with an earlier time have been added, and taken unless they wait for the next commit. Of the last <see cref="Take"/>.</summary>
    public long CompleteTicks { get; private set; }

    public bool TryAdd(JournalStream stream, in RunFact fact, IRunJournalClient? client, long token)
    {
        if (IsClosed || Volatile.Read(ref _bytes) >= settings.MaxQueuedBytes)
        {
            return false;
        }

        if (Interlocked.Increment(ref _facts) > settings.MaxQueuedFacts)
        {
            Interlocked.Decrement(ref _facts);
            return false;
        }

        var isNew = stream.Add(fact, client, token, out var bytes);
        Interlocked.Add(ref _bytes, bytes);
        if (isNew)
        {
            Enqueue(stream);
        }

        return true;
    }

    /// <summary>It is time for the streams without new facts.</summary>
    public void NoteIdle()
    {
        lock (_gate)
        {
            _isIdleDue = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for work. False: closed, and nothing is left.</summary>
    public bool Wait(out bool isIdleDue)
    {
        lock (_gate)
        {
            while (_streams.Count == 0 && !_isIdleDue && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            isIdleDue = _isIdleDue;
            _isIdleDue = false;
            return _streams.Count > 0 || !_isClosed;
        }
    }

    /// <summary>Waits until a failure is long enough ago, or the queue is closed.</summary>
    public void Pause(StoreBackOff backOff)
    {
        lock (_gate)
        {
            while (!_isClosed && backOff.Remaining is var rest && rest > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, rest);
            }
        }
    }

    /// <summary>The next commit, at most one batch of each stream.</summary>
    public List<JournalEntry> Take()
    {
        // Before anything is taken: what is added from now on happened later.
        CompleteTicks = (settings.Time.GetUtcNow() - settings.AppendDelay).UtcTicks;
        var entries = new List<JournalEntry>();
        var bytes = 0L;
        JournalStream[] streams;
        lock (_gate)
        {
            streams = [.. _streams];
            _streams.Clear();
        }

        foreach (var stream in streams)
        {
            if (bytes >= settings.MaxCommitBytes)
            {
                Enqueue(stream);
            }
            else if (stream.Take(out var hasMore) is { } segment)
            {
                bytes += segment.Bytes.Length;
                entries.Add(new JournalEntry(stream, segment, stream.LastBatch + 1, hasMore ? 0 : CompleteTicks));
                if (hasMore)
                {
                    Enqueue(stream);
                }
            }
        }

        return entries;
    }

    /// <summary>The facts of the segment wait no longer.</summary>
    public void Release(JournalSegment segment)
    {
        Interlocked.Add(ref _facts, -segment.Facts);
        Interlocked.Add(ref _bytes, -segment.Bytes.Length);
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Enqueue(JournalStream stream)
    {
        lock (_gate)
        {
            _streams.Enqueue(stream);
            Monitor.PulseAll(_gate);
        }
    }
}
