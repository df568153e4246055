using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// Packed entries (timestamp of 4 or 8 bytes, digest of 20, both big-endian) sorted by (timestamp, digest), in chunks. The chunks
/// are order and index at once: there is no hash set, so a full store costs little more than its entries.
/// An append goes to the last chunk. An insertion elsewhere moves at most half a chunk; a full chunk gives to a neighbour, and only
/// when the neighbours are full as well do two chunks become three, so chunks stay at least about two thirds full in any
/// order of arrival. Only the oldest entries are ever deleted, by moving the start of the first chunk; an emptied chunk is used again.
/// </summary>
internal sealed partial class ReplayEntryStore
{
    /// <summary>Most entries of a chunk: bounds the bytes that one insertion moves, against some 50 bytes of overhead a chunk.</summary>
    private const int MaxChunkEntries = 160;

    /// <summary>A store up to this capacity is one chunk, for smaller ones would cost more in overhead than they save.</summary>
    private const int SingleChunkCapacity = 256;

    // 64-bit runtime: 16 bytes of header and 44 of fields, rounded up; an array has 24 bytes before its elements.
    private const int ObjectBytes = 64;
    private const int ArrayBytes = 24;
    private const int ChunkBytes = 24;

    private readonly int _keyBytes;
    private readonly int _entryBytes;
    private Chunk[] _chunks = [];
    private int _first;
    private int _chunkCount;
    private int _chunkEntries;
    private int _capacity;
    private byte[]? _spare;

    public ReplayEntryStore(int keyBytes, int capacity)
    {
        _keyBytes = keyBytes;
        _entryBytes = keyBytes + ReplayDigest.Length;
        SetCapacity(capacity);
    }

    public int Count { get; private set; }

    public int EntryBytes => _entryBytes;

    /// <summary>The smallest key held. Only when <see cref="Count"/> is not 0.</summary>
    public ulong OldestKey => _chunks[_first].FirstKey;

    /// <summary>The largest key held. Only when <see cref="Count"/> is not 0.</summary>
    public ulong NewestKey
    {
        get
        {
            ref var last = ref _chunks[_first + _chunkCount - 1];
            return KeyAt(last.Data, last.End - 1);
        }
    }

    public long MemoryBytes
    {
        get
        {
            var index = _chunks.Length > 0 ? ArrayBytes + (_chunks.Length * ChunkBytes) : 0;
            var bytes = (long)ObjectBytes + index + (_spare is null ? 0 : AllocatedBytes(_spare));
            for (var i = _first; i < _first + _chunkCount; i++)
            {
                bytes += AllocatedBytes(_chunks[i].Data);
            }

            return bytes;
        }
    }

    /// <summary>
    /// Chunks of about the square root of the capacity waste least: a partly used chunk at each end on one side, overhead of the chunks on the other.
    /// A single chunk has a sixteenth of slack, so that not every append behind a deleted entry moves all the others.
    /// </summary>
    public void SetCapacity(int capacity)
    {
        _capacity = capacity;
        _chunkEntries = capacity <= SingleChunkCapacity
            ? Math.Max(capacity + (capacity / 16), 1)
            : Math.Clamp(((int)Math.Sqrt(capacity) + 7) / 8 * 8, 16, MaxChunkEntries);
        _spare = null;
    }

    /// <summary>Packs an entry for a store of 4- or 8-byte keys.</summary>
    public static void Pack(int keyBytes, ulong key, in ReplayDigest digest, Span<byte> destination)
    {
        if (keyBytes == 8)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, key);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)key);
        }

        digest.Write(destination[keyBytes..]);
    }

    /// <summary>Looks for a packed entry. Position: where it is or where it would have to be inserted; valid until the next change.</summary>
    public bool Find(ReadOnlySpan<byte> entry, out Position position)
    {
        var key = ReadKey(entry);
        if (Count == 0)
        {
            position = new Position(_first, _chunkCount == 0 ? 0 : _chunks[_first].Start);
            return false;
        }

        if (key > NewestKey)
        {
            position = new Position(_first + _chunkCount - 1, _chunks[_first + _chunkCount - 1].End);
            return false;
        }

        var chunk = FindChunk(key, entry);
        ref var candidate = ref _chunks[chunk];
        var isFound = FindSlot(candidate, key, entry, out var slot);
        position = new Position(chunk, slot);
        return isFound;
    }

    /// <summary>Inserts a packed entry that is not held at the position that <see cref="Find"/> gave.</summary>
    public void Insert(ReadOnlySpan<byte> entry, Position position)
    {
        if (_chunkCount == 0)
        {
            AddChunk(0, NewChunk(Math.Min(_chunkEntries, 4)));
            position = new Position(_first, 0);
        }

        while (!TryInsert(ref _chunks[position.Chunk], entry, position.Slot))
        {
            ref var full = ref _chunks[position.Chunk];
            if (position.Chunk == _first + _chunkCount - 1 && position.Slot == full.End && CapacityOf(full) >= _chunkEntries)
            {
                AddChunk(_chunkCount, NewChunk(_chunkEntries));
                position = new Position(_first + _chunkCount - 1, 0);
            }
            else
            {
                MakeRoom(position.Chunk - _first);
                Find(entry, out position);
            }
        }

        Count++;
    }

    /// <summary>Deletes one entry with the smallest key (of equal ones that with the smallest digest) and keeps a found position valid.</summary>
    public void RemoveOldest(ReadOnlySpan<byte> entry, ref Position position)
    {
        var first = _first;
        RemoveOldest();
        if (position.Chunk == first)
        {
            // The position may have been in the chunk that is gone, or its only slot was rewound.
            Find(entry, out position);
        }
    }

    /// <summary>Deletes one entry with the smallest key. Only when <see cref="Count"/> is not 0.</summary>
    public void RemoveOldest()
    {
        ref var chunk = ref _chunks[_first];
        chunk.Start++;
        chunk.Count--;
        Count--;
        if (chunk.Count > 0)
        {
            chunk.FirstKey = KeyAt(chunk.Data, chunk.Start);
        }
        else if (_chunkCount > 1)
        {
            _spare = chunk.Data.Length == _chunkEntries * _entryBytes ? chunk.Data : _spare;
            chunk = default;
            _first++;
            _chunkCount--;
        }
        else
        {
            chunk.Start = 0;
        }
    }

    /// <summary>All entries, oldest first. The destination has <see cref="Count"/> times <see cref="EntryBytes"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (var i = _first; i < _first + _chunkCount; i++)
        {
            ref var chunk = ref _chunks[i];
            chunk.Data.AsSpan(chunk.Start * _entryBytes, chunk.Count * _entryBytes).CopyTo(destination);
            destination = destination[(chunk.Count * _entryBytes)..];
        }
    }

    /// <summary>Fills an empty store with packed entries, in arrays without slack. False unless they are strictly ascending.</summary>
    public bool TryLoad(ReadOnlySpan<byte> entries)
    {
        var total = entries.Length / _entryBytes;
        for (var i = 1; i < total; i++)
        {
            if (entries.Slice((i - 1) * _entryBytes, _entryBytes).SequenceCompareTo(entries.Slice(i * _entryBytes, _entryBytes)) >= 0)
            {
                return false;
            }
        }

        _chunks = total == 0 ? [] : new Chunk[(total + _chunkEntries - 1) / _chunkEntries];
        for (var done = 0; done < total;)
        {
            var count = Math.Min(_chunkEntries, total - done);
            var data = entries.Slice(done * _entryBytes, count * _entryBytes).ToArray();
            _chunks[_chunkCount++] = new Chunk { Data = data, Count = (ushort)count, FirstKey = ReadKey(data) };
            done += count;
        }

        Count = total;
        return true;
    }

    private static long AllocatedBytes(byte[] array) => (ArrayBytes + array.Length + 7) & ~7;

    private int CapacityOf(in Chunk chunk) => chunk.Data.Length / _entryBytes;

    private ulong ReadKey(ReadOnlySpan<byte> entry) =>
        _keyBytes == 8 ? BinaryPrimitives.ReadUInt64BigEndian(entry) : BinaryPrimitives.ReadUInt32BigEndian(entry);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong KeyAt(byte[] data, int slot) => ReadKey(data.AsSpan(slot * _entryBytes));

    private ReadOnlySpan<byte> EntryAt(in Chunk chunk, int slot) => chunk.Data.AsSpan(slot * _entryBytes, _entryBytes);

    /// <summary>The last chunk whose first entry is not after the given one, else the first chunk.</summary>
    private int FindChunk(ulong key, ReadOnlySpan<byte> entry)
    {
        var low = _first;
        var high = _first + _chunkCount;
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            ref var chunk = ref _chunks[middle];
            var isAfter = chunk.FirstKey > key || (chunk.FirstKey == key && EntryAt(chunk, chunk.Start).SequenceCompareTo(entry) > 0);
            if (isAfter)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }

    /// <summary>The first slot of the chunk whose entry is not before the given one.</summary>
    private bool FindSlot(in Chunk chunk, ulong key, ReadOnlySpan<byte> entry, out int slot)
    {
        var data = chunk.Data;
        var low = (int)chunk.Start;
        var high = chunk.End;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var other = KeyAt(data, middle);
            if (other < key)
            {
                low = middle + 1;
            }
            else if (other > key)
            {
                high = middle;
            }
            else
            {
                var order = data.AsSpan(middle * _entryBytes, _entryBytes).SequenceCompareTo(entry);
                if (order == 0)
                {
                    slot = middle;
                    return true;
                }

                low = order < 0 ? middle + 1 : low;
                high = order < 0 ? high : middle;
            }
        }

        slot = low;
        return false;
    }

    /// <summary>Opens a gap on the shorter side that has room; false when the chunk is full.</summary>
    private bool TryInsert(ref Chunk chunk, ReadOnlySpan<byte> entry, int slot)
    {
        var end = chunk.End;
        var hasRoomBehind = end < CapacityOf(chunk);
        if (chunk.Start == 0 && !hasRoomBehind)
        {
            return false;
        }

        var data = chunk.Data.AsSpan();
        if (!hasRoomBehind && slot == end)
        {
            // An append behind deleted entries: all of their room at once, so that the next appends need not move anything.
            data[(chunk.Start * _entryBytes)..].CopyTo(data);
            slot -= chunk.Start;
            chunk.Start = 0;
        }
        else if (hasRoomBehind && (chunk.Start == 0 || end - slot <= slot - chunk.Start))
        {
            data[(slot * _entryBytes)..(end * _entryBytes)].CopyTo(data[((slot + 1) * _entryBytes)..]);
        }
        else
        {
            data[(chunk.Start * _entryBytes)..(slot * _entryBytes)].CopyTo(data[((chunk.Start - 1) * _entryBytes)..]);
            chunk.Start--;
            slot--;
        }

        entry.CopyTo(data[(slot * _entryBytes)..]);
        chunk.Count++;
        if (slot == chunk.Start)
        {
            chunk.FirstKey = ReadKey(entry);
        }

        return true;
    }

    /// <summary>A slot of a chunk, counted from the beginning of the chunk's array.</summary>
    internal readonly record struct Position(int Chunk, int Slot);

    private struct Chunk
    {
        public byte[] Data;
        public ulong FirstKey;
        public ushort Start;
        public ushort Count;

        public readonly int End => Start + Count;
    }
}
