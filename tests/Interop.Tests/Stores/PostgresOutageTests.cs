using UeFarm.Actors.Stores;
using UeFarm.Actors.Tests.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>Connections that get lost at the worst moment: what was confirmed is there once, what was refused is not there.</summary>
[Collection(PostgresTestGroup.Name)]
public sealed class PostgresOutageTests(PostgresFixture postgres) : IAsyncDisposable
{
    private const string Bob = "sip:bob@ims.example";
    private const string Carol = "sip:carol@ims.example";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly TcpRelay _relay = new(postgres.Cluster.Port);
    private readonly RecordingStoreClient _client = new();

    /// <summary>Seconds. Where a connection is cut, that and not the time tells the store, however slow the machine.</summary>
    private int _commandTimeout = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresMailboxStoreSettings Settings => new()
    {
        ConnectionString = postgres.Cluster.ConnectionTo(_schema, _relay.Port) + $";Command Timeout={_commandTimeout}",
        LockWait = TimeSpan.FromMilliseconds(500),
        RetryBase = TimeSpan.FromMilliseconds(20),
        RetryCap = TimeSpan.FromMilliseconds(200),
        LazyDelay = TimeSpan.FromMilliseconds(1),
    };

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    [Fact]
    public async Task A_connection_that_was_lost_while_idle_costs_nobody_an_answer()
    {
        await using var store = Open();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await store.FlushAsync();
        _relay.Cut(refuse: false);
        store.TryAppend(MailboxRecords.Create(2), _client);
        store.Remove(1);
        await store.FlushAsync();
        Assert.Equal([(1, true), (2, true)], _client.Appended);
        Assert.Equal([2], await HeldAsync());
        Assert.Null(store.Problem);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_whose_answer_was_lost_is_found_out_about_and_confirmed_once(bool isCut)
    {
        _commandTimeout = isCut ? _commandTimeout : 1;
        await using var store = Open();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await store.FlushAsync();

        _relay.SwallowAnswers();
        store.Remove(1);
        store.TryAppend(MailboxRecords.Create(2), _client);
        await UntilAsync(async () => (await HeldAsync()).Contains(2)); // committed, and the store does not know
        if (isCut)
        {
            Assert.Equal([(1, true)], _client.Appended);
            _relay.Cut(refuse: false);
        }

        // Else both ends believe in the old connection: its session is ended by the next one when the command is out of time.
        await UntilAsync(() => Task.FromResult(_client.Appended.Count == 2));
        await store.FlushAsync();
        Assert.Equal([(1, true), (2, true)], _client.Appended);
        Assert.Equal([2], await HeldAsync());
        Assert.Equal(1, store.FailedCommits);
    }

    [Fact]
    public async Task What_was_refused_in_doubt_is_removed_before_anything_is_read()
    {
        await using var store = Open();
        _relay.SwallowAnswers();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await UntilAsync(async () => (await HeldAsync()).Contains(1));
        _relay.Cut(refuse: true);
        await UntilAsync(() => Task.FromResult(!_client.Appended.IsEmpty));
        Assert.Equal([(1, false)], _client.Appended);
        Assert.False(store.TryAppend(MailboxRecords.Create(2), _client));
        Assert.NotNull(store.Problem);

        _relay.Mend();
        MailboxReadResult inventory;
        do
        {
            store.Read(Bob, new MailboxRead(MailboxReadKind.Inventory, default, default, 0), _client);
            inventory = await _client.NextReadAsync(Cancellation);
        }
        while (!inventory.Succeeded);
        Assert.Equal(MailboxInventory.Empty, inventory.Inventory);
        Assert.Empty(await HeldAsync());
    }

    [Fact]
    public async Task While_the_database_is_down_nothing_is_confirmed_and_afterwards_everything_owed_is_done()
    {
        await using var store = Open();
        for (var arrival = 1; arrival <= 10; arrival++)
        {
            store.TryAppend(MailboxRecords.Create(arrival), _client);
        }

        await store.FlushAsync();
        await postgres.Cluster.StopServerAsync(immediate: true);
        try
        {
            store.TryAppend(MailboxRecords.Create(11), _client); // finds out
            await UntilAsync(() => Task.FromResult(_client.Appended.Count == 11));
            Assert.False(store.TryAppend(MailboxRecords.Create(12), _client));
            for (var arrival = 1; arrival <= 9; arrival++)
            {
                store.Remove(arrival);
            }

            store.SetPresence(Bob, true);
            store.SetPresence(Carol, true);
            store.SetPresence(Bob, false);
            await Assert.ThrowsAsync<IOException>(store.FlushAsync);
            store.Read(Bob, new MailboxRead(MailboxReadKind.Page, MailboxPosition.Start, default, 16), _client);
            Assert.False((await _client.NextReadAsync(Cancellation)).Succeeded);
        }
        finally
        {
            await postgres.Cluster.StartServerAsync();
        }

        // Without anybody asking for anything.
        await UntilAsync(async () => (await HeldAsync()).SequenceEqual([10]));
        Assert.Equal(Carol, await postgres.ScalarAsync("SELECT string_agg(recipient, ',') FROM mailbox_presence", _schema));
        await UntilAsync(() => Task.FromResult(store.TryAppend(MailboxRecords.Create(13), _client)));
        await store.FlushAsync();
        Assert.Equal((13, true), _client.Appended.Last());
        Assert.Equal((11, false), _client.Appended.ElementAt(10));
        Assert.Null(store.Problem);
    }

    [Fact]
    public async Task A_server_whose_data_another_one_took_over_stays_out()
    {
        await using var store = Open();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await store.FlushAsync();
        _relay.Cut(refuse: true);
        Assert.True(MailboxStore.TryOpen(Settings with { ConnectionString = postgres.Cluster.ConnectionTo(_schema) }, out var other, out var problem), problem);
        await using (other)
        {
            _relay.Mend();
            store.TryAppend(MailboxRecords.Create(2), _client); // finds out
            await UntilAsync(() => Task.FromResult(store.Problem?.Contains("in use by another server", StringComparison.Ordinal) == true));
            other!.Remove(1);
        }

        await UntilAsync(() => Task.FromResult(store.Problem?.Contains("another server has worked on these mailboxes", StringComparison.Ordinal) == true));
        Assert.False(store.TryAppend(MailboxRecords.Create(3), _client));
        Assert.Equal([(1, true), (2, false)], _client.Appended);
        Assert.Empty(await HeldAsync());
    }

    [Fact]
    public async Task A_store_that_is_closed_while_the_database_is_away_ends()
    {
        var store = Open();
        store.TryAppend(MailboxRecords.Create(1), _client);
        await store.FlushAsync();
        _relay.Cut(refuse: true);
        store.Remove(1);
        store.TryAppend(MailboxRecords.Create(2), _client);
        await store.DisposeAsync().AsTask().WaitAsync(Patience, Cancellation);
        Assert.Equal([(1, true), (2, false)], _client.Appended);
        Assert.Equal([1], await HeldAsync());
    }

    private MailboxStore Open()
    {
        Assert.True(MailboxStore.TryOpen(Settings, out var store, out var problem), problem);
        return store!;
    }

    private async Task<List<long>> HeldAsync() =>
        [.. (long[])(await postgres.ScalarAsync("SELECT coalesce(array_agg(arrival ORDER BY arrival), '{}') FROM mailbox_messages", _schema))!];

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
