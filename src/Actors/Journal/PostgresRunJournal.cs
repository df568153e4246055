using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;
using UeFarm.Actors.Stores;
using IObserver = Prometheus.IObserver;

namespace UeFarm.Actors.Journal;

/// <summary>
/// The journal of a run in PostgreSQL. One thread and session write the facts of all claims of this process, many streams in one commit; claims and questions go over
/// sessions of their own, and are repeated while the database is away.
/// </summary>
public sealed partial class PostgresRunJournal : IRunJournal
{
    private const int ReadSessions = 4;

    private readonly PostgresRunJournalSettings _settings;
    private readonly string _name;
    private readonly JournalQueue _queue;
    private readonly JournalWriter _writer;
    private readonly ITimer _idle;
    private readonly ConcurrentDictionary<StreamClaim, JournalStream> _claims = new();
    private readonly CancellationTokenSource _end = new();
    private volatile string? _readers;

    private PostgresRunJournal(PostgresRunJournalSettings settings, string name, JournalSession session)
    {
        _settings = settings;
        _name = name;
        _queue = new JournalQueue(settings);
        _writer = new JournalWriter(settings, name, session, _queue, () => _claims.Values);
        _idle = settings.Time.CreateTimer(static queue => ((JournalQueue)queue!).NoteIdle(), _queue, settings.IdleDelay, settings.IdleDelay);
    }

    public long WaitingFacts => _queue.WaitingFacts;

    public long Commits => _writer.Commits;

    public string? Problem => _writer.Problem;

    public IObserver? CommitTimes
    {
        get => _writer.CommitTimes;
        set => _writer.CommitTimes = value;
    }

    /// <summary>False: the database cannot be used; the problem says why, for an operator.</summary>
    public static bool TryOpen(PostgresRunJournalSettings settings, out PostgresRunJournal? journal, out string problem)
    {
        ArgumentNullException.ThrowIfNull(settings);
        journal = null;
        if (!RunPattern().IsMatch(settings.Run))
        {
            problem = $"the run's name '{settings.Run}' is none: write 1 to 64 letters, digits, dots, hyphens and underscores";
            return false;
        }

        var name = $"uefarm-{Guid.NewGuid():N}";
        if (!JournalSession.TryOpen(settings, name, out var session, out problem))
        {
            return false;
        }

        journal = new PostgresRunJournal(settings, name, session!);
        return true;
    }

    public Task<StreamClaim> ClaimAsync(int stream, string owner, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return WithSessionAsync(
            async (connection, token) =>
            {
                var (claim, number) = await JournalQuestions.ClaimAsync(connection, _settings, stream, owner, token).ConfigureAwait(false);
                _claims[claim] = new JournalStream(claim, number, _settings.MaxBatchFacts);
                return claim;
            },
            cancellation);
    }

    public bool TryAppend(StreamClaim claim, in RunFact fact, IRunJournalClient? client = null, long token = 0)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return _claims.TryGetValue(claim, out var stream)
            ? _queue.TryAdd(stream, fact, client, token)
            : throw new ArgumentException($"epoch {claim.Epoch} of stream {claim.Stream} was not claimed here", nameof(claim));
    }

    public Task<IReadOnlyList<JournalBatch>> ReadAsync(int stream, long after, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return WithSessionAsync((connection, token) => JournalQuestions.ReadAsync(connection, _settings.Run, stream, after, most, token), cancellation);
    }

    public Task<IReadOnlyList<StreamState>> ListAsync(CancellationToken cancellation) =>
        WithSessionAsync((connection, token) => JournalQuestions.ListAsync(connection, _settings.Run, token), cancellation);

    /// <summary>Writes what was appended before, if the database can be reached, then ends the sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.IsClosed)
        {
            await _idle.DisposeAsync().ConfigureAwait(false);
            _queue.Close();
            await _end.CancelAsync().ConfigureAwait(false);
        }

        await _writer.Stopped.ConfigureAwait(false);
        if (_readers is { } readers)
        {
            await using var connection = new NpgsqlConnection(readers);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private async Task<T> WithSessionAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_queue.IsClosed, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        var wait = _settings.RetryBase;
        while (true)
        {
            try
            {
                using var connection = new NpgsqlConnection(ReadersConnection());
                try
                {
                    await connection.OpenAsync(either.Token).ConfigureAwait(false);
                    return await ask(connection, either.Token).ConfigureAwait(false);
                }
                catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
                {
                    NpgsqlConnection.ClearPool(connection); // a standby now: look for the primary
                    throw;
                }
            }
            catch (Exception failure) when (MayPass(failure))
            {
                await Task.Delay(wait, either.Token).ConfigureAwait(false);
                wait = wait * 2 < _settings.RetryCap ? wait * 2 : _settings.RetryCap;
            }
        }
    }

    /// <summary>From a pool of the driver's own, which ends sessions that nobody has used for a while.</summary>
    private string ReadersConnection()
    {
        PostgresConnectionText.TryRead(_settings.ConnectionString, out var builder, out _, out _);
        builder.Pooling = true;
        builder.MaxPoolSize = ReadSessions;
        return _readers = PostgresConnector.Complete(builder, _settings.PasswordFile, _name + "-reader");
    }

    private static bool MayPass(Exception failure) => failure is NpgsqlException { IsTransient: true } or SocketException or TimeoutException
        or PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex RunPattern();
}
