using UeFarm.Actors.Stores;
using UeFarm.Actors.Tests.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>What every store does, and what PostgreSQL's alone looks at when it is opened.</summary>
[Collection(PostgresTestGroup.Name)]
public sealed class PostgresMailboxStoreTests(PostgresFixture postgres) : MailboxStoreContract
{
    private readonly string _schema = PostgresFixture.NewSchema();

    protected override MailboxStoreSettings Settings => ServerSettings;

    private PostgresMailboxStoreSettings ServerSettings =>
        new() { ConnectionString = postgres.Cluster.ConnectionTo(_schema), LockWait = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Who_has_the_data_is_named()
    {
        await using var store = Open();
        var problem = ProblemOfOpening(Settings);
        Assert.Matches(
            $@"^the mailboxes in schema {_schema} are in use by another server \(session \d+, uefarm-[0-9a-f]+, from 127\.0\.0\.1\): stop it", problem);
    }

    [Fact]
    public async Task Schemas_are_separate_stores()
    {
        await using var store = Open();
        await using var other = Open(ServerSettings with { ConnectionString = postgres.Cluster.ConnectionTo(PostgresFixture.NewSchema()) });
        store.TryAppend(MailboxRecords.Create(1), Client);
        await store.FlushAsync();
        Assert.Empty(await ReadAllAsync(other));
    }

    [Fact]
    public async Task A_probe_fails_where_nothing_can_be_written_although_the_server_answers()
    {
        await using var store = Open();
        await postgres.ScalarAsync("ALTER TABLE mailbox_store ADD CONSTRAINT nothing_goes CHECK (version > 9) NOT VALID", _schema);
        await Assert.ThrowsAsync<IOException>(store.ProbeAsync);
        await store.FlushAsync();
        await postgres.ScalarAsync("ALTER TABLE mailbox_store DROP CONSTRAINT nothing_goes", _schema);
        await store.ProbeAsync();
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_is_there_is_taken()
    {
        var both = ServerSettings with
        {
            ConnectionString = ServerSettings.ConnectionString.Replace("Host=127.0.0.1", "Host=127.0.0.1:1,127.0.0.1", StringComparison.Ordinal)
                + ";Target Session Attributes=primary",
        };
        await using var store = Open(both);
        store.TryAppend(MailboxRecords.Create(1), Client);
        await store.FlushAsync();
        Assert.Equal([(1, true)], Client.Appended);
    }

    [Fact]
    public async Task A_later_schema_is_refused()
    {
        await Open().DisposeAsync();
        await postgres.ScalarAsync("UPDATE mailbox_store SET version = 7", _schema);
        Assert.Contains("version 7, this program knows versions up to 1", ProblemOfOpening(Settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_may_lose_what_it_confirmed_is_refused_unless_that_is_accepted()
    {
        var lazy = ServerSettings with { ConnectionString = ServerSettings.ConnectionString + ";Options=-c synchronous_commit=off" };
        Assert.Contains("synchronous_commit is off", ProblemOfOpening(lazy), StringComparison.Ordinal);
        await Open(lazy with { AllowUnsafe = true }).DisposeAsync();

        await postgres.ScalarAsync("ALTER SYSTEM SET fsync = off");
        await postgres.ScalarAsync("SELECT pg_reload_conf()");
        try
        {
            string problem;
            while (!(problem = ProblemOfOpeningOrNone()).Contains("fsync is off", StringComparison.Ordinal))
            {
                Assert.Empty(problem); // the server reads its configuration in a moment
                Cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await postgres.ScalarAsync("ALTER SYSTEM RESET fsync");
            await postgres.ScalarAsync("SELECT pg_reload_conf()");
        }
    }

    [Fact]
    public async Task The_password_comes_from_a_file()
    {
        var role = $"role_{_schema}";
        await postgres.ScalarAsync($"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD 'correct horse'");
        await postgres.Cluster.RequirePasswordAsync(role);
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("password");
        var settings = ServerSettings with
        {
            ConnectionString = ServerSettings.ConnectionString.Replace("Username=uefarm", $"Username={role}", StringComparison.Ordinal),
            PasswordFile = file,
        };
        await File.WriteAllTextAsync(file, "battery staple\n", Cancellation);
        var problem = ProblemOfOpening(settings);
        Assert.Contains("28P01", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("staple", problem, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "correct horse\n", Cancellation);
        await Open(settings).DisposeAsync();
        Assert.Contains("no session", ProblemOfOpening(settings with { PasswordFile = folder.PathOf("missing") }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_takes_over_in_a_run_finds_what_was_stored()
    {
        var run = ServerSettings with { IsScratch = true };
        await using (var store = Open(run))
        {
            store.TryAppend(MailboxRecords.Create(1), Client);
            await store.FlushAsync();
        }

        await using var second = Open(run with { IsContinued = true });
        Assert.Single(second.Recovery.Backlogs);
    }

    [Fact]
    public async Task A_runs_data_is_its_own_and_begins_empty()
    {
        var run = ServerSettings with { IsScratch = true };
        await using (var store = Open(run))
        {
            store.TryAppend(MailboxRecords.Create(1), Client);
            store.SetPresence(Carol, true);
            await store.FlushAsync();
        }

        Assert.Contains("belongs to test runs", ProblemOfOpening(Settings), StringComparison.Ordinal);
        await using (var store = Open(run))
        {
            Assert.Empty(store.Recovery.Backlogs);
            Assert.Empty(store.Recovery.Online);
        }

        var lasting = ServerSettings with { ConnectionString = postgres.Cluster.ConnectionTo(PostgresFixture.NewSchema()) };
        await Open(lasting).DisposeAsync();
        Assert.Contains("belongs to a lasting server", ProblemOfOpening(lasting with { IsScratch = true }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_cleared_away_after_every_round_of_filling_and_draining()
    {
        await using var store = Open();
        await FillAndDrainAsync(store, rounds: 3, async fullBytes =>
        {
            while ((long)(await postgres.ScalarAsync("SELECT pg_table_size('mailbox_messages')", _schema))! > fullBytes / 4)
            {
                await Task.Delay(100, Cancellation); // the server's vacuum comes once a second
            }
        });
    }

    private string ProblemOfOpeningOrNone()
    {
        if (!MailboxStore.TryOpen(Settings, out var store, out var problem))
        {
            return problem;
        }

        store!.DisposeAsync().AsTask().Wait(Cancellation);
        return string.Empty;
    }
}
