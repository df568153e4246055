namespace UeFarm.Protocol.Replay;

/// <summary>
/// The replay cache of RFC 3830 section 5.4: refuses what is older than a time window and remembers everything inside it. Entries that
/// leave the window are deleted, because they would be refused by their age. The highest deleted timestamp is kept as a floor, so a clock set
/// back does not open the past again. When the capacity is used up inside the window, new messages are refused as stale:
/// dropping an entry instead would let it be replayed.
/// </summary>
public sealed class WindowReplayCache : IReplayCache
{
    private const int MaxEntryBytes = 8 + ReplayDigest.Length;

    // 64-bit runtime: 16 bytes of header and 46 of fields, rounded up.
    private const int ObjectBytes = 64;

    private readonly byte _keyBytes;
    private readonly ulong _window;
    private readonly ulong _futureBound;
    private ReplayEntryStore? _store;
    private bool _hasFloor;
    private ulong _floor;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public WindowReplayCache(ReplayCacheSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        _keyBytes = (byte)settings.TimestampBytes;
        _window = OrderKeys.FromDuration(settings.Window);
        _futureBound = settings.FutureBound is { } bound ? OrderKeys.FromDuration(bound) : ulong.MaxValue;
        CapacityEntries = settings.CapacityEntries;
    }

    public int Count => _store?.Count ?? 0;

    public int CapacityEntries { get; }

    public long EvictedCount { get; private set; }

    public long MemoryBytes => ObjectBytes + (_store?.MemoryBytes ?? 0);

    public ReplayVerdict Peek(in ReplayEntry entry, ulong nowOrderKey)
    {
        Span<byte> packed = stackalloc byte[MaxEntryBytes];
        return Decide(entry, nowOrderKey, packed[..(_keyBytes + ReplayDigest.Length)], out _);
    }

    public ReplayVerdict CheckAndInsert(in ReplayEntry entry, ulong nowOrderKey)
    {
        DeleteBefore(StartOfWindow(nowOrderKey));
        Span<byte> packed = stackalloc byte[MaxEntryBytes];
        packed = packed[..(_keyBytes + ReplayDigest.Length)];
        var verdict = Decide(entry, nowOrderKey, packed, out var position);
        if (verdict == ReplayVerdict.Accepted)
        {
            _store ??= new ReplayEntryStore(_keyBytes, CapacityEntries);
            _store.Insert(packed, position);
        }

        return verdict;
    }

    private ReplayVerdict Decide(in ReplayEntry entry, ulong nowOrderKey, Span<byte> packed, out ReplayEntryStore.Position position)
    {
        position = default;
        var key = Reduce(entry.OrderKey);
        var start = StartOfWindow(nowOrderKey);
        if (CapacityEntries == 0 || key < start || (_hasFloor && key <= _floor))
        {
            return ReplayVerdict.Stale;
        }

        ReplayEntryStore.Pack(_keyBytes, key, entry.Digest, packed);
        if (_store is not null && _store.Find(packed, out position))
        {
            return ReplayVerdict.Duplicate;
        }

        // A look-up deletes nothing: where the oldest entry has left the window, there would be room.
        if (Count == CapacityEntries && _store!.OldestKey >= start)
        {
            return ReplayVerdict.Stale;
        }

        return entry.OrderKey > OrderKeys.Add(nowOrderKey, _futureBound) ? ReplayVerdict.Future : ReplayVerdict.Accepted;
    }

    private void DeleteBefore(ulong start)
    {
        while (Count > 0 && _store!.OldestKey < start)
        {
            _floor = _store.OldestKey;
            _hasFloor = true;
            _store.RemoveOldest();
            EvictedCount++;
        }
    }

    private ulong StartOfWindow(ulong nowOrderKey) => Reduce(OrderKeys.Subtract(nowOrderKey, _window));

    private ulong Reduce(ulong orderKey) => _keyBytes == 8 ? orderKey : orderKey >> 32;
}
