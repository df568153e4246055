using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in PostgreSQL: a batch is one round trip and one transaction of the server's own (it ends where the batch ends). Only a batch whose last
/// answer came back is known to be committed.
/// </summary>
internal sealed class PostgresMailboxDatabase : IMailboxDatabase
{
    private readonly PostgresMailboxStoreSettings _settings;
    private readonly string _name;
    private readonly long _generation;
    private PostgresSession? _session;

    private PostgresMailboxDatabase(
        PostgresMailboxStoreSettings settings, string name, PostgresSession session, MailboxStoreRecovery recovery, long generation)
    {
        _settings = settings;
        _name = name;
        _session = session;
        _generation = generation;
        Recovery = recovery;
    }

    public MailboxStoreRecovery Recovery { get; }

    public bool IsOpen => _session is not null;

    /// <summary>False: the database cannot be used; the problem says why, for an operator.</summary>
    public static bool TryOpen(PostgresMailboxStoreSettings settings, out IMailboxDatabase? database, out string problem)
    {
        database = null;
        var name = $"uefarm-{Guid.NewGuid():N}";
        if (!PostgresSession.TryOpen(settings, name, out var session, out problem))
        {
            return false;
        }

        try
        {
            if (PostgresSchema.TryPrepare(session!.Connection, session.Schema, settings, out problem))
            {
                var recovery = PostgresSchema.Claim(session.Connection, settings, out var generation);
                database = new PostgresMailboxDatabase(settings, name, session, recovery, generation);
                session = null;
                return true;
            }
        }
        catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
        {
            problem = $"the tables of schema {session!.Schema}: {PostgresConnector.Explain(failure)}";
        }
        finally
        {
            session?.Dispose();
        }

        return false;
    }

    public bool TryReopen(out string problem)
    {
        Close();
        if (!PostgresSession.TryOpen(_settings, _name, out var session, out problem))
        {
            return false;
        }

        try
        {
            if (PostgresSchema.GenerationOf(session!.Connection) == _generation)
            {
                _session = session;
                session = null;
                return true;
            }

            // What the mailboxes here know of their messages is out of date: going on would deliver again what the other server delivered.
            problem = "another server has worked on these mailboxes since the connection was lost: restart this one";
        }
        catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
        {
            problem = PostgresConnector.Explain(failure);
        }
        finally
        {
            session?.Dispose();
        }

        return false;
    }

    public MailboxBatchOutcome Execute(
        CarriedWrites carried, ReadOnlySpan<MailboxStoreCommand> commands, List<object?> answers, out string problem)
    {
        try
        {
            using var batch = new PostgresBatch(_session!.Connection);
            batch.Add(carried);
            foreach (ref readonly var command in commands)
            {
                batch.Add(command);
            }

            batch.Execute(answers);
            problem = string.Empty;
            return MailboxBatchOutcome.Committed;
        }
        catch (PostgresException failure) when (failure.InvariantSeverity == "ERROR")
        {
            // The server undid the batch and lives. A primary that became a standby will never take it: look for the new one.
            problem = PostgresConnector.Explain(failure);
            if (failure.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
            {
                Close();
            }

            return IsAboutContent(failure.SqlState) ? MailboxBatchOutcome.Rejected : MailboxBatchOutcome.Failed;
        }
        catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
        {
            problem = PostgresConnector.Explain(failure);
            Close();
            return MailboxBatchOutcome.Unknown;
        }
    }

    /// <summary>Vacuum is the server's own.</summary>
    public bool Tidy() => false;

    public void Dispose() => Close();

    /// <summary>Classes 22, 23 and 54: data, constraints, limits of the program.</summary>
    private static bool IsAboutContent(string state) =>
        state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal)
        || state.StartsWith("54", StringComparison.Ordinal);

    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }
}
