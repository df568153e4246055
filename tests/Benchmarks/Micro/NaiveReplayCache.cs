using UeFarm.Protocol.Replay;

namespace UeFarm.Benchmarks.Micro;

/// <summary>The same rule on the collections of the base class library, as one would write it first: the yardstick for size and speed.</summary>
internal sealed class NaiveReplayCache(int capacity)
{
    private readonly SortedSet<ReplayEntry> _order = new(Comparer<ReplayEntry>.Create(Compare));
    private readonly HashSet<ReplayEntry> _held = [];
    private ulong? _floor;

    public ReplayVerdict CheckAndInsert(in ReplayEntry entry)
    {
        if (_held.Contains(entry))
        {
            return ReplayVerdict.Duplicate;
        }

        if (_held.Count < capacity)
        {
            if (entry.OrderKey <= _floor)
            {
                return ReplayVerdict.Stale;
            }
        }
        else
        {
            var oldest = _order.Min;
            if (entry.OrderKey <= oldest.OrderKey)
            {
                return entry.OrderKey == oldest.OrderKey ? ReplayVerdict.Tie : ReplayVerdict.Stale;
            }

            _order.Remove(oldest);
            _held.Remove(oldest);
            _floor = oldest.OrderKey;
        }

        _order.Add(entry);
        _held.Add(entry);
        return ReplayVerdict.Accepted;
    }

    private static int Compare(ReplayEntry left, ReplayEntry right)
    {
        var order = left.OrderKey.CompareTo(right.OrderKey);
        return order != 0 ? order : left.Digest.CompareTo(right.Digest);
    }
}
