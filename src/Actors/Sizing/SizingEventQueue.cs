namespace UeFarm.Actors.Sizing;

/// <summary>Events by time, those of one moment in the order in which they were added: a binary heap of structs that allocates only to grow.</summary>
internal sealed class SizingEventQueue
{
    private SizingEvent[] _heap = new SizingEvent[1024];
    private long _added;

    public int Count { get; private set; }

    /// <summary>When the next one is due; <see cref="long.MaxValue"/>: there is none.</summary>
    public long NextTicks => Count > 0 ? _heap[0].Ticks : long.MaxValue;

    public void Add(in SizingEvent entry)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        var at = Count++;
        var order = _added++;
        while (at > 0)
        {
            var parent = (at - 1) >>> 1;
            if (_heap[parent].Ticks <= entry.Ticks)
            {
                break; // an earlier event of the same moment stays before this one
            }

            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = entry;
        _heap[at].Order = order;
    }

    public SizingEvent Take()
    {
        var first = _heap[0];
        var last = _heap[--Count];
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], last))
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = last;
        return first;
    }

    private static bool IsBefore(in SizingEvent left, in SizingEvent right) =>
        left.Ticks < right.Ticks || (left.Ticks == right.Ticks && left.Order < right.Order);
}
