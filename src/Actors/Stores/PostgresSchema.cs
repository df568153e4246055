using System.Globalization;
using Npgsql;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// The tables of the mailboxes in PostgreSQL: brought to the present version, claimed, and read once at the start. The caller holds the lock.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>
    /// From each version to the next; version 0 is nothing. Rows are inserted and deleted, never changed, so pages are filled to the brim; what
    /// is deleted is cleared away after a fixed number of rows and a small share, or a drained table would stay large for long. Bodies are
    /// ciphertext, on which compression is wasted. The index holds all that a summary of a mailbox needs.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE mailbox_messages (
          arrival bigint PRIMARY KEY, recipient text COLLATE "C" NOT NULL, sort_key bigint NOT NULL, timestamp bigint NOT NULL,
          arrived_at bigint NOT NULL, expires_at bigint NOT NULL, from_uri text NOT NULL, to_uri text NOT NULL, asserted_identity text,
          date text, expires text, subject text, content_type text NOT NULL, content_encoding text, content_disposition text,
          max_forwards integer NOT NULL, body bytea NOT NULL, body_bytes integer GENERATED ALWAYS AS (octet_length(body)) STORED)
          WITH (fillfactor = 100, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0,
            toast.autovacuum_vacuum_threshold = 2000, toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_cost_delay = 0);
        ALTER TABLE mailbox_messages ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE INDEX mailbox_messages_in_order ON mailbox_messages (recipient, sort_key, arrival) INCLUDE (expires_at, body_bytes);
        CREATE TABLE mailbox_presence (recipient text COLLATE "C" PRIMARY KEY);
        CREATE TABLE mailbox_store (version integer NOT NULL, generation bigint NOT NULL, oldest_first boolean, is_scratch boolean NOT NULL);
        INSERT INTO mailbox_store (version, generation, oldest_first, is_scratch) VALUES (1, 0, NULL, false);
        """,
    ];

    /// <summary>Makes what is missing. False: the data is of a later version, or not for this kind of server.</summary>
    public static bool TryPrepare(NpgsqlConnection connection, string schema, PostgresMailboxStoreSettings settings, out string problem)
    {
        if (!PostgresMigration.TryApply(connection, schema, "mailbox_store", Migrations, out var isNew, out problem))
        {
            return false;
        }

        if (isNew)
        {
            Run(connection, $"UPDATE mailbox_store SET is_scratch = {settings.IsScratch}");
        }
        else if ((bool)Scalar(connection, "SELECT is_scratch FROM mailbox_store")! != settings.IsScratch)
        {
            problem = settings.IsScratch
                ? $"schema {schema} belongs to a lasting server; a run needs one of its own, which it empties: name another with Search Path="
                : $"schema {schema} belongs to test runs, which empty it: name another with Search Path=";
            return false;
        }

        return true;
    }

    /// <summary>Takes the data over from whoever had it, and says what is there.</summary>
    public static MailboxStoreRecovery Claim(NpgsqlConnection connection, PostgresMailboxStoreSettings settings, out long generation)
    {
        if (settings is { IsScratch: true, IsContinued: false })
        {
            Run(connection, "TRUNCATE mailbox_messages, mailbox_presence");
        }

        var sortKey = settings.OldestFirst ? "timestamp" : "0";
        if (Scalar(connection, "SELECT oldest_first FROM mailbox_store") as bool? != settings.OldestFirst)
        {
            Change(
                connection,
                $"BEGIN; UPDATE mailbox_messages SET sort_key = {sortKey} WHERE sort_key <> {sortKey}; "
                + $"UPDATE mailbox_store SET oldest_first = {settings.OldestFirst}; COMMIT;");
        }

        generation = ArrivalNumbers.NextGeneration(
            GenerationOf(connection), (long)Scalar(connection, "SELECT coalesce(max(arrival), 0) FROM mailbox_messages")!);
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE mailbox_store SET generation = {generation}"));
        return Recover(connection, generation);
    }

    public static long GenerationOf(NpgsqlConnection connection) => (long)Scalar(connection, "SELECT generation FROM mailbox_store")!;

    public static object? Scalar(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> parameters)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command.ExecuteScalar();
    }

    public static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Without a limit in time.</summary>
    public static void Change(NpgsqlConnection connection, string sql)
    {
        using var command = Query(connection, sql);
        command.ExecuteNonQuery();
    }

    private static MailboxStoreRecovery Recover(NpgsqlConnection connection, long generation)
    {
        var backlogs = new Dictionary<string, MailboxInventory>(StringComparer.Ordinal);
        using (var summaries = Query(connection, "SELECT recipient, count(*), sum(body_bytes), min(expires_at) FROM mailbox_messages GROUP BY recipient"))
        using (var rows = summaries.ExecuteReader())
        {
            while (rows.Read())
            {
                backlogs.Add(rows.GetString(0), new MailboxInventory((int)rows.GetInt64(1), rows.GetInt64(2), new(rows.GetInt64(3), TimeSpan.Zero)));
            }
        }

        var online = new HashSet<string>(StringComparer.Ordinal);
        using (var presence = Query(connection, "SELECT recipient FROM mailbox_presence"))
        using (var rows = presence.ExecuteReader())
        {
            while (rows.Read())
            {
                online.Add(rows.GetString(0));
            }
        }

        return new MailboxStoreRecovery(ArrivalNumbers.HighestBefore(generation), backlogs, online);
    }

    /// <summary>Without a limit in time: changes and summaries of a large table take theirs.</summary>
    private static NpgsqlCommand Query(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = 0 };
}
