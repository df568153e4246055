using UeFarm.Actors.Journal;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Tests.Journal;
using UeFarm.Interop.Tests.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Journal;

/// <summary>What every journal does, and what PostgreSQL's does when connections and servers get lost.</summary>
[Collection(PostgresTestGroup.Name)]
public sealed class PostgresRunJournalTests(PostgresFixture postgres) : RunJournalContract
{
    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly TcpRelay _relay = new(postgres.Cluster.Port);

    private PostgresRunJournalSettings Settings => new()
    {
        ConnectionString = postgres.Cluster.ConnectionTo(_schema),
        Run = "run-1",
        Time = Time,
        RetryBase = TimeSpan.FromMilliseconds(20),
        RetryCap = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>That a connection was cut, and not the time, tells the journal of it, however slow the machine.</summary>
    private PostgresRunJournalSettings Relayed =>
        Settings with { ConnectionString = postgres.Cluster.ConnectionTo(_schema, _relay.Port) + ";Command Timeout=60" };

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_and_confirmed_once()
    {
        await using var journal = Open(Relayed);
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        _relay.SwallowAnswers();
        journal.TryAppend(claim, Fact(1), Client, 1);
        while ((await postgres.ScalarAsync("SELECT last_batch FROM journal_streams", _schema)) is not 2L)
        {
            Cancellation.ThrowIfCancellationRequested();
        }

        Assert.Equal(0, Client.Count);
        _relay.Cut(refuse: true);
        await UntilAsync(() => journal.Problem is not null);
        journal.TryAppend(claim, Fact(2), Client, 2);
        Assert.Equal(0, Client.Count);
        _relay.Mend();
        await UntilAsync(() => Client.Count == 2);
        Assert.Equal([1, 2], Client.Durable);
        Assert.Equal([1, 2], await TokensAsync(journal));
        Assert.Null(journal.Problem);
    }

    [Fact]
    public async Task A_claim_meanwhile_fences_what_is_not_there_and_confirms_what_is()
    {
        await using var journal = Open(Relayed);
        await using var other = Open(Settings);
        var (first, second) = (await journal.ClaimAsync(0, "node-a", Cancellation), await journal.ClaimAsync(1, "node-a", Cancellation));
        _relay.SwallowAnswers();
        journal.TryAppend(first, Fact(1), Client, 1);
        while ((await postgres.ScalarAsync("SELECT last_batch FROM journal_streams WHERE stream = 0", _schema)) is not 2L)
        {
            Cancellation.ThrowIfCancellationRequested();
        }

        journal.TryAppend(second, Fact(2), Client, 2); // waits for the commit before it
        _relay.Cut(refuse: true);
        var claims = (await other.ClaimAsync(0, "node-b", Cancellation), await other.ClaimAsync(1, "node-b", Cancellation));
        _relay.Mend();
        await UntilAsync(() => Client.Count == 2);
        Assert.Equal([1], Client.Durable);
        Assert.Equal([2], Client.Fenced);
        Assert.Equal([1], await TokensAsync(other));
        Assert.Equal((2, 2), (claims.Item1.Epoch, claims.Item2.Epoch));
    }

    [Fact]
    public async Task While_the_server_is_down_all_wait_and_afterwards_everything_is_there_once()
    {
        await using var journal = Open(Settings);
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        journal.TryAppend(claim, Fact(0), Client, 0);
        await UntilAsync(() => Client.Count == 1);
        await postgres.Cluster.StopServerAsync(immediate: true);
        Task<StreamClaim> claiming;
        try
        {
            for (var token = 1; token <= 100; token++)
            {
                journal.TryAppend(claim, Fact(token), Client, token);
            }

            claiming = journal.ClaimAsync(1, "node-a", Cancellation);
            await UntilAsync(() => journal.Problem is not null);
            Assert.Equal(1, Client.Count);
            Assert.False(claiming.IsCompleted);
        }
        finally
        {
            await postgres.Cluster.StartServerAsync();
        }

        Assert.Equal(1, (await claiming).Epoch);
        await UntilAsync(() => Client.Count == 101);
        Assert.Equal(Enumerable.Range(0, 101).Select(static token => (long)token), Client.Durable);
        Assert.Equal(Client.Durable, await TokensAsync(journal));
    }

    [Fact]
    public async Task A_full_queue_refuses_and_a_batch_has_a_largest_size()
    {
        await using var journal = Open(Settings with { MaxQueuedFacts = 10, MaxBatchFacts = 3 });
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        await using (var blocker = new Npgsql.NpgsqlConnection(postgres.Cluster.ConnectionTo(_schema) + ";Pooling=false"))
        {
            await blocker.OpenAsync(Cancellation);
            await using var transaction = await blocker.BeginTransactionAsync(Cancellation);
            await using var command = new Npgsql.NpgsqlCommand("SELECT 1 FROM journal_streams FOR UPDATE", blocker);
            await command.ExecuteNonQueryAsync(Cancellation);
            for (var token = 1; token <= 10; token++)
            {
                Assert.True(journal.TryAppend(claim, Fact(token), Client, token));
            }

            Assert.False(journal.TryAppend(claim, Fact(11), Client, 11));
        }

        await UntilAsync(() => Client.Count == 10);
        Assert.True(journal.TryAppend(claim, Fact(12), Client, 12));
        await UntilAsync(() => Client.Count == 11);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], await TokensAsync(journal));
        Assert.All(await ReadAsync(journal, 0), static batch => Assert.InRange(batch.Facts.Count, 1, 3));

        await using var narrow = Open(Settings with { MaxQueuedBytes = 1, Run = "run-2" });
        claim = await narrow.ClaimAsync(0, "node-a", Cancellation);
        Assert.True(narrow.TryAppend(claim, Fact(1), Client, 1));
        await UntilAsync(() => Client.Count == 12);
        Assert.True(narrow.TryAppend(claim, Fact(2), Client, 2));
    }

    [Fact]
    public async Task Many_processes_that_start_at_once_share_one_schema_and_runs_are_kept_apart()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Open(Settings with { Run = $"run-{i % 2}" }), Cancellation)));
        await using var mailboxes = await Task.Run(() =>
        {
            var settings = new PostgresMailboxStoreSettings { ConnectionString = postgres.Cluster.ConnectionTo(_schema) };
            Assert.True(MailboxStore.TryOpen(settings, out var store, out var problem), problem);
            return store!;
        });
        var claims = await Task.WhenAll(opened.Select(static journal => journal.ClaimAsync(0, "node", Cancellation)));
        Assert.Equal([1, 1, 2, 2, 3, 3], claims.Select(static claim => claim.Epoch).Order());
        Assert.Equal(2L, await postgres.ScalarAsync("SELECT count(*) FROM journal_runs", _schema));
        foreach (var journal in opened)
        {
            await journal.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_was_appended_before_the_end_is_written_and_nothing_is_taken_after_it()
    {
        var journal = Open(Settings);
        var claim = await journal.ClaimAsync(0, "node-a", Cancellation);
        for (var token = 0; token < 100; token++)
        {
            journal.TryAppend(claim, Fact(token));
        }

        await journal.DisposeAsync();
        await journal.DisposeAsync();
        Assert.False(journal.TryAppend(claim, Fact(100)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.ListAsync(Cancellation));
        Assert.Equal(100, (await TokensAsync(Open())).Count);
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_with_the_reason()
    {
        Assert.Contains("letters", ProblemOf(Settings with { Run = "a run" }), StringComparison.Ordinal);
        Assert.Contains("names no host", ProblemOf(Settings with { ConnectionString = "Database=x" }), StringComparison.Ordinal);
        await using (var journal = Open(Settings))
        {
            await journal.ClaimAsync(0, "node-a", Cancellation);
            await postgres.ScalarAsync("UPDATE journal_batches SET facts = '\\x02'", _schema);
            var failure = await Assert.ThrowsAsync<InvalidDataException>(() => journal.ReadAsync(0, 0, 1, Cancellation));
            Assert.Contains("batch 1 of stream 0 in the journal of run run-1", failure.Message, StringComparison.Ordinal);
        }

        await postgres.ScalarAsync("UPDATE journal_store SET version = 7", _schema);
        Assert.Contains("version 7, this program knows versions up to ", ProblemOf(Settings), StringComparison.Ordinal);
    }

    protected override IRunJournal OpenOne() => Open(Settings);

    protected override ValueTask CloseAsync() => _relay.DisposeAsync();

    private static PostgresRunJournal Open(PostgresRunJournalSettings settings)
    {
        Assert.True(PostgresRunJournal.TryOpen(settings, out var journal, out var problem), problem);
        return journal!;
    }

    private static string ProblemOf(PostgresRunJournalSettings settings)
    {
        Assert.False(PostgresRunJournal.TryOpen(settings, out var journal, out var problem));
        Assert.Null(journal);
        return problem;
    }

    private static async Task<List<long>> TokensAsync(IRunJournal journal) =>
        [.. (await ReadAsync(journal, 0)).SelectMany(static batch => batch.Facts).Where(static fact => fact.Kind == RunFactKind.Due).Select(static fact => fact.Token)];
}
