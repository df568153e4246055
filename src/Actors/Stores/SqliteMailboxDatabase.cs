using System.Globalization;
using Microsoft.Data.Sqlite;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in one SQLite file.
/// WAL with synchronous=FULL: every commit waits until the log is on the disk. The file is locked for this process alone; a second server
/// on the same file would break the order of every mailbox.
/// </summary>
internal sealed class SqliteMailboxDatabase : IMailboxDatabase
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _setOnline;
    private readonly SqliteStatement _setOffline;
    private readonly SqliteStatement _page;
    private readonly SqliteStatement _expired;
    private readonly SqliteStatement _inventory;
    private readonly SqliteStatement _all;
    private readonly SqliteStatement _writeNothing;
    private readonly SqliteFileSizes _sizes;

    private SqliteMailboxDatabase(SqliteConnection connection)
    {
        _connection = connection;
        var handle = connection.Handle!;
        Recovery = Recover(connection);
        _begin = new SqliteStatement(handle, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(handle, "COMMIT");
        _rollback = new SqliteStatement(handle, "ROLLBACK");
        _insert = new SqliteStatement(handle, $"INSERT INTO messages ({MailboxColumns.Names}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        _delete = new SqliteStatement(handle, "DELETE FROM messages WHERE arrival = ?");
        _setOnline = new SqliteStatement(handle, "INSERT OR IGNORE INTO presence (recipient) VALUES (?)");
        _setOffline = new SqliteStatement(handle, "DELETE FROM presence WHERE recipient = ?");
        _page = new SqliteStatement(
            handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE recipient = ? AND (sort_key, arrival) > (?, ?) ORDER BY sort_key, arrival LIMIT ?");
        _expired = new SqliteStatement(handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE recipient = ? AND expires_at <= ? LIMIT ?");
        _inventory = new SqliteStatement(
            handle, "SELECT count(*), total(body_bytes), min(expires_at) FROM messages WHERE recipient = ? AND expires_at > ?");
        _all = new SqliteStatement(handle, $"SELECT {MailboxColumns.Names} FROM messages WHERE arrival > ? ORDER BY arrival LIMIT ?");

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

    private static MailboxStoreRecovery Recover(SqliteConnection connection)
    {
        var generation = ArrivalNumbers.NextGeneration(
            SqliteSchema.Scalar(connection, "SELECT generation FROM store"), SqliteSchema.Scalar(connection, "SELECT ifnull(max(arrival), 0) FROM messages"));
        SqliteSchema.Run(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE store SET generation = {generation}"));

        var handle = connection.Handle!;
        var backlogs = new Dictionary<string, MailboxInventory>(StringComparer.Ordinal);
        using var counts = new SqliteStatement(
            handle, "SELECT recipient, count(*), total(body_bytes), min(expires_at) FROM messages GROUP BY recipient");
        while (counts.Step())
        {
            backlogs.Add(counts.Text(0)!, new MailboxInventory((int)counts.Int64(1), counts.Int64(2), TimeOf(counts.Int64(3))));
        }

        var online = new HashSet<string>(StringComparer.Ordinal);
        using var presence = new SqliteStatement(handle, "SELECT recipient FROM presence");
        while (presence.Step())
        {
            online.Add(presence.Text(0)!);
        }

        return new MailboxStoreRecovery(ArrivalNumbers.HighestBefore(generation), backlogs, online);
    }

    public bool TryReopen(out string problem)
    {
        problem = string.Empty;
        return true;
    }

    public MailboxBatchOutcome Execute(
        CarriedWrites carried, ReadOnlySpan<MailboxStoreCommand> commands, List<object?> answers, out string problem)
    {
        var isCommitting = false;
        try
        {
            _begin.Execute();
            foreach (var arrival in carried.Removals)
            {
                Delete(arrival);
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
            problem = string.Empty;
            return MailboxBatchOutcome.Committed;
        }
        catch (SqliteException failure)
        {
            problem = Explain(failure);
            TryRollback();
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
            return _sizes.Tidy();
        }
        catch (SqliteException)
        {
            return false; // no room to tidy up in; after the next change it is tried again
        }
    }

    private object? Execute(in MailboxStoreCommand command)
    {
        switch (command.Kind)
        {
            case MailboxStoreCommandKind.Append:
                if (command.Record!.Replaces != 0)
                {
                    Delete(command.Record.Replaces);
                }

                Insert(command.Record);
                return null;
            case MailboxStoreCommandKind.Remove:
                Delete(command.Number);
                return null;
            case MailboxStoreCommandKind.SetOnline or MailboxStoreCommandKind.SetOffline:
                SetPresence(command.Recipient!, command.Kind == MailboxStoreCommandKind.SetOnline);
                return null;
            case MailboxStoreCommandKind.Read:
                return Read(command.Recipient!, command.Question);
            case MailboxStoreCommandKind.ReadAfter:
                return ReadRows(_all.Bind(1, command.Number).Bind(2, MailboxStoreCommand.ReadAfterLimit));
            case MailboxStoreCommandKind.Probe:
                _writeNothing.Execute();
                return null;
            default:
                return null;
        }
    }

    private void TryRollback()
    {
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

    private void Delete(long arrival) => _delete.Bind(1, arrival).Execute();

    private void SetPresence(string recipient, bool online) => (online ? _setOnline : _setOffline).Bind(1, recipient).Execute();

    private MailboxReadResult Read(string recipient, MailboxRead read)
    {
        switch (read.Kind)
        {
            case MailboxReadKind.Page:
                _page.Bind(1, recipient).Bind(2, read.After.SortKey).Bind(3, read.After.Arrival).Bind(4, read.Limit);
                return new MailboxReadResult(read.Kind, true, ReadRows(_page), default);
            case MailboxReadKind.Expired:
                var expired = ReadRows(_expired.Bind(1, recipient).Bind(2, read.ExpiredAt.UtcTicks).Bind(3, read.Limit));
                return expired.Count < read.Limit
                    ? new MailboxReadResult(read.Kind, true, expired, ReadInventory(recipient, read.ExpiredAt.UtcTicks))
                    : MailboxReadResult.ExpiredInPart(expired, read.ExpiredAt);
            default:
                return new MailboxReadResult(read.Kind, true, [], ReadInventory(recipient, long.MinValue));
        }
    }

    /// <summary>Moves the log into the database file and closes it.</summary>
    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)
            [_begin, _commit, _rollback, _insert, _delete, _setOnline, _setOffline, _page, _expired, _inventory, _all, _writeNothing])
        {
            statement.Dispose();
        }

        _sizes.Dispose();
        _connection.Dispose();
    }

    private MailboxInventory ReadInventory(string recipient, long expiresAfter)
    {
        _inventory.Bind(1, recipient).Bind(2, expiresAfter).Step();
        var inventory = _inventory.Int64(0) == 0
            ? MailboxInventory.Empty
            : new MailboxInventory((int)_inventory.Int64(0), _inventory.Int64(1), TimeOf(_inventory.Int64(2)));
        _inventory.Reset();
        return inventory;
    }

    private static List<MailboxRecord> ReadRows(SqliteStatement rows)
    {
        var records = new List<MailboxRecord>();
        while (rows.Step())
        {
            var arrival = rows.Int64(0);
            records.Add(new MailboxRecord
            {
                Arrival = arrival,
                Recipient = rows.Text(1)!,
                Position = new MailboxPosition(rows.Int64(2), arrival),
                Timestamp = new NtpTimestamp(unchecked((ulong)rows.Int64(3))),
                ArrivedAt = TimeOf(rows.Int64(4)),
                ExpiresAt = TimeOf(rows.Int64(5)),
                FromUri = rows.Text(6)!,
                ToUri = rows.Text(7)!,
                AssertedIdentity = rows.Text(8),
                Date = rows.Text(9),
                Expires = rows.Text(10),
                Subject = rows.Text(11),
                ContentType = rows.Text(12)!,
                ContentTransferEncoding = rows.Text(13),
                ContentDisposition = rows.Text(14),
                MaxForwards = (int)rows.Int64(15),
                Body = rows.Blob(16),
            });
        }

        return records;
    }

    private static DateTimeOffset TimeOf(long utcTicks) => new(utcTicks, TimeSpan.Zero);

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
