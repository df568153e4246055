using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>
/// The one connection of a server to its data. It holds the lock on the data as long as it lives, and the database gives the lock to the next
/// session only when this one's transaction has ended: what a lost connection sent cannot come to life behind the back of its successor.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
    private const int OldestServer = 12_00_00;

    /// <summary>"UEMB", with the hash of the schema's name: the lock on the data.</summary>
    private const int LockClass = 0x5545_4D42;

    private const string LockNotAvailable = "55P03";

    private PostgresSession(NpgsqlConnection connection, string schema)
    {
        Connection = connection;
        Schema = schema;
    }

    public NpgsqlConnection Connection { get; }

    public string Schema { get; }

    /// <summary>The name tells this server's sessions from others': one of its own that was lost is ended, others are waited for.</summary>
    public static bool TryOpen(PostgresMailboxStoreSettings settings, string name, out PostgresSession? session, out string problem)
    {
        session = null;
        if (!PostgresConnectionText.TryRead(settings.ConnectionString, out var builder, out var fault, out var remedy))
        {
            problem = $"the connection string {fault}: {remedy}";
            return false;
        }

        NpgsqlConnection? connection = null;
        try
        {
            builder.ApplicationName = name;
            builder.Password = settings.PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
            connection = new NpgsqlConnection(builder.ConnectionString);
            connection.Open();
            if (TryAccept(connection, settings, out problem) && TryLock(connection, builder.SearchPath!, name, settings.LockWait, out problem))
            {
                Tune(connection);
                session = new PostgresSession(connection, builder.SearchPath!);
                connection = null;
                return true;
            }
        }
        catch (Exception failure) when (IsOfConnection(failure) || failure is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"no session with PostgreSQL at {builder.Host}: {Explain(failure)}";
        }
        finally
        {
            connection?.Dispose();
        }

        return false;
    }

    /// <summary>What a server, the network, or a connection that broke while nobody looked can cause.</summary>
    public static bool IsOfConnection(Exception failure) => failure is NpgsqlException or SocketException or IOException or AuthenticationException
        or TimeoutException or OperationCanceledException or InvalidOperationException;

    public static string Explain(Exception failure) =>
        failure is PostgresException answer ? $"{answer.MessageText} ({answer.SqlState})" : failure.InnerException?.Message ?? failure.Message;

    public void Dispose() => Connection.Dispose();

    /// <summary>A confirmed commit has to be on the disk, and texts have to be kept as they are.</summary>
    private static bool TryAccept(NpgsqlConnection connection, PostgresMailboxStoreSettings settings, out string problem)
    {
        using var command = new NpgsqlCommand(
            "SELECT current_setting('server_version_num')::int, pg_is_in_recovery(), current_setting('server_encoding'), current_setting('fsync'), "
            + "current_setting('full_page_writes'), current_setting('synchronous_commit')",
            connection);
        using var row = command.ExecuteReader();
        row.Read();
        problem = row.GetInt32(0) < OldestServer ? "PostgreSQL is older than version 12: use a later one"
            : row.GetBoolean(1) ? "the server is a standby: name the primary, or several hosts with Target Session Attributes=primary"
            : row.GetString(2) != "UTF8" ? $"the database is encoded in {row.GetString(2)}: make one with ENCODING 'UTF8'"
            : settings.AllowUnsafe ? string.Empty
            : row.GetString(3) == "off" ? Unsafe("fsync")
            : row.GetString(4) == "off" ? Unsafe("full_page_writes")
            : row.GetString(5) == "off" ? Unsafe("synchronous_commit")
            : string.Empty;
        return problem.Length == 0;
    }

    private static string Unsafe(string setting) =>
        $"{setting} is off in PostgreSQL, so that a crash could lose messages answered 202: switch it on, or accept the loss explicitly";

    private static bool TryLock(NpgsqlConnection connection, string schema, string name, TimeSpan wait, out string problem)
    {
        problem = string.Empty;
        var key = (int)PostgresSchema.Scalar(connection, "SELECT hashtext($1)", schema)!;
        PostgresSchema.Scalar(
            connection, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", name);
        PostgresSchema.Run(connection, string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {Math.Max(1, (int)wait.TotalMilliseconds)}"));
        try
        {
            using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1, $2)", connection);
            command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = LockClass }, new() { Value = key }]);
            command.CommandTimeout += (int)Math.Ceiling(wait.TotalSeconds); // the server's own limit comes first
            command.ExecuteNonQuery();
        }
        catch (PostgresException failure) when (failure.SqlState == LockNotAvailable)
        {
            problem = $"the mailboxes in schema {schema} are in use by another server{HolderOf(connection, key)}: "
                + "stop it, or name another schema with Search Path=";
            return false;
        }

        PostgresSchema.Run(connection, "RESET lock_timeout");
        return true;
    }

    private static string HolderOf(NpgsqlConnection connection, int key) => PostgresSchema.Scalar(
        connection,
        "SELECT format(' (session %s, %s, from %s)', a.pid, coalesce(a.application_name, '?'), coalesce(host(a.client_addr), 'this host')) "
        + "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
        + "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.objid = ($2::bigint & 4294967295)::oid "
        + "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (long)LockClass, (long)key) as string ?? string.Empty;

    /// <summary>
    /// Every question has its index; a plan made while the table was small must not read all of it later. A client that vanished without a word
    /// gives the lock free within half a minute.
    /// </summary>
    private static void Tune(NpgsqlConnection connection) => PostgresSchema.Run(
        connection,
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET statement_timeout = 0; SET client_min_messages = error; "
        + "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;");
}
