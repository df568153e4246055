using Npgsql;
using UeFarm.Actors.Stores;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// P12: messages stored durably by concurrent senders, beside the disk itself and bare inserts in batches of as many, all in short slices by turns; then
/// space and draining.
/// </summary>
internal static class StoreLoad
{
    private const int BodyBytes = 1400;
    private const int Rounds = 30;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Kinds: none means all.</summary>
    public static async Task RunAsync(string[] kinds)
    {
        var withSqlite = kinds.Length == 0 || kinds.Contains("sqlite");
        var withPostgres = kinds.Length == 0 || kinds.Contains("postgresql");
        if (withPostgres && PostgresCluster.Missing is { } missing)
        {
            Console.WriteLine($"Without PostgreSQL: {missing}");
            withPostgres = false;
        }

        await using var postgres = withPostgres ? await PostgresCluster.StartAsync("-c min_wal_size=1GB -c max_wal_size=2GB") : null;

        Table.Head(
            $"Durable records of {BodyBytes} bytes, {Rounds} slices of {Slice.TotalMilliseconds} ms by turns", "disk/s", "bare/s", "stored/s", "commits/s", "us CPU",
            "store/bare", "store/disk");
        foreach (var senders in new[] { 1, 10, 100 })
        {
            if (withSqlite)
            {
                await BenchmarkRuns.WithFolderAsync(folder => CompareAsync(
                    $"SQLite, {senders} senders", folder, senders, new BareSqlite(folder, senders, BodyBytes),
                    new SqliteMailboxStoreSettings { Path = Path.Combine(folder, "store.db") }));
            }

            if (postgres is not null)
            {
                await BenchmarkRuns.WithFolderAsync(folder => CompareAsync(
                    $"PostgreSQL, {senders} senders", folder, senders, new BarePostgres(postgres.ConnectionTo("public"), $"bare_{senders}", senders, BodyBytes),
                    new PostgresMailboxStoreSettings { ConnectionString = postgres.ConnectionTo($"store_{senders}") }));
            }
        }

        Table.Head("Space, and draining 200 mailboxes of 100 messages by pages of 16", "bytes each", "drained/s", "us CPU");
        if (withSqlite)
        {
            await BenchmarkRuns.WithFolderAsync(folder => DrainAsync(
                "SQLite", new SqliteMailboxStoreSettings { Path = Path.Combine(folder, "store.db") },
                () => Task.FromResult(new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length))));
        }

        if (postgres is not null)
        {
            await DrainAsync(
                "PostgreSQL (without its log)", new PostgresMailboxStoreSettings { ConnectionString = postgres.ConnectionTo("drain") },
                () => SizeOfTableAsync(postgres.ConnectionTo("drain")));
        }
    }

    private static async Task<bool> CompareAsync(string name, string folder, int senders, IStoreContender bare, MailboxStoreSettings settings)
    {
        await using var disk = new RawDisk(folder, senders, BodyBytes);
        await using var store = new StoreContender(settings, senders, BodyBytes);
        await using (bare)
        {
            IStoreContender[] contenders = [disk, bare, store];
            await store.FillLogAsync();
            foreach (var contender in contenders)
            {
                await contender.WorkAsync(4 * Slice); // compiled, cached
            }

            var (commits, cpu) = (store.Store.Commits, store.Cpu);
            var records = new long[contenders.Length];
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < contenders.Length; i++)
                {
                    records[i] += await contenders[i].WorkAsync(Slice);
                }
            }

            var seconds = Rounds * Slice.TotalSeconds;
            Table.Row(
                name, records[0] / seconds, records[1] / seconds, records[2] / seconds, (store.Store.Commits - commits) / seconds,
                (store.Cpu - cpu).TotalMicroseconds / records[2], (double)records[2] / records[1], (double)records[2] / records[0]);
        }

        return true;
    }

    private static async Task<bool> DrainAsync(string name, MailboxStoreSettings settings, Func<Task<long>> sizeOf)
    {
        var (perSecond, cpu, bytesEach) = await StoreDrain.MeasureAsync(settings, BodyBytes, sizeOf);
        Table.Row(name, bytesEach, perSecond, cpu);
        return true;
    }

    private static async Task<long> SizeOfTableAsync(string connectionText)
    {
        await using var connection = new NpgsqlConnection(connectionText + ";Pooling=false");
        await connection.OpenAsync();
        await using var size = new NpgsqlCommand("SELECT pg_total_relation_size('mailbox_messages')", connection);
        return (long)(await size.ExecuteScalarAsync())!;
    }
}
