using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Tests.Replay;

/// <summary>The numbered rule as a list over a sorted set: slow, obvious, and written without looking at the cache.</summary>
internal sealed class ReplayModel(int capacity, int timestampBytes, ulong futureBound = ulong.MaxValue, bool isStrict = true)
{
    public SortedSet<(ulong Key, ReplayDigest Digest)> Held { get; } = [];

    public int Capacity { get; private set; } = capacity;

    public ulong? Floor { get; private set; }

    public long Evicted { get; private set; }

    public ReplayVerdict Offer(ReplayEntry entry, ulong now)
    {
        var item = (Key: Reduce(entry.OrderKey), entry.Digest);
        if (Held.Contains(item))
        {
            return ReplayVerdict.Duplicate;
        }

        var isFull = Held.Count >= Capacity;
        if (isFull)
        {
            if (Capacity == 0 || item.Key < Held.Min.Key)
            {
                return ReplayVerdict.Stale;
            }

            if (isStrict && item.Key == Held.Min.Key)
            {
                return ReplayVerdict.Tie;
            }
        }
        else if (Floor is { } floor && (isStrict ? item.Key <= floor : item.Key < floor))
        {
            return ReplayVerdict.Stale;
        }

        if (futureBound != ulong.MaxValue && entry.OrderKey > now && entry.OrderKey - now > futureBound)
        {
            return ReplayVerdict.Future;
        }

        if (isFull)
        {
            EvictOldest();
        }

        Held.Add(item);
        return ReplayVerdict.Accepted;
    }

    public void Resize(int capacity)
    {
        Capacity = capacity;
        while (Held.Count > capacity)
        {
            EvictOldest();
        }
    }

    public void RaiseFloor(ulong orderKey)
    {
        var key = Reduce(orderKey);
        while (Held.Count > 0 && Held.Min.Key <= key)
        {
            EvictOldest();
        }

        Floor = Floor is { } floor && floor > key ? floor : key;
    }

    private void EvictOldest()
    {
        var oldest = Held.Min;
        Held.Remove(oldest);
        Floor = Floor is { } floor && floor > oldest.Key ? floor : oldest.Key;
        Evicted++;
    }

    private ulong Reduce(ulong orderKey) => timestampBytes == 8 ? orderKey : orderKey >> 32;
}
