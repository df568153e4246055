using Microsoft.Data.Sqlite;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in one SQLite file.
/// WAL with synchronous=FULL: every commit waits until the log is on the disk. The file is locked for this process alone; a second server
/// on the same file would break the order of every mailbox.
/// </summary>
internal sealed partial class SqliteMailboxDatabase : IMailboxDatabase
{
    private const string Held = $"NOT {SqliteRemovals.Function}(arrival)";

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _setOnline;
    private readonly SqliteStatement _setOffline;
    private readonly SqliteStatement _page;
    private readonly SqliteStatement _expired;
    private readonly SqliteStatement _inventory;
    private readonly SqliteStatement _all;
    private readonly SqliteStatement _oldest;
    private readonly SqliteStatement _writeNothing;
    private readonly SqliteRemovals _removals;
    private readonly SqliteFileSizes _sizes;

    private SqliteMailboxDatabase(SqliteConnection connection)
    {
        _connection = connection;
        var handle = connection.Handle!;
        _removals = new SqliteRemovals(connection);
        Recovery = Recover(connection);
        _begin = new SqliteStatement(handle, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(handle, "COMMIT");
        _rollback = new SqliteStatement(handle, "ROLLBACK");
        _insert = new SqliteStatement(handle, $"INSERT INTO messages ({MailboxColumns.Names}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        _setOnline = new SqliteStatement(handle, "INSERT OR IGNORE INTO presence (recipient) VALUES (?)");
        _setOffline = new SqliteStatement(handle, "DELETE FROM presence WHERE recipient = ?");
        _page = new SqliteStatement(
            handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE recipient = ? AND (sort_key, arrival) > (?, ?) ORDER BY sort_key, arrival");
        _expired = new SqliteStatement(handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE recipient = ? AND expires_at <= ?");
        _inventory = new SqliteStatement(
            handle, $"SELECT count(*), total(body_bytes), min(expires_at) FROM messages WHERE recipient = ? AND expires_at > ? AND {Held}");
        _all = new SqliteStatement(handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE arrival > ? ORDER BY arrival");
        _oldest = new SqliteStatement(handle, "SELECT arrival, arrived_at FROM messages ORDER BY arrival");

        // Setting the version to what it is writes the first page all the same: whether the commit succeeds tells whether the file can be written.
        _writeNothing = new SqliteStatement(handle, $"PRAGMA user_version = {SqliteSchema.Version}");
        _sizes = new SqliteFileSizes(connection);
    }

    public MailboxStoreRecovery Recovery { get; }

    /// <summary>A file does not go away: what a full or broken disk refuses is tried again on the same connection.</summary>
    public bool IsOpen => true;

    /// <summary>False: the file cannot be used; the problem says why, for an operator. A file that is not ours is left as it is.</summary>
    public static bool TryOpen(SqliteMailboxStoreSettings settings, out IMailboxDatabase? database, out string problem)
    {
        database = null;
        SqliteConnection? connection = null;
        try
        {
            var source = new SqliteConnectionStringBuilder
            {
                DataSource = settings.Path,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
                DefaultTimeout = 1,
            };
            connection = new SqliteConnection(source.ConnectionString);
            connection.Open();
            if (SqliteSchema.TryPrepare(connection, settings, out var reason))
            {
                database = new SqliteMailboxDatabase(connection);
                connection = null;
                problem = string.Empty;
                return true;
            }

            problem = $"mailbox database '{settings.Path}': {reason}";
        }
        catch (SqliteException failure)
        {
            problem = $"mailbox database '{settings.Path}': {Explain(failure)}";
        }
        finally
        {
            connection?.Dispose();
        }

        return false;
    }

    public bool TryReopen(out string problem)
    {
        problem = string.Empty;
        return true;
    }

    public MailboxBatchOutcome Execute(
        CarriedWrites carried, ReadOnlySpan<MailboxStoreCommand> commands, List<object?> answers, out string problem)
    {
        var outcome = TryExecute(carried, commands, answers, out problem);
        if (outcome != MailboxBatchOutcome.Failed || !TryMakeRoom())
        {
            return outcome;
        }

        answers.Clear();
        return TryExecute(carried, commands, answers, out problem);
    }

    private MailboxBatchOutcome TryExecute(
        CarriedWrites carried, ReadOnlySpan<MailboxStoreCommand> commands, List<object?> answers, out string problem)
    {
        var isCommitting = false;
        var isWrite = carried.Count > 0;
        foreach (ref readonly var command in commands)
        {
            isWrite |= command.IsWrite;
        }

        try
        {
            _begin.Execute();
            if (isWrite)
            {
                _removals.Begin();
            }

            foreach (var arrival in carried.Removals)
            {
                _removals.Remove(arrival);
            }

            foreach (var (recipient, online) in carried.Presence)
            {
                SetPresence(recipient, online);
            }

            foreach (ref readonly var command in commands)
            {
                answers.Add(Execute(command));
            }

            isCommitting = true;
            _commit.Execute();
            _removals.Committed();
            problem = string.Empty;
            return MailboxBatchOutcome.Committed;
        }
        catch (SqliteException failure)
        {
            problem = Explain(failure);
            RollBack();
            return failure.SqliteErrorCode switch
            {
                // A commit whose last write failed may have reached the disk nevertheless, and be found there after a crash.
                _ when isCommitting => MailboxBatchOutcome.Unknown,
                SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_TOOBIG => MailboxBatchOutcome.Rejected,
                _ => MailboxBatchOutcome.Failed,
            };
        }
    }

    public bool Tidy()
    {
        try
        {
            return TrySweep(_removals.SweepStep) || _sizes.Tidy();
        }
        catch (SqliteException)
        {
            return false; // no room to tidy up in; after the next change it is tried again
        }
    }

    /// <summary>Rows of removed messages take room that a batch may want.</summary>
    private bool TryMakeRoom()
    {
        try
        {
            return TrySweep(_removals.SweepAll);
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Deletes removed rows in a transaction of its own; false: there are none.</summary>
    private bool TrySweep(Action sweep)
    {
        if (_removals.IsEmpty)
        {
            return false;
        }

        try
        {
            _begin.Execute();
            sweep();
            _commit.Execute();
            _removals.Committed();
            return true;
        }
        catch (SqliteException)
        {
            RollBack();
            throw;
        }
    }

    private object? Execute(in MailboxStoreCommand command)
    {
        switch (command.Kind)
        {
            case MailboxStoreCommandKind.Append:
                if (command.Record!.Replaces != 0)
                {
                    _removals.Remove(command.Record.Replaces);
                }

                Insert(command.Record);
                return null;
            case MailboxStoreCommandKind.Remove:
                _removals.Remove(command.Number);
                return null;
            case MailboxStoreCommandKind.SetOnline or MailboxStoreCommandKind.SetOffline:
                SetPresence(command.Recipient!, command.Kind == MailboxStoreCommandKind.SetOnline);
                return null;
            case MailboxStoreCommandKind.Read:
                return Read(command.Recipient!, command.Question);
            case MailboxStoreCommandKind.ReadAfter:
                return ReadRows(_all.Bind(1, command.Number), MailboxStoreCommand.ReadAfterLimit);
            case MailboxStoreCommandKind.Oldest:
                return ReadOldest();
            case MailboxStoreCommandKind.Probe:
                _writeNothing.Execute();
                return null;
            default:
                return null;
        }
    }

    private void RollBack()
    {
        _removals.RolledBack();
        try
        {
            _rollback.Execute();
        }
        catch (SqliteException)
        {
            // Some failures (disk full among them) have already ended the transaction: then there is nothing to roll back.
        }
    }

    private void Insert(MailboxRecord record) => _insert
        .Bind(1, record.Arrival).Bind(2, record.Recipient).Bind(3, record.Position.SortKey).Bind(4, unchecked((long)record.Timestamp.Raw))
        .Bind(5, record.ArrivedAt.UtcTicks).Bind(6, record.ExpiresAt.UtcTicks).Bind(7, record.FromUri).Bind(8, record.ToUri)
        .Bind(9, record.AssertedIdentity).Bind(10, record.Date).Bind(11, record.Expires).Bind(12, record.Subject).Bind(13, record.ContentType)
        .Bind(14, record.ContentTransferEncoding).Bind(15, record.ContentDisposition).Bind(16, record.MaxForwards)
        .BindBlob(17, record.Body.Span).Execute();

    private void SetPresence(string recipient, bool online) => (online ? _setOnline : _setOffline).Bind(1, recipient).Execute();

    /// <summary>Deletes what was removed, moves the log into the database file and closes it.</summary>
    public void Dispose()
    {
        TryMakeRoom(); // else the next start finds the notes
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)
            [_begin, _commit, _rollback, _insert, _setOnline, _setOffline, _page, _expired, _inventory, _all, _oldest, _writeNothing])
        {
            statement.Dispose();
        }

        _removals.Dispose();
        _sizes.Dispose();
        _connection.Dispose();
    }

    private static string Explain(SqliteException failure) => failure.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_NOTADB => "the file is not a database",
        SQLitePCL.raw.SQLITE_CORRUPT => "the file is damaged",
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "the file is in use by another process",
        SQLitePCL.raw.SQLITE_CANTOPEN => "the file cannot be opened or made",
        SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM => "the file cannot be written",
        _ => failure.Message,
    };
}
