using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>What the disk itself can do: so many bodies in one write into a file that was written before, then fdatasync.</summary>
internal sealed class RawDisk : IStoreContender
{
    private const long FileBytes = 64L << 20;

    private readonly SafeFileHandle _file;
    private readonly byte[] _batch;
    private readonly int _records;
    private long _position;

    public RawDisk(string folder, int records, int bodyBytes)
    {
        _records = records;
        _batch = MailboxRecords.BodyOf(1, records * bodyBytes);
        _file = File.OpenHandle(Path.Combine(folder, "raw"), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(_file, new byte[FileBytes], 0);
        RandomAccess.FlushToDisk(_file);
    }

    public Task<long> WorkAsync(TimeSpan slice)
    {
        var written = 0L;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < slice; written += _records)
        {
            _position = _position + _batch.Length > FileBytes ? 0 : _position;
            RandomAccess.Write(_file, _batch, _position);
            _position += _batch.Length;
            if (SyncData(_file) != 0)
            {
                throw new IOException($"fdatasync: error {Marshal.GetLastPInvokeError()}");
            }
        }

        return Task.FromResult(written);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncData(SafeFileHandle file);
}
