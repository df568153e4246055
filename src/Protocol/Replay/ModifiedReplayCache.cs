using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// The replay cache without an age limit (TR 33.829 section 8.3.1.1.2). A message several weeks old is accepted as long as the cache is not full
/// or the message is newer than the oldest entry. A phone that has received nothing pays for this object alone.
/// </summary>
public sealed class ModifiedReplayCache : IFlooredReplayCache
{
    private const byte SnapshotVersion = 1;
    private const int SnapshotHeaderBytes = 32;
    private const int MaxEntryBytes = 8 + ReplayDigest.Length;

    // 64-bit runtime: 16 bytes of header and 38 of fields, rounded up.
    private const int ObjectBytes = 56;

    private readonly byte _keyBytes;
    private readonly ulong _futureBound;
    private ReplayEntryStore? _store;
    private int _capacity;
    private bool _hasFloor;
    private ulong _floor;
    private long _evicted;

    /// <summary>An empty cache. The policy and the window of the settings are not looked at.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public ModifiedReplayCache(ReplayCacheSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        _keyBytes = (byte)settings.TimestampBytes;
        _capacity = settings.CapacityEntries;
        _futureBound = settings.FutureBound is { } bound ? OrderKeys.FromDuration(bound) : ulong.MaxValue;
    }

    public int Count => _store?.Count ?? 0;

    public int CapacityEntries => _capacity;

    public long EvictedCount => _evicted;

    public long MemoryBytes => ObjectBytes + (_store?.MemoryBytes ?? 0);

    /// <summary>The highest order key ever deleted; null: none. Nothing up to it is accepted. With 4-byte timestamps the fraction is 0.</summary>
    public ulong? Floor => _hasFloor ? Expand(_floor) : null;

    /// <summary>The lowest order key held; null when empty.</summary>
    public ulong? Oldest => Count > 0 ? Expand(_store!.OldestKey) : null;

    /// <summary>The highest order key held; null when empty.</summary>
    public ulong? Newest => Count > 0 ? Expand(_store!.NewestKey) : null;

    public ulong? NewestSeen => Newest ?? Floor;

    /// <summary>Length of a snapshot of the present state in bytes.</summary>
    public int SnapshotLength => SnapshotHeaderBytes + (Count * (_keyBytes + ReplayDigest.Length)) + SnapshotChecksum.Length;

    public ReplayVerdict Peek(in ReplayEntry entry, ulong nowOrderKey)
    {
        Span<byte> packed = stackalloc byte[MaxEntryBytes];
        return Decide(entry, nowOrderKey, packed, out _, out _);
    }

    public ReplayVerdict CheckAndInsert(in ReplayEntry entry, ulong nowOrderKey)
    {
        Span<byte> packed = stackalloc byte[MaxEntryBytes];
        var verdict = Decide(entry, nowOrderKey, packed, out var length, out var position);
        if (verdict != ReplayVerdict.Accepted)
        {
            return verdict;
        }

        packed = packed[..length];
        var store = _store ??= new ReplayEntryStore(_keyBytes, _capacity);
        if (store.Count == _capacity)
        {
            RaiseFloorTo(store.OldestKey);
            store.RemoveOldest(packed, ref position);
            _evicted++;
        }

        store.Insert(packed, position);
        return ReplayVerdict.Accepted;
    }

    /// <summary>
    /// Changes the capacity. Growing never lets a deleted message in again, because of the floor; shrinking deletes the oldest entries and raises the floor.
    /// </summary>
    public void Resize(int capacityEntries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityEntries);
        var isSmaller = capacityEntries < _capacity;
        _capacity = capacityEntries;
        if (_store is null)
        {
            return;
        }

        while (_store.Count > capacityEntries)
        {
            RemoveOldest();
        }

        if (isSmaller)
        {
            // Packed anew, so that the memory of a large cache does not stay with a small one.
            Repack();
        }
        else
        {
            _store.SetCapacity(capacityEntries);
        }
    }

    public void RaiseFloor(ulong orderKey)
    {
        var key = Reduce(orderKey);
        while (Count > 0 && _store!.OldestKey <= key)
        {
            RemoveOldest();
        }

        RaiseFloorTo(key);
    }

    /// <summary>
    /// Writes entries, floor and capacity: version, timestamp bytes, flags, reserved byte, capacity, count, floor, evicted count, then the
    /// entries, oldest first, then the first 16 bytes of the SHA-256 of all that.
    /// </summary>
    /// <returns><see cref="SnapshotLength"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int WriteSnapshot(Span<byte> destination)
    {
        var length = SnapshotLength;
        if (destination.Length < length)
        {
            throw new ArgumentException("Too short for the snapshot.", nameof(destination));
        }

        destination = destination[..length];
        var header = destination[..SnapshotHeaderBytes];
        header.Clear();
        header[0] = SnapshotVersion;
        header[1] = _keyBytes;
        header[2] = _hasFloor ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[4..], _capacity);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], Count);
        BinaryPrimitives.WriteUInt64BigEndian(header[12..], _floor);
        BinaryPrimitives.WriteInt64BigEndian(header[20..], _evicted);
        _store?.CopyTo(destination[SnapshotHeaderBytes..^SnapshotChecksum.Length]);
        SnapshotChecksum.Write(destination);
        return length;
    }

    /// <summary>
    /// Restores a cache. False for a snapshot that is torn, altered, of another version or of another timestamp length than the settings ask for:
    /// then the state is doubtful, and an empty cache would accept replays. A different capacity in the settings is applied like <see cref="Resize"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static bool TryReadSnapshot(ReadOnlySpan<byte> snapshot, ReplayCacheSettings settings, [NotNullWhen(true)] out ModifiedReplayCache? cache)
    {
        cache = null;
        var restored = new ModifiedReplayCache(settings);
        if (snapshot.Length < SnapshotHeaderBytes + SnapshotChecksum.Length || snapshot[0] != SnapshotVersion || snapshot[1] != restored._keyBytes
            || !SnapshotChecksum.Matches(snapshot))
        {
            return false;
        }

        var capacity = BinaryPrimitives.ReadInt32BigEndian(snapshot[4..]);
        var count = BinaryPrimitives.ReadInt32BigEndian(snapshot[8..]);
        var entries = snapshot[SnapshotHeaderBytes..^SnapshotChecksum.Length];
        if (snapshot[2] > 1 || count < 0 || capacity < count || entries.Length != (long)count * settings.EntryBytes)
        {
            return false;
        }

        restored._hasFloor = snapshot[2] == 1;
        restored._floor = BinaryPrimitives.ReadUInt64BigEndian(snapshot[12..]);
        restored._evicted = BinaryPrimitives.ReadInt64BigEndian(snapshot[20..]);
        restored._capacity = capacity;
        if (count > 0)
        {
            restored._store = new ReplayEntryStore(restored._keyBytes, capacity);
            if (!restored._store.TryLoad(entries) || (restored._hasFloor && restored._store.OldestKey < restored._floor))
            {
                return false;
            }
        }

        restored.Resize(settings.CapacityEntries);
        cache = restored;
        return true;
    }

    /// <summary>
    /// The rule. "More recent" is strict: with "or equal", one of several messages of the same time could be evicted and then replayed.
    /// </summary>
    private ReplayVerdict Decide(in ReplayEntry entry, ulong nowOrderKey, Span<byte> packed, out int length, out ReplayEntryStore.Position position)
    {
        var key = Reduce(entry.OrderKey);
        position = default;
        length = _keyBytes + ReplayDigest.Length;
        if (_capacity == 0)
        {
            return ReplayVerdict.Stale;
        }

        // 1. The same timestamp and digest are held: a redelivery must be recognised even when it is also too old.
        ReplayEntryStore.Pack(_keyBytes, key, entry.Digest, packed);
        if (_store is not null && _store.Find(packed[..length], out position))
        {
            return ReplayVerdict.Duplicate;
        }

        if (Count < _capacity)
        {
            // 2. Room left: anything newer than what was ever deleted.
            if (_hasFloor && key <= _floor)
            {
                return ReplayVerdict.Stale;
            }
        }
        else
        {
            // 3. Full: only what is newer than the oldest.
            var oldest = _store!.OldestKey;
            if (key <= oldest)
            {
                return key == oldest ? ReplayVerdict.Tie : ReplayVerdict.Stale;
            }
        }

        // Interpretation: the optional bound is judged last, so that a redelivery and an outdated message keep their names.
        return entry.OrderKey > OrderKeys.Add(nowOrderKey, _futureBound) ? ReplayVerdict.Future : ReplayVerdict.Accepted;
    }

    private ulong Reduce(ulong orderKey) => _keyBytes == 8 ? orderKey : orderKey >> 32;

    private ulong Expand(ulong key) => _keyBytes == 8 ? key : key << 32;

    private void RemoveOldest()
    {
        RaiseFloorTo(_store!.OldestKey);
        _store.RemoveOldest();
        _evicted++;
    }

    private void RaiseFloorTo(ulong key)
    {
        _floor = _hasFloor ? Math.Max(_floor, key) : key;
        _hasFloor = true;
    }

    private void Repack()
    {
        if (Count == 0)
        {
            _store = null;
            return;
        }

        var entries = new byte[Count * _store!.EntryBytes];
        _store.CopyTo(entries);
        _store = new ReplayEntryStore(_keyBytes, _capacity);
        if (!_store.TryLoad(entries))
        {
            throw new InvalidOperationException("The entries of a cache are in order.");
        }
    }
}
