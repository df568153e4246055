using System.Globalization;
using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>
/// The one connection of a server to its data. It holds the lock on the data as long as it lives, and the database gives the lock to the next
/// session only when this one's transaction has ended: what a lost connection sent cannot come to life behind the back of its successor.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
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
        if (!PostgresConnector.TryConnect(
            settings.ConnectionString, settings.PasswordFile, settings.AllowUnsafe, name, out var connection, out var schema, out problem))
        {
            return false;
        }

        try
        {
            if (TryLock(connection!, schema, settings.LockWait, out problem))
            {
                PostgresConnector.Tune(connection!);
                session = new PostgresSession(connection!, schema);
                connection = null;
                return true;
            }
        }
        catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
        {
            problem = $"no session with PostgreSQL: {PostgresConnector.Explain(failure)}";
        }
        finally
        {
            connection?.Dispose();
        }

        return false;
    }

    public void Dispose() => Connection.Dispose();

    private static bool TryLock(NpgsqlConnection connection, string schema, TimeSpan wait, out string problem)
    {
        problem = string.Empty;
        var key = (int)PostgresSchema.Scalar(connection, "SELECT hashtext($1)", schema)!;
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
}
