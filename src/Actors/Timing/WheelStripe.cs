using System.Numerics;

namespace UeFarm.Actors.Timing;

/// <summary>
/// A hierarchical timing wheel (Varghese and Lauck, scheme 7): four levels of 256 buckets, each bucket of a level spanning a whole turn of the level
/// below; 5 ms ticks reach 248 days, later deadlines wait in the last bucket and are sorted in again. A slot moves down at most three times. A map of
/// the occupied buckets lets the hand jump over empty time. Each bucket is a ring in order of arming. Not synchronized; the wheel locks.
/// </summary>
internal sealed class WheelStripe(long tickLength, long startTick)
{
    private const int Levels = 4;
    private const int BitsPerLevel = 8;
    private const int Buckets = 1 << BitsPerLevel;
    private const int WordsPerLevel = Buckets / 64;

    private readonly WakeUpSlot?[] _heads = new WakeUpSlot?[Levels * Buckets];
    private readonly ulong[] _occupied = new ulong[Levels * WordsPerLevel];

    public Lock Gate { get; } = new();

    public int Count { get; private set; }

    /// <summary>All that was due up to and including this tick has been handed out.</summary>
    public long CurrentTick { get; private set; } = startTick;

    /// <summary>True: the slot's deadline is now this one (it was not pending, or later).</summary>
    public bool TryArm(WakeUpSlot slot, long deadline)
    {
        if (slot.Next is not null)
        {
            if (slot.Deadline <= deadline)
            {
                return false;
            }

            Remove(slot);
        }

        slot.Deadline = deadline;
        Count++;
        Insert(slot, Math.Max(TickOf(deadline), CurrentTick + 1));
        return true;
    }

    public void Cancel(WakeUpSlot slot)
    {
        if (slot.Next is not null)
        {
            Remove(slot);
        }
    }

    /// <summary>
    /// Moves the hand towards the given tick and puts what is due, no longer pending, into the span; true: the tick is reached. Otherwise the span is full
    /// and the call is repeated.
    /// </summary>
    public bool TryAdvance(long tick, Span<WakeUpSlot?> due, out int count)
    {
        count = 0;
        while (true)
        {
            while (_heads[CurrentTick & (Buckets - 1)] is { } slot)
            {
                if (count == due.Length)
                {
                    return false;
                }

                Remove(slot);
                due[count++] = slot;
            }

            var next = NextOccupiedTick();
            if (next > tick)
            {
                CurrentTick = Math.Max(CurrentTick, tick);
                return true;
            }

            CurrentTick = next;
            Cascade();
        }
    }

    /// <summary>
    /// The earliest pending deadline, or long.MaxValue: in the first occupied bucket of a level, except on the last level, where later deadlines than it
    /// reaches wait in any bucket.
    /// </summary>
    public long EarliestDeadline()
    {
        var earliest = long.MaxValue;
        for (var level = 0; level < Levels - 1; level++)
        {
            if (DistanceToOccupied(level) is var distance and > 0)
            {
                var hand = CurrentTick >> (level * BitsPerLevel);
                earliest = Math.Min(earliest, EarliestOf(_heads[(level * Buckets) + (int)((hand + distance) & (Buckets - 1))]));
            }
        }

        foreach (var head in _heads.AsSpan((Levels - 1) * Buckets))
        {
            earliest = Math.Min(earliest, EarliestOf(head));
        }

        return earliest;
    }

    /// <summary>The next tick at which there is something to hand out or to move down; long.MaxValue when nothing is pending.</summary>
    public long NextOccupiedTick()
    {
        var next = long.MaxValue;
        for (var level = 0; level < Levels; level++)
        {
            var distance = DistanceToOccupied(level);
            if (distance > 0)
            {
                var shift = level * BitsPerLevel;
                next = Math.Min(next, ((CurrentTick >> shift) + distance) << shift);
            }
        }

        return next;
    }

    private static long EarliestOf(WakeUpSlot? head)
    {
        var earliest = long.MaxValue;
        for (var slot = head; slot is not null; slot = ReferenceEquals(slot.Next, head) ? null : slot.Next)
        {
            earliest = Math.Min(earliest, slot.Deadline);
        }

        return earliest;
    }

    /// <summary>The tick at which a deadline is due: never before it.</summary>
    private long TickOf(long deadline) => (deadline / tickLength) + (deadline % tickLength > 0 ? 1 : 0);

    private void Insert(WakeUpSlot slot, long tick)
    {
        var delta = tick - CurrentTick;
        var level = 0;
        while (level < Levels - 1 && delta >= 1L << ((level + 1) * BitsPerLevel))
        {
            level++;
        }

        if (delta >= 1L << (Levels * BitsPerLevel))
        {
            tick = CurrentTick + (1L << (Levels * BitsPerLevel)) - 1;
        }

        var bucket = (level * Buckets) + (int)((tick >> (level * BitsPerLevel)) & (Buckets - 1));
        slot.Bucket = (ushort)bucket;
        if (_heads[bucket] is { } head)
        {
            slot.Next = head;
            slot.Previous = head.Previous;
            head.Previous!.Next = slot;
            head.Previous = slot;
        }
        else
        {
            slot.Next = slot.Previous = slot;
            _heads[bucket] = slot;
            _occupied[bucket / 64] |= 1UL << (bucket % 64);
        }
    }

    private void Remove(WakeUpSlot slot)
    {
        var bucket = slot.Bucket;
        if (ReferenceEquals(slot.Next, slot))
        {
            _heads[bucket] = null;
            _occupied[bucket / 64] &= ~(1UL << (bucket % 64));
        }
        else
        {
            slot.Previous!.Next = slot.Next;
            slot.Next!.Previous = slot.Previous;
            if (ReferenceEquals(_heads[bucket], slot))
            {
                _heads[bucket] = slot.Next;
            }
        }

        slot.Next = slot.Previous = null;
        Count--;
    }

    /// <summary>The hand has come to the start of a bucket of a higher level: its slots move down, in order.</summary>
    private void Cascade()
    {
        for (var level = Levels - 1; level > 0; level--)
        {
            if ((CurrentTick & ((1L << (level * BitsPerLevel)) - 1)) != 0)
            {
                continue;
            }

            var bucket = (level * Buckets) + (int)((CurrentTick >> (level * BitsPerLevel)) & (Buckets - 1));
            var head = _heads[bucket];
            if (head is null)
            {
                continue;
            }

            // The ring is taken off first: a slot from the last level may go back into the bucket it came from.
            _heads[bucket] = null;
            _occupied[bucket / 64] &= ~(1UL << (bucket % 64));
            head.Previous!.Next = null;
            for (var slot = head; slot is not null;)
            {
                var next = slot.Next;
                Insert(slot, Math.Max(TickOf(slot.Deadline), CurrentTick));
                slot = next;
            }
        }
    }

    /// <summary>Buckets from the hand of that level to the next occupied one, 1-256; 0: none.</summary>
    private int DistanceToOccupied(int level)
    {
        var start = (int)((CurrentTick >> (level * BitsPerLevel)) & (Buckets - 1)) + 1;
        var words = _occupied.AsSpan(level * WordsPerLevel, WordsPerLevel);
        for (var distance = 0; distance < Buckets;)
        {
            var index = (start + distance) & (Buckets - 1);
            var word = words[index / 64] >> (index % 64);
            if (word != 0)
            {
                distance += BitOperations.TrailingZeroCount(word);
                return distance < Buckets ? distance + 1 : 0;
            }

            distance += 64 - (index % 64);
        }

        return 0;
    }
}
