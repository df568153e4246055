using System.Buffers.Binary;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>
/// Finds the replays of a trace that does not fit into memory: rows go to temporary files by hash, so that copies of a row meet in the same file, and each file
/// is looked through by itself. What is left is one bit per row. The files are gone when this is disposed.
/// </summary>
internal sealed class ReplayFiles : IDisposable
{
    private const int RecordBytes = 8 + 4 + 8 + ReplayDigest.Length;
    private const int BufferBytes = 1 << 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("uefarm-size-").FullName;
    private readonly FileStream[] _files;
    private readonly List<ulong[]> _replays = [];

    /// <param name="files">1 to 1,000; a file's distinct rows must fit into memory.</param>
    public ReplayFiles(int files)
    {
        _files = new FileStream[files];
        for (var i = 0; i < files; i++)
        {
            _files[i] = new FileStream(Path.Combine(_folder, $"{i}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes);
        }
    }

    /// <summary>Rows are added in their order, numbered from 0.</summary>
    public void Add(long number, in TraceRow row)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, number);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], row.Phone);
        BinaryPrimitives.WriteUInt64LittleEndian(record[12..], row.Timestamp);
        row.Digest.Write(record[20..]);
        _files[(FirstArrivals.HashOf(row) >> 46) % (ulong)_files.Length].Write(record);
    }

    /// <summary>After the last row: looks for replays, file by file.</summary>
    public void Find(CancellationToken cancellation)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        foreach (var file in _files)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = new FirstArrivals();
            file.Position = 0;
            while (file.ReadAtLeast(record, RecordBytes, throwOnEndOfStream: false) == RecordBytes)
            {
                var row = new TraceRow(
                    BinaryPrimitives.ReadInt32LittleEndian(record[8..]), BinaryPrimitives.ReadUInt64LittleEndian(record[12..]), ReplayDigest.Read(record[20..]), true);
                if (!seen.Add(row, FirstArrivals.HashOf(row)))
                {
                    Mark(BinaryPrimitives.ReadInt64LittleEndian(record));
                }
            }

            file.SetLength(0);
        }
    }

    public bool IsReplay(long number)
    {
        var page = (int)(number >> 22);
        return page < _replays.Count && (_replays[page][(number >> 6) & 0xFFFF] & (1UL << (int)(number & 63))) != 0;
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file?.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Mark(long number)
    {
        var page = (int)(number >> 22);
        while (_replays.Count <= page)
        {
            _replays.Add(new ulong[1 << 16]);
        }

        _replays[page][(number >> 6) & 0xFFFF] |= 1UL << (int)(number & 63);
    }
}
