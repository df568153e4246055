using System.Globalization;
using Microsoft.Data.Sqlite;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Makes a database file ready: looks whether it is ours, brings it to the present version, sets how it is written, checks it. Nothing of
/// another program's database is changed.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"UEMB": tells our files from other programs' databases.</summary>
    private const long ApplicationId = 0x5545_4D42;

    /// <summary>Pages between two looks at the clock while a file is checked.</summary>
    private const int StepsBetweenLooks = 100;

    private const long IncrementalVacuum = 2;

    /// <summary>
    /// From each version to the next; version 0 is an empty file. Times are UTC ticks. The index holds all that a summary of a mailbox needs,
    /// so that counting a million messages reads none of them.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE messages (
          arrival INTEGER PRIMARY KEY, recipient TEXT NOT NULL, sort_key INTEGER NOT NULL, timestamp INTEGER NOT NULL,
          arrived_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, from_uri TEXT NOT NULL, to_uri TEXT NOT NULL, asserted_identity TEXT,
          date TEXT, expires TEXT, subject TEXT, content_type TEXT NOT NULL, content_encoding TEXT, content_disposition TEXT,
          max_forwards INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE INDEX messages_in_order ON messages (recipient, sort_key, arrival);
        CREATE TABLE presence (recipient TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE messages ADD COLUMN body_bytes INTEGER GENERATED ALWAYS AS (length(body)) VIRTUAL;
        DROP INDEX messages_in_order;
        CREATE INDEX messages_in_order ON messages (recipient, sort_key, arrival, expires_at, body_bytes);
        CREATE TABLE store (generation INTEGER NOT NULL, oldest_first INTEGER) STRICT;
        INSERT INTO store (generation, oldest_first) VALUES (0, NULL);
        """,
        "CREATE TABLE removed (number INTEGER PRIMARY KEY, arrival INTEGER NOT NULL) STRICT;",
    ];

    public static int Version => Migrations.Length;

    public static bool TryPrepare(SqliteConnection connection, SqliteMailboxStoreSettings settings, out string problem)
    {
        var application = Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        var isNew = application == 0 && version == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId)
        {
            problem = "the file is a database of another program";
            return false;
        }

        if (version > Migrations.Length)
        {
            problem = $"the file has schema version {version}, this program knows versions up to {Migrations.Length}: "
                + "use the program that wrote it, or a later one";
            return false;
        }

        // The lock mode comes first: with it the log needs no shared memory. The vacuum mode can only be chosen for an empty file.
        Run(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        Run(connection, $"PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = {SqliteFileSizes.LogPages}; PRAGMA temp_store = MEMORY;");
        Run(connection, $"PRAGMA journal_size_limit = {SqliteFileSizes.LogBytes};");
        if (settings.MaxPages > 0)
        {
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {settings.MaxPages};"));
        }

        if (!isNew && !TryCheck(connection, settings.MaxCheckTime, out problem))
        {
            return false;
        }

        Migrate(connection, version);
        AdoptOrder(connection, settings.OldestFirst);
        problem = string.Empty;
        return true;
    }

    private static void Migrate(SqliteConnection connection, long version)
    {
        for (var next = version + 1; next <= Migrations.Length; next++)
        {
            Run(connection, $"BEGIN IMMEDIATE; {Migrations[next - 1]} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {next}; COMMIT;");
        }

        if (Scalar(connection, "PRAGMA auto_vacuum") != IncrementalVacuum)
        {
            try
            {
                Run(connection, "VACUUM");
            }
            catch (SqliteException failure) when (failure.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL)
            {
                // Files of version 1 are written anew once, which needs their size again. Without that room the file works but cannot shrink.
            }
        }
    }

    /// <summary>The order may have been another one in the last run.</summary>
    private static void AdoptOrder(SqliteConnection connection, bool oldestFirst)
    {
        var wanted = oldestFirst ? 1 : 0;
        if (Scalar(connection, "SELECT ifnull(oldest_first, -1) FROM store") != wanted)
        {
            var sortKey = oldestFirst ? "timestamp" : "0";
            Run(
                connection,
                $"BEGIN IMMEDIATE; UPDATE messages SET sort_key = {sortKey} WHERE sort_key <> {sortKey}; UPDATE store SET oldest_first = {wanted}; COMMIT;");
        }
    }

    /// <summary>
    /// A look at the structure of every page, for as long as it may take: a large file is not to keep the server from starting. Damage that
    /// was not seen here makes the reads and writes fail that meet it.
    /// </summary>
    private static bool TryCheck(SqliteConnection connection, TimeSpan longest, out string problem)
    {
        problem = string.Empty;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        SQLitePCL.raw.sqlite3_progress_handler(
            connection.Handle, StepsBetweenLooks, _ => System.Diagnostics.Stopwatch.GetElapsedTime(start) > longest ? 1 : 0, null);
        try
        {
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            if (check.ExecuteScalar() as string is not "ok" and var complaint)
            {
                problem = $"the file is damaged ({complaint})";
            }
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == SQLitePCL.raw.SQLITE_INTERRUPT)
        {
            // out of time; what was seen is sound
        }
        finally
        {
            SQLitePCL.raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }

        return problem.Length == 0;
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
