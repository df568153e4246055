using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Tests.Journal;
using UeFarm.Interop.Tests.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Journal;

/// <summary>What every register does, and what PostgreSQL's does besides.</summary>
[Collection(PostgresTestGroup.Name)]
public sealed class PostgresRunRegisterTests : RunRegisterContract, IAsyncLifetime
{
    private readonly PostgresFixture _postgres;
    private readonly PostgresRunRegisterSettings _settings;
    private readonly TcpRelay _relay;
    private readonly List<PostgresRunRegister> _registers = [];

    public PostgresRunRegisterTests(PostgresFixture postgres)
    {
        _postgres = postgres;
        _relay = new TcpRelay(postgres.Cluster.Port);
        _settings = new PostgresRunRegisterSettings
        {
            ConnectionString = postgres.Cluster.ConnectionTo(PostgresFixture.NewSchema()),
            RetryBase = TimeSpan.FromMilliseconds(20),
            RetryCap = TimeSpan.FromMilliseconds(200),
        };
    }

    protected override IRunRegister Register => _registers[0];

    protected override IRunRegister Other => _registers[1];

    public ValueTask InitializeAsync()
    {
        Open(_settings);
        Open(_settings);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var register in _registers)
        {
            await register.DisposeAsync();
        }

        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task While_the_database_is_away_a_question_waits()
    {
        var schema = PostgresFixture.NewSchema();
        var register = Open(_settings with { ConnectionString = _postgres.Cluster.ConnectionTo(schema, _relay.Port) });
        await register.TryCreateAsync(new ClusterRunRecord("run-1", "text", [], DateTimeOffset.UnixEpoch), Cancellation);
        _relay.Cut(refuse: true);
        var start = register.DecideStartAsync("run-1", 7, Cancellation);
        Assert.False(start.IsCompleted);
        _relay.Mend();
        Assert.Equal(7, await start);
    }

    [Fact]
    public async Task Journals_of_the_first_version_get_the_register()
    {
        var schema = PostgresFixture.NewSchema();
        Assert.True(PostgresRunJournal.TryOpen(
            new PostgresRunJournalSettings { ConnectionString = _postgres.Cluster.ConnectionTo(schema), Run = "run-1" }, out var journal, out var problem), problem);
        await journal!.DisposeAsync();
        await _postgres.ScalarAsync("DROP TABLE cluster_runs; UPDATE journal_store SET version = 1", schema);

        Assert.Null(await Open(_settings with { ConnectionString = _postgres.Cluster.ConnectionTo(schema) }).FindNewestAsync(Cancellation));
        Assert.Equal(3, await _postgres.ScalarAsync("SELECT version FROM journal_store", schema));
    }

    [Fact]
    public async Task With_a_run_its_journal_is_forgotten_and_who_still_writes_to_it_is_fenced()
    {
        var schema = PostgresFixture.NewSchema();
        var connection = _postgres.Cluster.ConnectionTo(schema);
        var register = Open(_settings with { ConnectionString = connection });
        var late = new RecordingJournalClient();
        var (journal, claim) = await PlayAsync("run-1");
        await using var first = journal;
        await using var second = (await PlayAsync("run-2")).Journal;
        Assert.Equal("run-1,run-2", await _postgres.ScalarAsync("SELECT string_agg(DISTINCT run, ',') FROM journal_batches", schema));

        await register.ForgetAsync(1, Cancellation);
        foreach (var table in (string[])["journal_batches", "journal_streams", "journal_runs", "cluster_runs"])
        {
            Assert.Equal("run-2", await _postgres.ScalarAsync($"SELECT string_agg(DISTINCT run, ',') FROM {table}", schema));
        }

        Assert.True(first.TryAppend(claim, new RunFact(RunFactKind.GoOnline, 2, 0), late));
        await AnsweredAsync(late);
        Assert.Single(late.Fenced);

        async Task<(PostgresRunJournal Journal, StreamClaim Claim)> PlayAsync(string run)
        {
            Assert.True(await register.TryCreateAsync(new ClusterRunRecord(run, "text", [], DateTimeOffset.UnixEpoch), Cancellation));
            Assert.True(PostgresRunJournal.TryOpen(new PostgresRunJournalSettings { ConnectionString = connection, Run = run }, out var opened, out var problem), problem);
            var client = new RecordingJournalClient();
            var owned = await opened!.ClaimAsync(0, "node-a", Cancellation);
            Assert.True(opened.TryAppend(owned, new RunFact(RunFactKind.GoOnline, 1, 0), client));
            await AnsweredAsync(client);
            Assert.Single(client.Durable);
            await register.DecideResultAsync(run, new ClusterVerdict("{}", 0, "PASS"), Cancellation);
            return (opened, owned);
        }
    }

    [Fact]
    public void A_database_that_does_not_answer_is_named()
    {
        Assert.False(PostgresRunRegister.TryOpen(new PostgresRunRegisterSettings { ConnectionString = "Host=127.0.0.1;Port=1" }, out _, out var problem));
        Assert.StartsWith("no session with PostgreSQL at 127.0.0.1: ", problem, StringComparison.Ordinal);
    }

    private static async Task AnsweredAsync(RecordingJournalClient client)
    {
        while (client.Count == 0)
        {
            await Task.Delay(5, Cancellation);
        }
    }

    private PostgresRunRegister Open(PostgresRunRegisterSettings settings)
    {
        Assert.True(PostgresRunRegister.TryOpen(settings, out var register, out var problem), problem);
        _registers.Add(register!);
        return register!;
    }
}
