using System.Runtime.InteropServices;

namespace UeFarm.Actors.Journal;

/// <summary>
/// Follows all streams of a run and gives their facts in the order of time, as far as all streams are complete. Facts of recipients come later by the slack than those
/// of senders; within each of the two, a stream's facts keep the order in which they were journaled, and so do a phone's. Only the stream that is furthest behind is
/// read on, so that no more is held than a page and the slack of each. Not thread-safe. After an exception of the journal, call again: nothing is lost or given twice.
/// </summary>
public sealed class RunTail
{
    private readonly IRunJournal _journal;
    private readonly RunTailSettings _settings;
    private readonly Dictionary<int, Follower> _followers = [];
    private readonly PriorityQueue<RunFact, (long Key, int Stream, long Number)> _waiting = new();
    private long _taken;

    public RunTail(IRunJournal journal, RunTailSettings settings)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(settings);
        _journal = journal;
        _settings = settings;
    }

    /// <summary>All facts of senders before this time have been given, and those of recipients before the slack. <see cref="long.MinValue"/>: none yet.</summary>
    public long WatermarkTicks { get; private set; } = long.MinValue;

    /// <summary>While a fact is given: all facts of senders before this time have been, and those of recipients before the slack, whenever who calls came to it.</summary>
    public long GivenTicks { get; private set; } = long.MinValue;

    /// <summary>Facts that were read and are not given yet.</summary>
    public int Held => _waiting.Count;

    /// <summary>Gives what has become certain since the last time.</summary>
    public async Task AdvanceAsync(RunFactReceiver give, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(give);
        await DiscoverAsync(cancellation).ConfigureAwait(false);
        if (_followers.Count > 0 && _settings.Expected.All(_followers.ContainsKey))
        {
            await GiveAsync(give, isEnd: false, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Everything is in the journal that ever will be: gives all the rest.</summary>
    public async Task FinishAsync(RunFactReceiver give, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(give);
        await DiscoverAsync(cancellation).ConfigureAwait(false);
        await GiveAsync(give, isEnd: true, cancellation).ConfigureAwait(false);
    }

    private async Task DiscoverAsync(CancellationToken cancellation)
    {
        foreach (var state in await _journal.ListAsync(cancellation).ConfigureAwait(false))
        {
            ref var follower = ref CollectionsMarshal.GetValueRefOrAddDefault(_followers, state.Stream, out _);
            follower ??= new Follower(state.Stream, _settings.Slack.Ticks);
            follower.Learn(state);
        }
    }

    private async Task GiveAsync(RunFactReceiver give, bool isEnd, CancellationToken cancellation)
    {
        while (true)
        {
            var last = _followers.Values.MinBy(follower => follower.Bound(isEnd));
            WatermarkTicks = Math.Max(WatermarkTicks, last?.Bound(isEnd) ?? long.MaxValue);
            while (_waiting.TryPeek(out var fact, out var place) && (place.Key < WatermarkTicks || WatermarkTicks == long.MaxValue))
            {
                _waiting.Dequeue();
                GivenTicks = place.Key;
                give(fact);
            }

            if (last is null || last.IsReadThrough)
            {
                return;
            }

            var page = await _journal.ReadAsync(last.Stream, last.Position, _settings.PageBatches, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                throw new InvalidDataException(
                    $"stream {last.Stream} of the journal ends after batch {last.Position}, but batch {last.Newest} was written: rows were deleted");
            }

            foreach (var batch in page)
            {
                foreach (var fact in batch.Facts)
                {
                    _waiting.Enqueue(fact, (last.KeyOf(fact), last.Stream, _taken++));
                }

                last.Position = batch.Number;
            }
        }
    }

    /// <summary>How far one stream has been read.</summary>
    private sealed class Follower(int stream, long slack)
    {
        private long _completeTicks = long.MinValue;
        private long _latestTicks = long.MinValue;
        private long _senderKey = long.MinValue;
        private long _recipientKey = long.MinValue;

        public int Stream => stream;

        /// <summary>The newest batch that was read.</summary>
        public long Position { get; set; }

        /// <summary>The newest batch that there is.</summary>
        public long Newest { get; private set; }

        public bool IsReadThrough => Position >= Newest;

        public void Learn(StreamState state)
        {
            Newest = state.LastBatch;
            _completeTicks = state.CompleteTicks;
        }

        /// <summary>No earlier fact will be read. What the stream's owner said about it counts once all is read that there was when it said so.</summary>
        public long Bound(bool isEnd) => (IsReadThrough, isEnd) switch
        {
            (true, true) => long.MaxValue,
            (true, false) => _completeTicks,
            _ => _latestTicks == long.MinValue ? long.MinValue : _latestTicks - slack,
        };

        public long KeyOf(in RunFact fact)
        {
            _latestTicks = Math.Max(_latestTicks, fact.Ticks);
            return fact.IsOfRecipient
                ? _recipientKey = Math.Max(_recipientKey, fact.Ticks + slack)
                : _senderKey = Math.Max(_senderKey, fact.Ticks);
        }
    }
}
