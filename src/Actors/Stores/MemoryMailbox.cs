using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>The records of one recipient in the mailbox's order, and their expiry. Keeps the contract of <see cref="MailboxRead"/>; not synchronized.</summary>
internal sealed class MemoryMailbox
{
    private readonly PriorityQueue<MailboxRecord, long> _byExpiry = new();
    private readonly HashSet<long> _removed = [];
    private MailboxRecord[] _records = [];
    private int _start;
    private int _end;
    private long _bodyBytes;

    public int Count => _end - _start;

    public void Add(MailboxRecord record)
    {
        if (_end == _records.Length)
        {
            var room = _start > Count ? _records : new MailboxRecord[Math.Max(4, Count * 2)];
            _records.AsSpan(_start, Count).CopyTo(room);
            (_records, _end, _start) = (room, Count, 0);
            _records.AsSpan(_end).Clear();
        }

        // Nearly always the last place: messages are stored in about the order in which they were sent.
        var at = _end > _start && _records[_end - 1].Position < record.Position ? _end : Find(record.Position);
        _records.AsSpan(at, _end - at).CopyTo(_records.AsSpan(at + 1));
        _records[at] = record;
        _end++;
        _bodyBytes += record.Body.Length;
        _byExpiry.Enqueue(record, record.ExpiresAt.UtcTicks);
    }

    public void Remove(MailboxRecord record)
    {
        var at = Find(record.Position);
        if (at == _start)
        {
            _records[_start++] = null!;
        }
        else
        {
            _records.AsSpan(at + 1, _end - at - 1).CopyTo(_records.AsSpan(at));
            _records[--_end] = null!;
        }

        _bodyBytes -= record.Body.Length;
        _removed.Add(record.Arrival);
        ForgetRemoved();
    }

    public MailboxReadResult Read(in MailboxRead read)
    {
        switch (read.Kind)
        {
            case MailboxReadKind.Page:
                var at = Find(read.After);
                at += at < _end && _records[at].Position == read.After ? 1 : 0;
                return new MailboxReadResult(read.Kind, true, _records.AsSpan(at, Math.Min(read.Limit, _end - at)).ToArray(), default);
            case MailboxReadKind.Expired:
                var (expired, left) = ReadExpired(read.ExpiredAt);
                return expired.Count < read.Limit ? new MailboxReadResult(read.Kind, true, expired, left)
                    : new MailboxReadResult(read.Kind, true, expired[..read.Limit], left with { EarliestExpiry = read.ExpiredAt });
            default:
                return new MailboxReadResult(read.Kind, true, [], Inventory(Count, _bodyBytes));
        }
    }

    /// <summary>All that has expired, earliest first, and what stays once it is gone.</summary>
    private (List<MailboxRecord> Expired, MailboxInventory Left) ReadExpired(DateTimeOffset at)
    {
        var expired = new List<MailboxRecord>();
        var bytes = _bodyBytes;
        while (_byExpiry.TryPeek(out var record, out var expires) && expires <= at.UtcTicks)
        {
            _byExpiry.Dequeue();
            if (!_removed.Remove(record.Arrival))
            {
                expired.Add(record);
                bytes -= record.Body.Length;
            }
        }

        ForgetRemoved();
        var left = Inventory(Count - expired.Count, bytes);
        foreach (var record in expired)
        {
            // It stays until its removal is asked for.
            _byExpiry.Enqueue(record, record.ExpiresAt.UtcTicks);
        }

        return (expired, left);
    }

    private MailboxInventory Inventory(int count, long bodyBytes) =>
        count == 0 ? MailboxInventory.Empty : new MailboxInventory(count, bodyBytes, _byExpiry.Peek().ExpiresAt);

    /// <summary>The first in the queue is one that is held.</summary>
    private void ForgetRemoved()
    {
        while (_byExpiry.TryPeek(out var record, out _) && _removed.Remove(record.Arrival))
        {
            _byExpiry.Dequeue();
        }
    }

    /// <summary>The first place at or behind a position.</summary>
    private int Find(MailboxPosition position)
    {
        int low = _start, high = _end;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_records[middle].Position < position)
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
}
