using System.Diagnostics;
using Microsoft.Data.Sqlite;
using UeFarm.Actors.Stores;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// Inserts into a table of three columns without another index, in transactions of so many, WAL and synchronous=FULL as in the store. Its log is
/// written full once before anything is timed: a log that still grows costs the file system's journal with every commit.
/// </summary>
internal sealed class BareSqlite : IStoreContender
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insert;
    private readonly byte[] _body;
    private readonly int _batch;
    private long _arrival;

    public BareSqlite(string folder, int batch, int bodyBytes)
    {
        _batch = batch;
        _body = MailboxRecords.BodyOf(1, bodyBytes);
        _connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False");
        _connection.Open();
        SqliteSchema.Run(_connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;");
        SqliteSchema.Run(_connection, $"PRAGMA wal_autocheckpoint = {SqliteFileSizes.LogPages};");
        SqliteSchema.Run(_connection, "CREATE TABLE messages (arrival INTEGER PRIMARY KEY, recipient TEXT NOT NULL, body BLOB NOT NULL) STRICT;");
        _begin = new SqliteStatement(_connection.Handle!, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_connection.Handle!, "COMMIT");
        _insert = new SqliteStatement(_connection.Handle!, "INSERT INTO messages VALUES (?,?,?)");
        for (var page = 0; page < 3 * SqliteFileSizes.LogPages; page += 1000)
        {
            Insert(1000);
        }
    }

    /// <summary>On a thread of its own, as the store has one.</summary>
    public Task<long> WorkAsync(TimeSpan slice) => Task.Factory.StartNew(
        () =>
        {
            var stored = 0L;
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < slice; stored += _batch)
            {
                Insert(_batch);
            }

            return stored;
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Insert(int records)
    {
        _begin.Execute();
        for (var i = 0; i < records; i++)
        {
            _insert.Bind(1, ++_arrival).Bind(2, "sip:bob@ims.example").BindBlob(3, _body).Execute();
        }

        _commit.Execute();
    }
}
