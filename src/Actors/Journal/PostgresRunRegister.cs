using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Journal;

/// <summary>
/// The runs of a cluster in PostgreSQL, beside their journals. Each decision is one statement, which the first one who makes it wins. Statements are repeated while the
/// database is away: each says the same when it is carried out twice, but a note, which may then be there twice.
/// </summary>
public sealed class PostgresRunRegister : IRunRegister, IAsyncDisposable
{
    private const string Columns = "run, scenario, overrides, created, start_ticks, is_stopped, notes, result, exit_code, line, changes";

    /// <summary>The time by which changes are certain, as UTC ticks: one clock for all nodes.</summary>
    private const string NowTicks = "((extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000)";

    private readonly NpgsqlDataSource _source;
    private readonly PostgresRunRegisterSettings _settings;

    private PostgresRunRegister(PostgresRunRegisterSettings settings, NpgsqlDataSource source)
    {
        _settings = settings;
        _source = source;
    }

    /// <summary>Makes the tables where they are missing. False: the database cannot be used; the problem says why, for an operator.</summary>
    public static bool TryOpen(PostgresRunRegisterSettings settings, out PostgresRunRegister? register, out string problem)
    {
        ArgumentNullException.ThrowIfNull(settings);
        register = null;
        var name = $"uefarm-{Guid.NewGuid():N}";
        if (!PostgresConnector.TryConnect(
            settings.ConnectionString, settings.PasswordFile, settings.AllowUnsafe, name, out var connection, out var schema, out problem))
        {
            return false;
        }

        using (connection)
        {
            try
            {
                if (!JournalSchema.TryPrepare(connection!, schema, out problem))
                {
                    return false;
                }
            }
            catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
            {
                problem = $"the tables in schema {schema} cannot be made: {PostgresConnector.Explain(failure)}";
                return false;
            }
        }

        register = new PostgresRunRegister(settings, CreateSource(settings, name));
        return true;
    }

    public Task<ClusterRunRecord?> FindNewestAsync(CancellationToken cancellation) => FindAsync("ORDER BY created DESC, run DESC LIMIT 1", [], cancellation);

    /// <summary>A repeated statement finds its own row: that is the run as it was to be made.</summary>
    public async Task<bool> TryCreateAsync(ClusterRunRecord run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        await RunAsync(
            "INSERT INTO cluster_runs (run, created, scenario, overrides) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [run.RunId, run.Created.ToUniversalTime(), run.Scenario, run.Overrides.ToArray()], cancellation).ConfigureAwait(false);
        var known = await FindAsync("WHERE run = $1", [run.RunId], cancellation).ConfigureAwait(false);
        return known is { Result: null } && known.Scenario == run.Scenario && known.Overrides.SequenceEqual(run.Overrides);
    }

    public async Task<long> DecideStartAsync(string runId, long proposedTicks, CancellationToken cancellation)
    {
        await RunAsync("UPDATE cluster_runs SET start_ticks = $2 WHERE run = $1 AND start_ticks = 0", [runId, proposedTicks], cancellation).ConfigureAwait(false);
        return (await GetAsync(runId, cancellation).ConfigureAwait(false)).StartTicks;
    }

    /// <summary>Waits for whoever is adding a change: what they write is seen.</summary>
    public Task<CertainChanges> ReadChangesAsync(string runId, CancellationToken cancellation) => RepeatAsync(
        async () =>
        {
            await using var command = Command($"SELECT changes, {NowTicks} FROM cluster_runs WHERE run = $1 FOR SHARE", [runId]);
            await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            return await row.ReadAsync(cancellation).ConfigureAwait(false)
                ? new CertainChanges(ChangesOf(row.GetFieldValue<string[]>(0)), row.GetInt64(1) + CertainChanges.Notice.Ticks)
                : throw Missing(runId);
        },
        cancellation);

    /// <summary>Has the row before it looks at the clock: from then on nobody reads without what it writes. A repeated statement finds its own change.</summary>
    public async Task<bool> TryAddChangeAsync(string runId, int place, RunChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        await RepeatAsync(
            async () =>
            {
                await using var batch = _source.CreateBatch();
                Add(batch, "SELECT FROM cluster_runs WHERE run = $1 FOR UPDATE", runId);
                Add(
                    batch,
                    "UPDATE cluster_runs SET changes = array_append(changes, $2) "
                    + $"WHERE run = $1 AND result IS NULL AND cardinality(changes) = $3 AND $4 >= {NowTicks} - start_ticks",
                    runId, JsonSerializer.Serialize(change, ConductorJson.Default.RunChange), place, change.At.Ticks - CertainChanges.Notice.Ticks);
                return await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        var changes = (await GetAsync(runId, cancellation).ConfigureAwait(false)).Changes!;
        return changes.Count > place && changes[place] == change;
    }

    public Task StopAsync(string runId, CancellationToken cancellation) =>
        RunAsync("UPDATE cluster_runs SET is_stopped = true WHERE run = $1 AND result IS NULL", [runId], cancellation);

    public Task AddNoteAsync(string runId, string note, CancellationToken cancellation) =>
        RunAsync("UPDATE cluster_runs SET notes = array_append(notes, $2) WHERE run = $1 AND result IS NULL", [runId, note], cancellation);

    public async Task<ClusterVerdict> DecideResultAsync(string runId, ClusterVerdict proposed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposed);
        await RunAsync(
            "UPDATE cluster_runs SET result = $2, exit_code = $3, line = $4 WHERE run = $1 AND result IS NULL",
            [runId, proposed.Result, proposed.ExitCode, proposed.Line], cancellation).ConfigureAwait(false);
        return (await GetAsync(runId, cancellation).ConfigureAwait(false)).Result!;
    }

    /// <summary>In one transaction, the runs last: one that is cut short is repeated from its beginning. A journal may be large, so that there is no limit of time.</summary>
    public Task ForgetAsync(int keep, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        return RepeatAsync(
            async () =>
            {
                await using var batch = _source.CreateBatch();
                batch.Timeout = 0;
                foreach (var table in (string[])["journal_batches", "journal_streams", "journal_runs", "cluster_runs"])
                {
                    Add(
                        batch,
                        $"DELETE FROM {table} WHERE run IN (SELECT run FROM cluster_runs WHERE result IS NOT NULL ORDER BY created DESC, run DESC OFFSET $1)",
                        (long)keep);
                }

                return await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            },
            cancellation);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlDataSource CreateSource(PostgresRunRegisterSettings settings, string name)
    {
        PostgresConnectionText.TryRead(settings.ConnectionString, out var builder, out _, out _);
        builder.Pooling = true;
        builder.MaxPoolSize = 2;
        builder.ApplicationName = name + "-register";
        var source = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        if (settings.PasswordFile is { } file)
        {
            source.UsePasswordProvider(
                _ => File.ReadAllText(file).TrimEnd('\r', '\n'),
                async (_, cancellation) => (await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false)).TrimEnd('\r', '\n'));
        }

        return source.Build();
    }

    public async Task<ClusterRunRecord> GetAsync(string runId, CancellationToken cancellation) =>
        await FindAsync("WHERE run = $1", [runId], cancellation).ConfigureAwait(false)
        ?? throw Missing(runId);

    private static InvalidDataException Missing(string runId) => new($"run {runId} is not in the register: has its schema been emptied?");

    private static RunChange[] ChangesOf(string[] texts) => [.. texts.Select(static text => JsonSerializer.Deserialize(text, ConductorJson.Default.RunChange)!)];

    private static void Add(NpgsqlBatch batch, string sql, params object[] parameters)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        batch.BatchCommands.Add(command);
    }

    private Task<ClusterRunRecord?> FindAsync(string which, object[] parameters, CancellationToken cancellation) => RepeatAsync(
        async () =>
        {
            await using var command = Command($"SELECT {Columns} FROM cluster_runs {which}", parameters);
            await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            if (!await row.ReadAsync(cancellation).ConfigureAwait(false))
            {
                return null;
            }

            var result = row.IsDBNull(7) ? null : new ClusterVerdict(row.GetString(7), row.GetInt32(8), row.GetString(9));
            return new ClusterRunRecord(
                row.GetString(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt64(4), row.GetBoolean(5),
                row.GetFieldValue<string[]>(6), result, ChangesOf(row.GetFieldValue<string[]>(10)));
        },
        cancellation);

    private Task<int> RunAsync(string sql, object[] parameters, CancellationToken cancellation) => RepeatAsync(
        async () =>
        {
            await using var command = Command(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        },
        cancellation);

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = _source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        var wait = _settings.RetryBase;
        while (true)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is NpgsqlException { IsTransient: true } or SocketException or TimeoutException
                or PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction })
            {
                await Task.Delay(wait, cancellation).ConfigureAwait(false);
                wait = wait * 2 < _settings.RetryCap ? wait * 2 : _settings.RetryCap;
            }
        }
    }
}
