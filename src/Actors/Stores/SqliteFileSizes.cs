using Microsoft.Data.Sqlite;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Keeps database file and log as small as what is stored: free pages are given back in small steps while nothing else is to do, and a log
/// that a burst made long is cut. A log of the usual length stays as it is, because writing over it is cheaper than making it grow again.
/// </summary>
internal sealed class SqliteFileSizes : IDisposable
{
    /// <summary>So many pages in the log and it is written into the file (16 MB).</summary>
    public const int LogPages = 4096;

    /// <summary>A frame of the log is a page and 24 bytes. The transaction that reaches <see cref="LogPages"/> goes beyond it: twice as long is usual.</summary>
    public const long LogBytes = 2 * LogPages * (4096 + 24);

    /// <summary>1 MB: also what may stay free for the next messages.</summary>
    private const int PagesOfStep = 256;

    private readonly string _logPath;
    private readonly SqliteStatement _freePages;
    private readonly SqliteStatement _vacuum;
    private readonly SqliteStatement _cutLog;
    private bool _isFileToBeCut;

    public SqliteFileSizes(SqliteConnection connection)
    {
        _logPath = connection.DataSource + "-wal";
        var handle = connection.Handle!;
        _freePages = new SqliteStatement(handle, "PRAGMA freelist_count");
        _vacuum = new SqliteStatement(handle, $"PRAGMA incremental_vacuum({PagesOfStep})");
        _cutLog = new SqliteStatement(handle, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>One step; true: there is more to do.</summary>
    public bool Tidy()
    {
        _freePages.Step();
        var free = _freePages.Int64(0);
        _freePages.Reset();
        if (free > PagesOfStep)
        {
            _vacuum.Execute();
            _isFileToBeCut = true;
            return true;
        }

        // Pages that were given back leave the file when the log is written into it.
        if (_isFileToBeCut || new FileInfo(_logPath) is { Exists: true, Length: > LogBytes })
        {
            _isFileToBeCut = false;
            _cutLog.Execute();
        }

        return false;
    }

    public void Dispose()
    {
        _freePages.Dispose();
        _vacuum.Dispose();
        _cutLog.Dispose();
    }
}
