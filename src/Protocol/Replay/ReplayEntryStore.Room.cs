using System.Diagnostics;

namespace UeFarm.Protocol.Replay;

/// <summary>How full chunks get room.</summary>
internal sealed partial class ReplayEntryStore
{
    /// <summary>Makes a full chunk less full: a larger array up to the chunk size, else a neighbour takes some, else a new chunk does.</summary>
    private void MakeRoom(int index)
    {
        ref var chunk = ref _chunks[_first + index];
        var capacity = CapacityOf(chunk);
        if (capacity < _chunkEntries)
        {
            var wanted = Math.Min(_chunkEntries, capacity + Math.Max(4, capacity / 2));
            var larger = new byte[(wanted < _capacity ? wanted : _chunkEntries) * _entryBytes];
            chunk.Data.CopyTo(larger, 0);
            chunk.Data = larger;
            return;
        }

        // With less room, giving entries away would soon have to be done again; with one place the taker would be full itself.
        var worthwhile = Math.Max(2, _chunkEntries / 16);
        if (index + 1 < _chunkCount && FreeOf(index + 1) >= worthwhile)
        {
            MoveToNext(index, FreeOf(index + 1) / 2);
        }
        else if (index > 0 && FreeOf(index - 1) >= worthwhile)
        {
            MoveToPrevious(index, FreeOf(index - 1) / 2);
        }
        else if (index + 1 < _chunkCount)
        {
            AddChunk(index + 1, NewChunk(_chunkEntries));
            MoveToNext(index, _chunks[_first + index].Count / 3);
            MoveToPrevious(index + 2, _chunks[_first + index + 2].Count / 3);
        }
        else
        {
            // At the young end: most of what follows will be appended, so the chunk stays nearly full and keeps room for latecomers.
            AddChunk(index + 1, NewChunk(_chunkEntries));
            MoveToNext(index, Math.Max(1, _chunks[_first + index].Count / 8));
        }
    }

    private int FreeOf(int index) => CapacityOf(_chunks[_first + index]) - _chunks[_first + index].Count;

    /// <summary>The last entries of a chunk become the first ones of the next.</summary>
    private void MoveToNext(int index, int count)
    {
        ref var from = ref _chunks[_first + index];
        ref var to = ref _chunks[_first + index + 1];
        count = Math.Min(count, Math.Min(from.Count - 1, CapacityOf(to) - to.Count));
        var start = Math.Max((int)to.Start, count);
        to.Data.AsSpan(to.Start * _entryBytes, to.Count * _entryBytes).CopyTo(to.Data.AsSpan(start * _entryBytes));
        from.Data.AsSpan((from.End - count) * _entryBytes, count * _entryBytes).CopyTo(to.Data.AsSpan((start - count) * _entryBytes));
        to.Start = (ushort)(start - count);
        to.Count += (ushort)count;
        to.FirstKey = KeyAt(to.Data, to.Start);
        from.Count -= (ushort)count;
    }

    /// <summary>The first entries of a chunk become the last ones of the previous.</summary>
    private void MoveToPrevious(int index, int count)
    {
        ref var from = ref _chunks[_first + index];
        ref var to = ref _chunks[_first + index - 1];
        count = Math.Min(count, Math.Min(from.Count - 1, CapacityOf(to) - to.Count));
        if (to.End + count > CapacityOf(to))
        {
            to.Data.AsSpan(to.Start * _entryBytes, to.Count * _entryBytes).CopyTo(to.Data);
            to.Start = 0;
        }

        from.Data.AsSpan(from.Start * _entryBytes, count * _entryBytes).CopyTo(to.Data.AsSpan(to.End * _entryBytes));
        to.Count += (ushort)count;
        to.FirstKey = KeyAt(to.Data, to.Start);
        from.Start += (ushort)count;
        from.Count -= (ushort)count;
        from.FirstKey = KeyAt(from.Data, from.Start);
    }

    private Chunk NewChunk(int entries)
    {
        var length = entries * _entryBytes;
        var data = _spare?.Length == length ? _spare : new byte[length];
        _spare = ReferenceEquals(data, _spare) ? null : _spare;
        return new Chunk { Data = data };
    }

    private void AddChunk(int index, Chunk chunk)
    {
        if (_first + _chunkCount == _chunks.Length)
        {
            var target = _first > 0 ? _chunks : new Chunk[_chunks.Length + Math.Max(1, _chunks.Length / 8)];
            _chunks.AsSpan(_first, _chunkCount).CopyTo(target);
            target.AsSpan(_chunkCount).Clear();
            _chunks = target;
            _first = 0;
        }

        var at = _first + index;
        _chunks.AsSpan(at, _chunkCount - index).CopyTo(_chunks.AsSpan(at + 1));
        _chunks[at] = chunk;
        _chunkCount++;
        Debug.Assert(_first + _chunkCount <= _chunks.Length, "the index has room");
    }
}
