using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Sizing;

/// <summary>What one mailbox has stored: 32 bytes a message, in the mailbox's order. Keeps the contract of <see cref="MailboxRead"/>.</summary>
internal sealed class SizingStore
{
    private readonly Queue<(MailboxPosition Position, long ExpiresTicks)> _byExpiry = new();
    private Entry[] _entries = [];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public void Add(in Entry entry)
    {
        if (_end == _entries.Length)
        {
            var room = _start > Count ? _entries : new Entry[Math.Max(4, Count * 2)];
            _entries.AsSpan(_start, Count).CopyTo(room);
            (_entries, _end, _start) = (room, Count, 0);
        }

        var at = Find(entry.Position);
        _entries.AsSpan(at, _end - at).CopyTo(_entries.AsSpan(at + 1));
        _entries[at] = entry;
        _end++;

        // All messages live equally long here: the order of storing is that of expiry.
        _byExpiry.Enqueue((entry.Position, entry.ExpiresTicks));
    }

    public void Remove(MailboxPosition position)
    {
        var at = Find(position);
        if (at == _end || _entries[at].Position != position)
        {
            return;
        }

        if (at == _start)
        {
            _start++;
        }
        else
        {
            _entries.AsSpan(at + 1, _end - at - 1).CopyTo(_entries.AsSpan(at));
            _end--;
        }

        if (Count == 0)
        {
            (_entries, _start, _end) = ([], 0, 0);
            _byExpiry.Clear();
        }
    }

    /// <summary>The first entries behind a position, in order.</summary>
    public ReadOnlySpan<Entry> Page(MailboxPosition after, int limit)
    {
        var at = Find(after);
        at += at < _end && _entries[at].Position == after ? 1 : 0;
        return _entries.AsSpan(at, Math.Min(limit, _end - at));
    }

    /// <summary>Takes note of the entries that expire at or before a time, at most so many; what stays is not earlier than the time given back.</summary>
    public long TakeExpired(long ticks, int limit, List<Entry> expired)
    {
        while (_byExpiry.TryPeek(out var first))
        {
            var at = Find(first.Position);
            var isHere = at < _end && _entries[at].Position == first.Position;
            if (isHere && (first.ExpiresTicks > ticks || expired.Count == limit))
            {
                return first.ExpiresTicks;
            }

            if (isHere)
            {
                expired.Add(_entries[at]);
            }

            _byExpiry.Dequeue();
        }

        return long.MaxValue;
    }

    private int Find(MailboxPosition position)
    {
        int low = _start, high = _end;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].Position < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    internal readonly record struct Entry(MailboxPosition Position, long ExpiresTicks, int Message);
}
