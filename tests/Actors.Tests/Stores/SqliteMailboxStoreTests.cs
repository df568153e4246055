using Microsoft.Data.Sqlite;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public sealed class SqliteMailboxStoreTests : MailboxStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-store-");

    protected override MailboxStoreSettings Settings => FileSettings;

    private SqliteMailboxStoreSettings FileSettings => new() { Path = FilePath };

    private string FilePath => Path.Combine(_folder.FullName, "mailboxes.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var junk = MailboxRecords.BodyOf(1, 10_000);
        File.WriteAllBytes(FilePath, junk);
        Assert.Contains("not a database", ProblemOfOpening(Settings), StringComparison.Ordinal);
        Assert.Equal(junk, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_alone()
    {
        Sql("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
        var before = File.ReadAllBytes(FilePath);
        Assert.Contains("another program", ProblemOfOpening(Settings), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public async Task A_later_schema_is_refused()
    {
        await Open().DisposeAsync();
        Sql("PRAGMA user_version = 4");
        Assert.Contains("schema version 4, this program knows versions up to 3", ProblemOfOpening(Settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_version_1_keeps_its_messages()
    {
        var kept = MailboxRecords.Create(3, bodyBytes: 300, timestamp: TimeSpan.FromSeconds(9)) with { Subject = "kept" };
        WriteFileOfVersion1(kept);
        await using (var store = Open())
        {
            Assert.Equal(new MailboxInventory(1, 300, kept.ExpiresAt), Assert.Single(store.Recovery.Backlogs).Value);
            Assert.Equal([Carol], store.Recovery.Online);
            Assert.True(store.Recovery.HighestArrival > kept.Arrival);
            var added = MailboxRecords.Create(store.Recovery.HighestArrival + 1, timestamp: TimeSpan.FromSeconds(5));
            store.TryAppend(added, Client);
            AskForPage(store);
            await store.FlushAsync();
            AssertSame([added, kept], Take().Records);
        }

        Assert.Equal(3, Number("PRAGMA user_version"));
        Assert.Equal(2, Number("PRAGMA auto_vacuum")); // such files can shrink, those of version 1 could not
    }

    [Fact]
    public async Task A_damaged_file_is_refused_and_what_there_was_no_time_to_look_at_fails_when_it_is_read()
    {
        await using (var store = Open())
        {
            for (var arrival = 1; arrival <= 2000; arrival++)
            {
                store.TryAppend(MailboxRecords.Create(arrival), Client);
            }
        }

        DamageLeavesOfTables();
        Assert.Contains("damaged", ProblemOfOpening(Settings), StringComparison.Ordinal);

        await using var unchecked_ = Open(FileSettings with { MaxCheckTime = TimeSpan.Zero });
        Assert.Equal(2000, unchecked_.Recovery.Backlogs[Bob].Count); // from the index
        unchecked_.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxRecords.Create(500).Position, default, 16), Client);
        Assert.False((await NextReadAsync()).Succeeded);
        Assert.Equal(1, unchecked_.FailedCommits);
    }

    [Fact]
    public async Task Files_are_as_small_as_what_is_stored_after_every_round_of_filling_and_draining()
    {
        await using var store = Open(Settings with { IdleDelay = TimeSpan.FromMilliseconds(10) });
        await FillAndDrainAsync(store, rounds: 4, async fullBytes =>
        {
            await UntilAsync(() => new FileInfo(FilePath).Length < fullBytes / 4);

            // The log keeps the length that it has in normal use, not that of the burst.
            await UntilAsync(() => new FileInfo(FilePath + "-wal").Length <= SqliteFileSizes.LogBytes + 4096);
        });
        Assert.Null(store.Problem);
    }

    [Fact]
    public async Task What_was_removed_stays_so_after_a_crash_although_its_rows_are_there()
    {
        await using var store = Open(Settings with { IdleDelay = TimeSpan.FromHours(1) });
        for (var arrival = 1; arrival <= 20; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival, bodyBytes: 100), Client);
        }

        await store.FlushAsync();
        for (var arrival = 1; arrival <= 5; arrival++)
        {
            store.Remove(arrival);
        }

        await store.FlushAsync();
        Assert.Equal(20, RowsNow("messages"));

        Copy();
        await using var crashed = Open(FileSettings with { Path = CopyPath });
        Assert.Equal((15, 1500), (crashed.Recovery.Backlogs[Bob].Count, crashed.Recovery.Backlogs[Bob].BodyBytes));
        AskForPage(crashed);
        Assert.Equal(Enumerable.Range(6, 15).Select(static arrival => (long)arrival), (await NextReadAsync()).Records.Select(static record => record.Arrival));
        crashed.Read(Bob, new MailboxRead(MailboxReadKind.Expired, default, DateTimeOffset.MinValue, 16), Client);
        Assert.Equal(15, (await NextReadAsync()).Inventory.Count);
    }

    [Fact]
    public async Task Rows_of_removed_messages_go_by_the_thousand_and_the_rest_when_nothing_else_is_to_do()
    {
        const int Records = 20_000;
        const int Left = 10;
        await using var store = Open(Settings with { IdleDelay = TimeSpan.FromHours(1) });
        for (var arrival = 1; arrival <= Records; arrival++)
        {
            Assert.True(store.TryAppend(MailboxRecords.Create(arrival, bodyBytes: 10), Client));
        }

        await store.FlushAsync();
        for (var arrival = 1; arrival <= Records - Left; arrival++)
        {
            store.Remove(arrival);
        }

        await store.FlushAsync();
        Assert.InRange(RowsNow("messages"), Left, Records / 2);
        Assert.Equal(RowsNow("messages") - Left, RowsNow("removed"));
        AskForPage(store);
        Assert.Equal(Left, (await NextReadAsync()).Records.Count);
        await store.DisposeAsync();

        Assert.Equal((Left, 0), (Number("SELECT count(*) FROM messages"), Number("SELECT count(*) FROM removed")));
    }

    [Fact]
    public void A_path_that_cannot_be_opened_is_refused() => Assert.Contains(
        "cannot be opened", ProblemOfOpening(FileSettings with { Path = Path.Combine(_folder.FullName, "missing", "x.db") }), StringComparison.Ordinal);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private string CopyPath => FilePath + ".copy";

    /// <summary>What a crash would leave: file and log as they are.</summary>
    private void Copy()
    {
        foreach (var suffix in new[] { "", "-wal" })
        {
            File.Copy(FilePath + suffix, CopyPath + suffix, overwrite: true);
        }
    }

    private long RowsNow(string table)
    {
        Copy();
        return Number($"SELECT count(*) FROM {table}", CopyPath);
    }

    private void DamageLeavesOfTables()
    {
        const int PageBytes = 4096;
        const byte LeafOfTable = 13;
        var pages = File.ReadAllBytes(FilePath);
        for (var page = 20; page < pages.Length / PageBytes / 2; page++) // the check begins at the other end
        {
            if (pages[page * PageBytes] == LeafOfTable)
            {
                pages.AsSpan((page * PageBytes) + 8, 100).Fill(0xee); // where the page says where its records are
            }
        }

        File.WriteAllBytes(FilePath, pages);
    }

    /// <summary>As the first version of the program wrote it; delivered in order of arrival.</summary>
    private void WriteFileOfVersion1(MailboxRecord record)
    {
        Sql("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE messages (
              arrival INTEGER PRIMARY KEY, recipient TEXT NOT NULL, sort_key INTEGER NOT NULL, timestamp INTEGER NOT NULL,
              arrived_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, from_uri TEXT NOT NULL, to_uri TEXT NOT NULL, asserted_identity TEXT,
              date TEXT, expires TEXT, subject TEXT, content_type TEXT NOT NULL, content_encoding TEXT, content_disposition TEXT,
              max_forwards INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
            CREATE INDEX messages_in_order ON messages (recipient, sort_key, arrival);
            CREATE TABLE presence (recipient TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
            INSERT INTO presence VALUES ('sip:carol@ims.example');
            PRAGMA application_id = 1430605122;
            PRAGMA user_version = 1;
            """);
        Sql(
            "INSERT INTO messages VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL, 70, $13)", record.Arrival, record.Recipient,
            unchecked((long)record.Timestamp.Raw), record.ArrivedAt.UtcTicks, record.ExpiresAt.UtcTicks, record.FromUri, record.ToUri,
            record.AssertedIdentity!, record.Date!, record.Expires!, record.Subject!, record.ContentType, record.Body.ToArray());
    }

    private void Sql(string sql, params ReadOnlySpan<object> parameters)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", parameters[i]);
        }

        command.ExecuteNonQuery();
    }

    private long Number(string sql, string? path = null)
    {
        using var connection = new SqliteConnection($"Data Source={path ?? FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
