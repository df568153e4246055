namespace UeFarm.Actors.Journal;

/// <summary>What a claim has to write. Facts are added from any thread, and taken by the journal's.</summary>
internal sealed class JournalStream(StreamClaim claim, long lastBatch, int maxBatchFacts)
{
    private readonly Lock _gate = new();
    private readonly Queue<JournalSegment> _closed = new();
    private JournalSegment? _open;
    private bool _isQueued;

    public StreamClaim Claim => claim;

    /// <summary>The newest batch that is known to be there. The journal's thread's.</summary>
    public long LastBatch { get; set; } = lastBatch;

    /// <summary>Somebody else has the stream. The journal's thread's.</summary>
    public bool IsFenced { get; set; }

    /// <summary>Whether there is something to write.</summary>
    public bool HasFacts
    {
        get
        {
            lock (_gate)
            {
                return _isQueued;
            }
        }
    }

    /// <summary>True: the stream had nothing to write before, and is to be queued. Bytes: by how much it grew.</summary>
    public bool Add(in RunFact fact, IRunJournalClient? client, long token, out int bytes)
    {
        lock (_gate)
        {
            if (_open is not null && _open.Facts >= maxBatchFacts)
            {
                _closed.Enqueue(_open);
                _open = null;
            }

            var before = _open?.Bytes.Length ?? 0;
            _open ??= new JournalSegment();
            _open.Add(fact, client, token);
            bytes = _open.Bytes.Length - before;
            var wasQueued = _isQueued;
            _isQueued = true;
            return !wasQueued;
        }
    }

    /// <summary>What becomes the next batch; null for nothing. HasMore: the stream stays queued.</summary>
    public JournalSegment? Take(out bool hasMore)
    {
        lock (_gate)
        {
            if (!_closed.TryDequeue(out var segment))
            {
                segment = _open;
                _open = null;
            }

            hasMore = _isQueued = _open is not null || _closed.Count > 0;
            return segment;
        }
    }
}
