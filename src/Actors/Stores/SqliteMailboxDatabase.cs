using System.Globalization;
using Microsoft.Data.Sqlite;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// The database file of a <see cref="SqliteMailboxStore"/>: opening with its checks, and the statements. Used by one thread at a time.
/// WAL with synchronous=FULL: every commit waits until the log is on the disk. The file is locked for this process alone; a second server
/// on the same file would break the order of every mailbox.
/// </summary>
internal sealed class SqliteMailboxDatabase : IDisposable
{
    /// <summary>"UEMB": tells our files from other programs' databases.</summary>
    private const long ApplicationId = 0x5545_4D42;
    private const long SchemaVersion = 1;

    private const string Columns =
        "arrival, recipient, sort_key, timestamp, arrived_at, expires_at, from_uri, to_uri, asserted_identity, date, expires, subject, "
        + "content_type, content_encoding, content_disposition, max_forwards, body";

    private const string Schema = """
        CREATE TABLE messages (
          arrival INTEGER PRIMARY KEY, recipient TEXT NOT NULL, sort_key INTEGER NOT NULL, timestamp INTEGER NOT NULL,
          arrived_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, from_uri TEXT NOT NULL, to_uri TEXT NOT NULL, asserted_identity TEXT,
          date TEXT, expires TEXT, subject TEXT, content_type TEXT NOT NULL, content_encoding TEXT, content_disposition TEXT,
          max_forwards INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE INDEX messages_in_order ON messages (recipient, sort_key, arrival);
        CREATE TABLE presence (recipient TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        """;

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

    private SqliteMailboxDatabase(SqliteConnection connection)
    {
        _connection = connection;
        var handle = connection.Handle!;
        Recovery = Recover(handle);
        _begin = new SqliteStatement(handle, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(handle, "COMMIT");
        _rollback = new SqliteStatement(handle, "ROLLBACK");
        _insert = new SqliteStatement(handle, $"INSERT INTO messages ({Columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        _delete = new SqliteStatement(handle, "DELETE FROM messages WHERE arrival = ?");
        _setOnline = new SqliteStatement(handle, "INSERT OR IGNORE INTO presence (recipient) VALUES (?)");
        _setOffline = new SqliteStatement(handle, "DELETE FROM presence WHERE recipient = ?");
        _page = new SqliteStatement(
            handle, $"SELECT {Columns} FROM messages WHERE recipient = ? AND (sort_key, arrival) > (?, ?) ORDER BY sort_key, arrival LIMIT ?");
        _expired = new SqliteStatement(handle, $"SELECT {Columns} FROM messages WHERE recipient = ? AND expires_at <= ? LIMIT ?");
        _inventory = new SqliteStatement(
            handle, "SELECT count(*), total(length(body)), min(expires_at) FROM messages WHERE recipient = ? AND expires_at > ?");
        _all = new SqliteStatement(handle, $"SELECT {Columns} FROM messages WHERE arrival > ? ORDER BY arrival LIMIT ?");
    }

    public MailboxStoreRecovery Recovery { get; }

    /// <summary>False: the file cannot be used; the problem says why, for an operator. A file that is not ours is left as it is.</summary>
    public static bool TryOpen(string path, bool oldestFirst, out SqliteMailboxDatabase? database, out string problem)
    {
        database = null;
        SqliteConnection? connection = null;
        try
        {
            var source = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 1 };
            connection = new SqliteConnection(source.ConnectionString);
            connection.Open();
            if (TryPrepare(connection, oldestFirst, out var reason))
            {
                database = new SqliteMailboxDatabase(connection);
                connection = null;
                problem = string.Empty;
                return true;
            }

            problem = $"mailbox database '{path}': {reason}";
        }
        catch (SqliteException failure)
        {
            problem = $"mailbox database '{path}': {Explain(failure)}";
        }
        finally
        {
            connection?.Dispose();
        }

        return false;
    }

    private static MailboxStoreRecovery Recover(SQLitePCL.sqlite3 handle)
    {
        using var highest = new SqliteStatement(handle, "SELECT max(arrival) FROM messages");
        highest.Step();
        var highestArrival = highest.IsNull(0) ? 0 : highest.Int64(0);
        highest.Reset();

        var backlogs = new Dictionary<string, MailboxInventory>(StringComparer.Ordinal);
        using var counts = new SqliteStatement(
            handle, "SELECT recipient, count(*), total(length(body)), min(expires_at) FROM messages GROUP BY recipient");
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

        return new MailboxStoreRecovery(highestArrival, backlogs, online);
    }

    public void Begin() => _begin.Execute();

    public void Commit() => _commit.Execute();

    public void Rollback() => _rollback.Execute();

    public void Insert(MailboxRecord record) => _insert
        .Bind(1, record.Arrival).Bind(2, record.Recipient).Bind(3, record.Position.SortKey).Bind(4, unchecked((long)record.Timestamp.Raw))
        .Bind(5, record.ArrivedAt.UtcTicks).Bind(6, record.ExpiresAt.UtcTicks).Bind(7, record.FromUri).Bind(8, record.ToUri)
        .Bind(9, record.AssertedIdentity).Bind(10, record.Date).Bind(11, record.Expires).Bind(12, record.Subject).Bind(13, record.ContentType)
        .Bind(14, record.ContentTransferEncoding).Bind(15, record.ContentDisposition).Bind(16, record.MaxForwards)
        .BindBlob(17, record.Body.Span).Execute();

    public void Delete(long arrival) => _delete.Bind(1, arrival).Execute();

    public void SetPresence(string recipient, bool online) => (online ? _setOnline : _setOffline).Bind(1, recipient).Execute();

    public MailboxReadResult Read(string recipient, MailboxRead read)
    {
        switch (read.Kind)
        {
            case MailboxReadKind.Page:
                _page.Bind(1, recipient).Bind(2, read.After.SortKey).Bind(3, read.After.Arrival).Bind(4, read.Limit);
                return new MailboxReadResult(read.Kind, true, ReadRows(_page), default);
            case MailboxReadKind.Expired:
                var expired = ReadRows(_expired.Bind(1, recipient).Bind(2, read.ExpiredAt.UtcTicks).Bind(3, read.Limit));
                var rest = ReadInventory(recipient, read.ExpiredAt.UtcTicks);
                return new MailboxReadResult(
                    read.Kind, true, expired, expired.Count < read.Limit ? rest : rest with { EarliestExpiry = read.ExpiredAt });
            default:
                return new MailboxReadResult(read.Kind, true, [], ReadInventory(recipient, long.MinValue));
        }
    }

    public List<MailboxRecord> ReadAfter(long arrival, int limit) => ReadRows(_all.Bind(1, arrival).Bind(2, limit));

    /// <summary>Moves the log into the database file and closes it.</summary>
    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)
            [_begin, _commit, _rollback, _insert, _delete, _setOnline, _setOffline, _page, _expired, _inventory, _all])
        {
            statement.Dispose();
        }

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

    private static bool TryPrepare(SqliteConnection connection, bool oldestFirst, out string problem)
    {
        // Looked at before anything is changed: a database of another program stays untouched.
        var application = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        var isNew = application == 0 && version == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId)
        {
            problem = "the file is a database of another program";
            return false;
        }

        if (!isNew && version != SchemaVersion)
        {
            problem = $"the file has schema version {version}, this program knows {SchemaVersion}";
            return false;
        }

        // The lock mode comes first: with it the log needs no shared memory.
        Run(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        Run(connection, "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA temp_store = MEMORY;");
        if (isNew)
        {
            Run(connection, $"BEGIN IMMEDIATE; {Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; COMMIT;");
        }
        else
        {
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            if (check.ExecuteScalar() as string is not "ok" and var complaint)
            {
                problem = $"the file is damaged ({complaint})";
                return false;
            }

            // The order may have been another one in the last run.
            Run(connection, oldestFirst
                ? "UPDATE messages SET sort_key = timestamp WHERE sort_key <> timestamp"
                : "UPDATE messages SET sort_key = 0 WHERE sort_key <> 0");
        }

        problem = string.Empty;
        return true;
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

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
