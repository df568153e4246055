using Microsoft.Data.Sqlite;
using UeFarm.Actors.Stores;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public sealed class SqliteMailboxStoreTests : IDisposable
{
    private const string Bob = "sip:bob@ims.example";
    private const string Carol = "sip:carol@ims.example";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-store-");
    private readonly RecordingStoreClient _client = new();

    private string FilePath => Path.Combine(_folder.FullName, "mailboxes.db");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_record_comes_back_equal_in_every_field()
    {
        var full = MailboxRecords.Create(7) with
        {
            ContentTransferEncoding = "binary",
            ContentDisposition = "render",
            Subject = "lunch \u00e4\u20ac",
            MaxForwards = 69,
            Timestamp = new NtpTimestamp(0x0000000180000001),
            Position = MailboxPosition.Of(new NtpTimestamp(0x0000000180000001), 7, oldestFirst: true),
        };
        var bare = full with
        {
            Arrival = 8,
            Position = full.Position with { Arrival = 8 },
            AssertedIdentity = null,
            Date = null,
            Expires = null,
            Subject = null,
            ContentTransferEncoding = null,
            ContentDisposition = null,
            ContentType = string.Empty,
            Body = default,
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        await using (var store = Open())
        {
            Assert.True(store.TryAppend(full, _client));
            Assert.True(store.TryAppend(bare, _client));
        }

        await using var reopened = Open();
        AssertSame([full, bare], await ReadAllAsync(reopened));
    }

    [Fact]
    public async Task What_waits_while_the_disk_works_becomes_one_transaction()
    {
        await using var store = Open();
        _client.WhenAppended = arrival =>
        {
            for (var next = 2; arrival == 1 && next <= 1000; next++)
            {
                Assert.True(store.TryAppend(MailboxRecords.Create(next), _client));
            }
        };
        Assert.True(store.TryAppend(MailboxRecords.Create(1), _client));
        while (_client.Appended.Count < 1000)
        {
            await store.FlushAsync();
        }

        Assert.Equal(2, store.Commits);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => ((long)i, true)), _client.Appended);
    }

    [Fact]
    public async Task Pages_are_in_order_of_timestamp_then_arrival_and_of_one_recipient()
    {
        await using var store = Open();
        int[] seconds = [50, 10, 30, 10, 20, 40];
        for (var i = 0; i < seconds.Length; i++)
        {
            store.TryAppend(MailboxRecords.Create(i + 1, timestamp: TimeSpan.FromSeconds(seconds[i])), _client);
            store.TryAppend(MailboxRecords.Create(i + 101, Carol, timestamp: TimeSpan.FromSeconds(seconds[i])), _client);
        }

        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 4), _client);
        await store.FlushAsync();
        var page = Take();
        Assert.Equal([2, 4, 5, 3], page.Records.Select(record => record.Arrival));

        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, page.Records[^1].Position, default, 4), _client);
        await store.FlushAsync();
        Assert.Equal([6, 1], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task Timestamps_of_the_next_ntp_era_are_ordered_after_those_of_this_one()
    {
        await using var store = Open();
        var wrap = new DateTimeOffset(2036, 2, 7, 6, 28, 16, TimeSpan.Zero) - MailboxRecords.Epoch;
        store.TryAppend(MailboxRecords.Create(1, timestamp: wrap + TimeSpan.FromSeconds(1)), _client);
        store.TryAppend(MailboxRecords.Create(2, timestamp: wrap - TimeSpan.FromSeconds(1)), _client);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 4), _client);
        await store.FlushAsync();
        Assert.Equal([2, 1], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task An_answer_shows_what_was_appended_and_hides_what_was_removed_before_the_question()
    {
        await using var store = Open(new() { Path = FilePath, LazyDelay = TimeSpan.FromHours(1) });
        for (var arrival = 1; arrival <= 4; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival), _client);
        }

        store.Remove(2);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 10), _client);
        store.Remove(3);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 10), _client);
        await store.FlushAsync();
        Assert.Equal([1, 3, 4], Take().Records.Select(record => record.Arrival));
        Assert.Equal([1, 4], Take().Records.Select(record => record.Arrival));
    }

    [Fact]
    public async Task Expired_records_are_found_and_the_rest_is_summed_up()
    {
        await using var store = Open();
        for (var arrival = 1; arrival <= 5; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival, bodyBytes: 100, expiresIn: TimeSpan.FromHours(arrival)), _client);
        }

        var now = MailboxRecords.Epoch.AddHours(2);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Expired, default, now, 16), _client);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Expired, default, now, 2), _client);
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), _client);
        store.Read(Carol, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), _client);
        await store.FlushAsync();

        var all = Take();
        Assert.Equal([1, 2], all.Records.Select(record => record.Arrival));
        Assert.Equal(new MailboxInventory(3, 300, MailboxRecords.Epoch.AddHours(3)), all.Inventory);
        Assert.Equal(now, Take().Inventory.EarliestExpiry); // a full answer: there may be more
        Assert.Equal(new MailboxInventory(5, 500, MailboxRecords.Epoch.AddHours(1)), Take().Inventory);
        Assert.Equal(MailboxInventory.Empty, Take().Inventory);
    }

    [Fact]
    public async Task A_reopened_store_knows_backlogs_presence_and_the_highest_number()
    {
        await using (var store = Open())
        {
            store.TryAppend(MailboxRecords.Create(5, bodyBytes: 10), _client);
            store.TryAppend(MailboxRecords.Create(9, bodyBytes: 20, expiresIn: TimeSpan.FromHours(1)), _client);
            store.TryAppend(MailboxRecords.Create(6, Carol, bodyBytes: 30), _client);
            store.Remove(6);
            store.SetPresence(Bob, true);
            store.SetPresence(Carol, true);
            store.SetPresence(Carol, true);
            store.SetPresence(Bob, false);
        }

        await using var reopened = Open();
        Assert.Equal(9, reopened.Recovery.HighestArrival);
        Assert.Equal(new MailboxInventory(2, 30, MailboxRecords.Epoch.AddHours(1)), Assert.Single(reopened.Recovery.Backlogs).Value);
        Assert.Equal([Carol], reopened.Recovery.Online);
    }

    [Fact]
    public async Task The_order_may_change_between_runs()
    {
        await using (var store = Open())
        {
            store.TryAppend(MailboxRecords.Create(1, timestamp: TimeSpan.FromSeconds(30)), _client);
            store.TryAppend(MailboxRecords.Create(2, timestamp: TimeSpan.FromSeconds(10)), _client);
        }

        foreach (var (oldestFirst, expected) in new (bool, long[])[] { (false, [1, 2]), (true, [2, 1]) })
        {
            await using var store = Open(new() { Path = FilePath, OldestFirst = oldestFirst });
            store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 10), _client);
            await store.FlushAsync();
            Assert.Equal(expected, Take().Records.Select(record => record.Arrival));
        }
    }

    [Fact]
    public async Task A_full_queue_refuses_instead_of_growing()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var store = Open(new() { Path = FilePath, MaxQueuedRecords = 3, MaxQueuedBytes = 3000 });
        _client.WhenAppended = _ =>
        {
            entered.TrySetResult();
            release.Wait();
        };
        Assert.True(store.TryAppend(MailboxRecords.Create(1), _client));
        await entered.Task.WaitAsync(Cancellation);
        Assert.True(store.TryAppend(MailboxRecords.Create(2), _client));
        Assert.True(store.TryAppend(MailboxRecords.Create(3), _client));
        Assert.False(store.TryAppend(MailboxRecords.Create(4), _client)); // 4,200 bytes
        Assert.True(store.TryAppend(MailboxRecords.Create(5, bodyBytes: 1), _client));
        Assert.False(store.TryAppend(MailboxRecords.Create(6, bodyBytes: 1), _client)); // a fourth record
        release.Set();
        await store.FlushAsync();
        Assert.Equal([1, 2, 3, 5], _client.Appended.Select(append => append.Arrival));
        Assert.True(store.TryAppend(MailboxRecords.Create(7), _client));
    }

    [Fact]
    public async Task After_a_failed_transaction_its_records_are_refused_its_removals_kept_and_work_goes_on()
    {
        await using var store = Open(new() { Path = FilePath, LazyDelay = TimeSpan.FromHours(1) });
        store.TryAppend(MailboxRecords.Create(1), _client);
        store.TryAppend(MailboxRecords.Create(2), _client);
        await store.FlushAsync();

        // A number that is in use already fails like a full disk does: in the middle of the transaction.
        _client.WhenAppended = arrival =>
        {
            if (arrival == 3)
            {
                store.Remove(1);
                store.TryAppend(MailboxRecords.Create(2), _client);
                store.TryAppend(MailboxRecords.Create(4), _client);
                store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 10), _client);
            }
        };
        store.TryAppend(MailboxRecords.Create(3), _client);
        while (_client.Appended.Count < 5)
        {
            try
            {
                await store.FlushAsync();
            }
            catch (IOException)
            {
                // the flush may share the transaction that fails
            }
        }

        Assert.Equal([(1, true), (2, true), (3, true), (2, false), (4, false)], _client.Appended);
        Assert.False(Take().Succeeded);
        Assert.Equal(1, store.FailedCommits);
        Assert.True(store.TryAppend(MailboxRecords.Create(5), _client));
        Assert.Equal([2, 3, 5], (await ReadAllAsync(store)).Select(record => record.Arrival));
    }

    [Fact]
    public async Task Reading_everything_goes_over_many_pages()
    {
        await using var store = Open();
        for (var arrival = 1; arrival <= 600; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival, $"sip:{arrival % 7}@ims.example", bodyBytes: 10), _client);
        }

        Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i), (await ReadAllAsync(store)).Select(record => record.Arrival));
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = Open();
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.False(store.TryAppend(MailboxRecords.Create(1), _client));
        store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), _client);
        Assert.False(Take().Succeeded);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAllAsync(store));
        await store.FlushAsync();
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var junk = MailboxRecords.BodyOf(1, 10_000);
        File.WriteAllBytes(FilePath, junk);
        Assert.Contains("not a database", ProblemOfOpening(), StringComparison.Ordinal);
        Assert.Equal(junk, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_alone()
    {
        Sql("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
        var before = File.ReadAllBytes(FilePath);
        Assert.Contains("another program", ProblemOfOpening(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public async Task A_later_schema_is_refused()
    {
        await Open().DisposeAsync();
        Sql("PRAGMA user_version = 2");
        Assert.Contains("schema version 2", ProblemOfOpening(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        await using (var store = Open())
        {
            for (var arrival = 1; arrival <= 500; arrival++)
            {
                store.TryAppend(MailboxRecords.Create(arrival), _client);
            }
        }

        using (var file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            for (var page = 2; page < RandomAccess.GetLength(file) / 4096; page += 3)
            {
                RandomAccess.Write(file, MailboxRecords.BodyOf(page, 100), page * 4096L);
            }
        }

        Assert.Contains("damaged", ProblemOfOpening(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_use_by_a_server_is_refused()
    {
        await using var store = Open();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await store.FlushAsync();
        Assert.Contains("in use", ProblemOfOpening(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_opened_is_refused() =>
        Assert.Contains("cannot be opened", ProblemOfOpening(Path.Combine(_folder.FullName, "missing", "x.db")), StringComparison.Ordinal);

    private SqliteMailboxStore Open(SqliteMailboxStoreSettings? settings = null)
    {
        Assert.True(SqliteMailboxStore.TryOpen(settings ?? new() { Path = FilePath }, out var store, out var problem), problem);
        return store!;
    }

    private string ProblemOfOpening(string? path = null)
    {
        Assert.False(SqliteMailboxStore.TryOpen(new() { Path = path ?? FilePath }, out var store, out var problem));
        Assert.Null(store);
        return problem;
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private MailboxReadResult Take()
    {
        Assert.True(_client.Reads.TryDequeue(out var result));
        return result;
    }

    private static async Task<List<MailboxRecord>> ReadAllAsync(SqliteMailboxStore store)
    {
        var records = new List<MailboxRecord>();
        await foreach (var record in store.ReadAllAsync(Cancellation))
        {
            records.Add(record);
        }

        return records;
    }

    private static void AssertSame(MailboxRecord[] expected, List<MailboxRecord> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Body.Span.SequenceEqual(actual[i].Body.Span));
            Assert.Equal(expected[i] with { Body = default }, actual[i] with { Body = default });
        }
    }
}
