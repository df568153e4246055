using System.Diagnostics;
using Microsoft.Data.Sqlite;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>P12: messages stored durably by concurrent writers, each waiting for its confirmation, beside bare inserts of the same bodies in batches of as many.</summary>
internal static class StoreLoad
{
    private const int BodyBytes = 1400;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        Table.Head($"Durable records of {BodyBytes} bytes (WAL, synchronous=FULL)", "stored/s", "us CPU", "commits/s", "bare/s", "ratio");
        await BenchmarkRuns.WithFolderAsync(folder => MeasureStoreAsync(folder, 100));
        foreach (var writers in new[] { 1, 10, 100 })
        {
            // Before and after, the better counts: the disk's mood changes from second to second.
            var before = await BenchmarkRuns.WithFolderAsync(folder => Task.FromResult(MeasureBare(folder, writers)));
            var (used, stored, commits) = await BenchmarkRuns.WithFolderAsync(folder => MeasureStoreAsync(folder, writers));
            var bare = Math.Max(before, await BenchmarkRuns.WithFolderAsync(folder => Task.FromResult(MeasureBare(folder, writers))));
            var rate = stored / used.Elapsed.TotalSeconds;
            Table.Row($"{writers} writers", rate, used.MicrosecondsPer(stored), commits / used.Elapsed.TotalSeconds, bare, rate / bare);
        }
    }

    private static async Task<(Usage Used, long Stored, long Commits)> MeasureStoreAsync(string folder, int writers)
    {
        if (!MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = Path.Combine(folder, "store.db") }, out var opened, out var problem))
        {
            throw new IOException(problem);
        }

        await using var store = opened!;
        var numbers = new Numbers();
        var deadline = Stopwatch.GetTimestamp() + (long)(Window.TotalSeconds * Stopwatch.Frequency);
        var start = Usage.Now();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => new Writer(store, numbers).WriteUntilAsync(deadline))));
        return (Usage.Now() - start, numbers.Last, store.Commits);
    }

    /// <summary>Records per second.</summary>
    private static double MeasureBare(string folder, int batch)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;");
        Execute(connection, "CREATE TABLE messages (arrival INTEGER PRIMARY KEY, recipient TEXT NOT NULL, body BLOB NOT NULL) STRICT;");
        using var begin = new SqliteStatement(connection.Handle!, "BEGIN IMMEDIATE");
        using var commit = new SqliteStatement(connection.Handle!, "COMMIT");
        using var insert = new SqliteStatement(connection.Handle!, "INSERT INTO messages VALUES (?,?,?)");
        var body = MailboxRecords.BodyOf(1, BodyBytes);
        var stored = 0L;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Window)
        {
            begin.Execute();
            for (var i = 0; i < batch; i++)
            {
                insert.Bind(1, ++stored).Bind(2, "sip:bob@ims.example").BindBlob(3, body).Execute();
            }

            commit.Execute();
        }

        return stored / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    private sealed class Numbers
    {
        private long _last;

        public long Last => Interlocked.Read(ref _last);

        public long Next() => Interlocked.Increment(ref _last);
    }

    /// <summary>One record at a time.</summary>
    private sealed class Writer(MailboxStore store, Numbers numbers) : IMailboxStoreClient
    {
        private readonly MailboxRecord _template = MailboxRecords.Create(0, bodyBytes: BodyBytes);
        private TaskCompletionSource<bool> _confirmed = new();

        public async Task WriteUntilAsync(long deadline)
        {
            while (Stopwatch.GetTimestamp() < deadline)
            {
                var arrival = numbers.Next();
                _confirmed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                var record = _template with { Arrival = arrival, Position = MailboxPosition.Of(_template.Timestamp, arrival, oldestFirst: true) };
                if (!store.TryAppend(record, this) || !await _confirmed.Task)
                {
                    throw new IOException("a record was refused");
                }
            }
        }

        public void OnAppended(MailboxRecord record, bool durable) => _confirmed.SetResult(durable);

        public void OnRead(MailboxReadResult result) => throw new InvalidOperationException("nothing was read");
    }
}
