namespace UeFarm.Protocol.Replay;

/// <summary>
/// The modified rule, applied to each sender's messages apart. The capacity is divided over a fixed number of partitions: entries left over go one each to the
/// first ones. A sender gets a partition of its own with its first accepted message, while there are free ones; once all are taken, every other sender
/// shares the one that its keyed hash picks. So a sender with a wrong clock, or one that floods, fills its own share and nobody else's.
/// <para>
/// Which partition a sender has never changes: a replay would otherwise meet one that does not know the message. That is why owners are never forgotten and
/// why the number of partitions is fixed. No share is lent to a sender that could use it, or what one sends would decide about another. A phone that has
/// received nothing pays for this object alone.
/// </para>
/// </summary>
public sealed partial class PerSenderReplayCache : IFlooredReplayCache
{
    // 64-bit runtime: 16 bytes of header and 65 of fields, rounded up; an array has 24 bytes of header and length.
    private const int ObjectBytes = 88;
    private const int ArrayBytes = 24;
    private const int FirstPartitions = 4;

    private readonly ReplayCacheSettings _settings;
    private readonly ulong _keyHigh;
    private readonly ulong _keyLow;
    private SenderTable? _owners;
    private ModifiedReplayCache?[] _partitions = [];
    private int _capacity;
    private int _count;
    private long _evicted;
    private bool _hasFloor;
    private ulong _floor;

    /// <summary>An empty cache. The policy and the window of the settings are not looked at.</summary>
    /// <param name="settings">How to make it.</param>
    /// <param name="random">For the key of the table of senders.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public PerSenderReplayCache(ReplayCacheSettings settings, IRandomSource random)
        : this(settings, Checked(random).NextUInt64(), random.NextUInt64())
    {
    }

    private PerSenderReplayCache(ReplayCacheSettings settings, ulong keyHigh, ulong keyLow)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings.Policy == ReplayPolicy.PerSender ? settings : settings with { Policy = ReplayPolicy.PerSender };
        _settings.Validate();
        _capacity = settings.CapacityEntries;
        _keyHigh = keyHigh;
        _keyLow = keyLow;
    }

    public int Count => _count;

    public int CapacityEntries => _capacity;

    public long EvictedCount => _evicted;

    public long MemoryBytes => ObjectBytes + (_owners?.MemoryBytes ?? 0) + (_partitions.Length == 0 ? 0 : ArrayBytes + (8 * _partitions.Length))
        + Owned.Sum(static partition => partition.MemoryBytes);

    public ulong? NewestSeen => Owned.Select(static partition => partition.NewestSeen).Append(_hasFloor ? _floor : null).Max();

    /// <summary>Parts of the capacity.</summary>
    public int Partitions => _settings.SenderPartitions;

    /// <summary>Senders that have a partition of their own.</summary>
    public int Owners => _owners?.Count ?? 0;

    private IEnumerable<ModifiedReplayCache> Owned => _partitions.Take(Owners)!;

    /// <summary>The number of a sender's partition, for as long as the cache lives; null: it will get a free one with its first accepted message.</summary>
    public int? PartitionOf(string sender)
    {
        ArgumentNullException.ThrowIfNull(sender);
        if (_owners is null)
        {
            return null;
        }

        var hash = _owners.HashOf(sender);
        return _owners.TryFind(hash, out var number) ? number
            : _owners.Count == Partitions ? (int)(hash % (uint)Partitions)
            : null;
    }

    public ReplayVerdict Peek(in ReplayEntry entry, ulong nowOrderKey) => (Find(entry) ?? NewPartition(Owners)).Peek(entry, nowOrderKey);

    public ReplayVerdict CheckAndInsert(in ReplayEntry entry, ulong nowOrderKey)
    {
        if (Find(entry) is { } own)
        {
            var (count, evicted) = (own.Count, own.EvictedCount);
            var decided = own.CheckAndInsert(entry, nowOrderKey);
            _count += own.Count - count;
            _evicted += own.EvictedCount - evicted;
            return decided;
        }

        // Judged by the partition that it is going to have. One of whom nothing was accepted takes none: there is nothing to know again.
        var partition = NewPartition(Owners);
        var verdict = partition.CheckAndInsert(entry, nowOrderKey);
        if (verdict == ReplayVerdict.Accepted)
        {
            _owners ??= NewTable();
            Adopt(_owners.HashOf(entry.Sender!), partition);
        }

        return verdict;
    }

    /// <summary>
    /// Changes the capacity, and with it every share: the floors of the partitions keep out what was deleted. The number of partitions stays, so that no less
    /// than one entry each is possible.
    /// </summary>
    public void Resize(int capacityEntries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityEntries, Partitions);
        _capacity = capacityEntries;
        for (var number = 0; number < Owners; number++)
        {
            _partitions[number]!.Resize(ShareOf(number));
        }

        Recount();
    }

    /// <summary>For all partitions, also those that no sender has yet.</summary>
    public void RaiseFloor(ulong orderKey)
    {
        _floor = _hasFloor ? Math.Max(_floor, orderKey) : orderKey;
        _hasFloor = true;
        foreach (var partition in Owned)
        {
            partition.RaiseFloor(orderKey);
        }

        Recount();
    }

    private static IRandomSource Checked(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random;
    }

    private ModifiedReplayCache? Find(in ReplayEntry entry)
    {
        var sender = entry.Sender ?? throw new ArgumentException("This policy goes by the sender.", nameof(entry));
        return PartitionOf(sender) is { } number ? _partitions[number] : null;
    }

    private ModifiedReplayCache NewPartition(int number)
    {
        var partition = new ModifiedReplayCache(SettingsOf(number));
        if (_hasFloor)
        {
            partition.RaiseFloor(_floor);
        }

        return partition;
    }

    private ReplayCacheSettings SettingsOf(int number) => _settings with { Policy = ReplayPolicy.Modified, CapacityEntries = ShareOf(number) };

    private int ShareOf(int number) => (_capacity / Partitions) + (number < _capacity % Partitions ? 1 : 0);

    private bool Adopt(ulong hash, ModifiedReplayCache partition)
    {
        var number = Owners;
        if (!_owners!.TryAdd(hash))
        {
            return false;
        }

        if (number == _partitions.Length)
        {
            Array.Resize(ref _partitions, (int)Math.Min(Partitions, Math.Max(FirstPartitions, number + (number / 2L))));
        }

        _partitions[number] = partition;
        _count += partition.Count;
        _evicted += partition.EvictedCount;
        return true;
    }

    private void Recount()
    {
        _count = Owned.Sum(static partition => partition.Count);
        _evicted = Owned.Sum(static partition => partition.EvictedCount);
    }
}
