using System.Runtime.CompilerServices;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// The overtake rank of every message of one phone, exactly and in one pass: how many first-time messages that arrived earlier carry a timestamp that is not
/// lower. A replay cache of capacity C refuses a first-time message exactly when its rank is C or more; replays never count. Keeps timestamps (a count for
/// each that differs), not digests: whoever calls it knows which messages are new. Near constant time in order, logarithmic otherwise. Not safe for use by two
/// threads at a time.
/// </summary>
public sealed class OvertakeRankTracker
{
    /// <summary>Enough for any cache of up to 16,777,216 entries.</summary>
    public const int DefaultMaxRank = 1 << 24;

    // 8 KiB of timestamps: moving half of them costs less than finding the place, and 10 million of them need no more than a few ten thousand chunks.
    private const int ChunkKeys = 1024;
    private const int FirstChunkKeys = 4;

    // 64-bit runtime: 16 bytes of header and 40 of fields; an array has 24 bytes of header and length.
    private const int ObjectBytes = 56;
    private const int ArrayBytes = 24;

    private readonly int _maxRank;
    private Chunk[] _chunks = [];
    private int[] _sums = [];
    private int _chunkCount;
    private int _held;

    /// <summary>A tracker that is exact for ranks below <paramref name="maxRank"/>, for which it keeps at most that many timestamps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public OvertakeRankTracker(int maxRank = DefaultMaxRank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRank, 1);
        _maxRank = maxRank;
    }

    /// <summary>Messages observed.</summary>
    public long Messages { get; private set; }

    /// <summary>Heap bytes with all arrays, used or not.</summary>
    public long MemoryBytes
    {
        get
        {
            var bytes = ObjectBytes + ArrayBytes + (_chunks.Length * (long)Unsafe.SizeOf<Chunk>()) + ArrayBytes + (_sums.Length * 4L);
            for (var i = 0; i < _chunkCount; i++)
            {
                bytes += ArrayBytes + (_chunks[i].Keys.Length * 8L) + (_chunks[i].Counts is { } counts ? ArrayBytes + (counts.Length * 4L) : 0);
            }

            return bytes;
        }
    }

    /// <summary>
    /// The rank of a message that arrives for the first time, which then counts for the later ones. At most the largest rank of the constructor, which then
    /// means "that many or more".
    /// </summary>
    public int Observe(ulong orderKey)
    {
        Messages++;
        if (_chunkCount == 0)
        {
            Grow();
            _chunks[_chunkCount++] = new Chunk { Keys = new ulong[FirstChunkKeys] };
        }

        var last = _chunkCount - 1;
        int index, slot, rank;
        bool isHeld;
        if (_held == 0 || orderKey > _chunks[last].Newest)
        {
            (index, slot, isHeld, rank) = (last, _chunks[last].End, false, 0);
        }
        else
        {
            index = FindChunk(orderKey);
            isHeld = _chunks[index].Find(orderKey, out slot);
            rank = _held - SumBefore(index) - _chunks[index].TotalBefore(slot);
        }

        if (rank == _maxRank)
        {
            return rank; // everything held is at least as new: this one would be forgotten at once
        }

        if (isHeld)
        {
            _chunks[index].Increment(slot);
            Add(index, 1);
        }
        else
        {
            Insert(index, slot, orderKey);
        }

        if (++_held > _maxRank)
        {
            ForgetOldest();
        }

        return rank;
    }

    private void Insert(int index, int slot, ulong key)
    {
        if (!_chunks[index].TryInsert(slot, key))
        {
            if (index == _chunkCount - 1 && slot == _chunks[index].End)
            {
                // In order: the full chunk stays full.
                AddChunk(index + 1, new Chunk { Keys = new ulong[ChunkKeys] });
                index++;
            }
            else
            {
                // At the young end most of what follows will be appended, so that the chunk before stays nearly full and keeps room for latecomers.
                AddChunk(index + 1, _chunks[index].SplitOff(index == _chunkCount - 1 ? ChunkKeys / 8 : ChunkKeys / 2));
                index += key > _chunks[index].Newest ? 1 : 0;
            }

            _chunks[index].Find(key, out slot);
            _chunks[index].TryInsert(slot, key);
            RebuildSums();
        }
        else
        {
            Add(index, 1);
        }
    }

    private void ForgetOldest()
    {
        _held--;
        if (!_chunks[0].RemoveOldest())
        {
            Add(0, -1);
            return;
        }

        _chunkCount--;
        _chunks.AsSpan(1, _chunkCount).CopyTo(_chunks);
        _chunks[_chunkCount] = default;
        RebuildSums();
    }

    private void AddChunk(int index, Chunk chunk)
    {
        Grow();
        _chunks.AsSpan(index, _chunkCount - index).CopyTo(_chunks.AsSpan(index + 1));
        _chunks[index] = chunk;
        _chunkCount++;
    }

    private void Grow()
    {
        if (_chunkCount == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunkCount + Math.Max(1, _chunkCount / 4));
            _sums = new int[_chunks.Length + 1];
        }
    }

    /// <summary>The last chunk whose first key is not after the given one, else the first chunk.</summary>
    private int FindChunk(ulong key)
    {
        int low = 0, high = _chunkCount;
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (_chunks[middle].Oldest <= key)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Sums over chunks are a binary indexed tree: both directions cost the logarithm of the number of chunks. It is built anew when a chunk comes or goes,
    // which is once in hundreds of messages.
    private void Add(int index, int messages)
    {
        for (var node = index + 1; node <= _chunkCount; node += node & -node)
        {
            _sums[node] += messages;
        }
    }

    private int SumBefore(int index)
    {
        var sum = 0;
        for (var node = index; node > 0; node -= node & -node)
        {
            sum += _sums[node];
        }

        return sum;
    }

    private void RebuildSums()
    {
        _sums.AsSpan().Clear();
        for (var node = 1; node <= _chunkCount; node++)
        {
            _sums[node] += _chunks[node - 1].Total;
            var parent = node + (node & -node);
            if (parent <= _chunkCount)
            {
                _sums[parent] += _sums[node];
            }
        }
    }

    /// <summary>Different timestamps in order. Counts exist only once two messages had the same one.</summary>
    private struct Chunk
    {
        public ulong[] Keys;
        public int[]? Counts;
        public int Start;
        public int End;
        public int Total;

        public readonly ulong Oldest => Keys[Start];

        public readonly ulong Newest => Keys[End - 1];

        public readonly bool Find(ulong key, out int slot)
        {
            var found = Keys.AsSpan(Start, End - Start).BinarySearch(key);
            slot = Start + (found < 0 ? ~found : found);
            return found >= 0;
        }

        public readonly int TotalBefore(int slot)
        {
            if (Counts is null)
            {
                return slot - Start;
            }

            var total = 0;
            foreach (var count in Counts.AsSpan(Start, slot - Start))
            {
                total += count;
            }

            return total;
        }

        public void Increment(int slot)
        {
            if (Counts is null)
            {
                Counts = new int[Keys.Length];
                Counts.AsSpan(Start, End - Start).Fill(1);
            }

            Counts[slot]++;
            Total++;
        }

        public bool TryInsert(int slot, ulong key)
        {
            if (End == Keys.Length)
            {
                if (Start > 0)
                {
                    Keys.AsSpan(Start, End - Start).CopyTo(Keys);
                    Counts?.AsSpan(Start, End - Start).CopyTo(Counts);
                    (slot, End, Start) = (slot - Start, End - Start, 0);
                }
                else if (End < ChunkKeys)
                {
                    Array.Resize(ref Keys, Math.Min(ChunkKeys, End * 2));
                    if (Counts is not null)
                    {
                        Array.Resize(ref Counts, Keys.Length);
                    }
                }
                else
                {
                    return false;
                }
            }

            Keys.AsSpan(slot, End - slot).CopyTo(Keys.AsSpan(slot + 1));
            Keys[slot] = key;
            if (Counts is not null)
            {
                Counts.AsSpan(slot, End - slot).CopyTo(Counts.AsSpan(slot + 1));
                Counts[slot] = 1;
            }

            End++;
            Total++;
            return true;
        }

        /// <summary>So many of the youngest move to a chunk of their own.</summary>
        public Chunk SplitOff(int keys)
        {
            var middle = End - keys;
            var half = new Chunk { Keys = new ulong[ChunkKeys], Counts = Counts is null ? null : new int[ChunkKeys], End = End - middle };
            Keys.AsSpan(middle, half.End).CopyTo(half.Keys);
            Counts?.AsSpan(middle, half.End).CopyTo(half.Counts);
            half.Total = Total - TotalBefore(middle);
            Total -= half.Total;
            End = middle;
            return half;
        }

        /// <summary>True when nothing is left.</summary>
        public bool RemoveOldest()
        {
            Total--;
            if (Counts is not null && --Counts[Start] > 0)
            {
                return false;
            }

            Start++;
            return Start == End;
        }
    }
}
