using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>Opens connections to PostgreSQL as settings name it, and sees to it that the server is one that data can be trusted to.</summary>
internal static class PostgresConnector
{
    private const int OldestServer = 12_00_00;

    /// <summary>The connection string with the password in it.</summary>
    /// <exception cref="IOException">The password file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The password file may not be read.</exception>
    public static string Complete(NpgsqlConnectionStringBuilder builder, string? passwordFile, string name)
    {
        builder.ApplicationName = name;
        builder.Password = passwordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
        return builder.ConnectionString;
    }

    /// <summary>
    /// One session. The name tells this user's sessions from others': one of its own that was lost is ended. False: the problem says why, for an operator.
    /// </summary>
    public static bool TryConnect(
        string connectionString, string? passwordFile, bool allowUnsafe, string name, out NpgsqlConnection? connection, out string schema, out string problem)
    {
        connection = null;
        schema = string.Empty;
        if (!PostgresConnectionText.TryRead(connectionString, out var builder, out var fault, out var remedy))
        {
            problem = $"the connection string {fault}: {remedy}";
            return false;
        }

        schema = builder.SearchPath!;
        NpgsqlConnection? opened = null;
        try
        {
            opened = new NpgsqlConnection(Complete(builder, passwordFile, name));
            opened.Open();
            if (TryAccept(opened, allowUnsafe, out problem))
            {
                PostgresSchema.Scalar(
                    opened, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", name);
                connection = opened;
                opened = null;
                return true;
            }
        }
        catch (Exception failure) when (IsOfOpening(failure))
        {
            problem = $"no session with PostgreSQL at {builder.Host}: {Explain(failure)}";
        }
        finally
        {
            opened?.Dispose();
        }

        return false;
    }

    /// <summary>
    /// Every question has its index; a plan made while the table was small must not read all of it later. A client that vanished without a word
    /// gives the lock free within half a minute.
    /// </summary>
    public static void Tune(NpgsqlConnection connection) => PostgresSchema.Run(
        connection,
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET statement_timeout = 0; SET client_min_messages = error; "
        + "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;");

    /// <summary>What a server, the network, or a connection that broke while nobody looked can cause.</summary>
    public static bool IsOfConnection(Exception failure) => failure is NpgsqlException or SocketException or IOException or AuthenticationException
        or TimeoutException or OperationCanceledException or InvalidOperationException;

    /// <summary>And what a password file or a connection string can.</summary>
    public static bool IsOfOpening(Exception failure) =>
        IsOfConnection(failure) || failure is UnauthorizedAccessException or ArgumentException or NotSupportedException;

    public static string Explain(Exception failure) =>
        failure is PostgresException answer ? $"{answer.MessageText} ({answer.SqlState})" : failure.InnerException?.Message ?? failure.Message;

    /// <summary>A confirmed commit has to be on the disk, and texts have to be kept as they are.</summary>
    private static bool TryAccept(NpgsqlConnection connection, bool allowUnsafe, out string problem)
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
            : allowUnsafe ? string.Empty
            : row.GetString(3) == "off" ? Unsafe("fsync")
            : row.GetString(4) == "off" ? Unsafe("full_page_writes")
            : row.GetString(5) == "off" ? Unsafe("synchronous_commit")
            : string.Empty;
        return problem.Length == 0;
    }

    private static string Unsafe(string setting) =>
        $"{setting} is off in PostgreSQL, so that a crash could lose messages answered 202: switch it on, or accept the loss explicitly";
}
