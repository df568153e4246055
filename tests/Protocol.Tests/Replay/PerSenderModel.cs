using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Tests.Replay;

/// <summary>
/// The partitioned rule as a dictionary of naive caches: first come, first served while there are free ones; then the one that <paramref name="pick"/> says,
/// which stands for the keyed hash.
/// </summary>
internal sealed class PerSenderModel(int capacity, int partitions, int timestampBytes, ulong futureBound, Func<string, int> pick)
{
    private readonly Dictionary<string, int> _partitionOf = [];
    private readonly List<ReplayModel> _taken = [];
    private int _capacity = capacity;
    private ulong? _floor;

    public int Owners => _taken.Count;

    public int Count => _taken.Sum(partition => partition.Held.Count);

    public long Evicted => _taken.Sum(partition => partition.Evicted);

    public ulong? NewestSeen => _taken.Select(partition => partition.Held.Count > 0 ? partition.Held.Max.Key : partition.Floor).Append(_floor).Max();

    public int? PartitionOf(string sender) => _partitionOf.TryGetValue(sender, out var number) ? number : null;

    public ReplayVerdict Offer(ReplayEntry entry, ulong now)
    {
        if (_partitionOf.TryGetValue(entry.Sender!, out var number))
        {
            return _taken[number].Offer(entry, now);
        }

        if (_taken.Count == partitions)
        {
            number = pick(entry.Sender!);
            _partitionOf.Add(entry.Sender!, number);
            return _taken[number].Offer(entry, now);
        }

        var fresh = new ReplayModel(Share(_taken.Count), timestampBytes, futureBound);
        if (_floor is { } floor)
        {
            fresh.RaiseFloor(timestampBytes == 8 ? floor : floor << 32);
        }

        var verdict = fresh.Offer(entry, now);
        if (verdict == ReplayVerdict.Accepted)
        {
            _partitionOf.Add(entry.Sender!, _taken.Count);
            _taken.Add(fresh);
        }

        return verdict;
    }

    public void Resize(int capacity)
    {
        _capacity = capacity;
        for (var number = 0; number < _taken.Count; number++)
        {
            _taken[number].Resize(Share(number));
        }
    }

    public void RaiseFloor(ulong orderKey)
    {
        var key = timestampBytes == 8 ? orderKey : orderKey >> 32;
        _floor = _floor is { } floor && floor > key ? floor : key;
        _taken.ForEach(partition => partition.RaiseFloor(orderKey));
    }

    /// <summary>As many as possible each, and one more in the first ones until nothing is left.</summary>
    private int Share(int number) => Enumerable.Range(0, _capacity).Count(entry => entry % partitions == number);
}
