using Npgsql;
using NpgsqlTypes;
using UeFarm.Actors.Stores;

namespace UeFarm.Actors.Journal;

/// <summary>What the journal's thread says to the database. Exceptions of the connection come out.</summary>
internal sealed class JournalSession(NpgsqlConnection connection, string run) : IDisposable
{
    private const string Entries = "unnest($2::int[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS b(stream, epoch, number, place)";

    /// <summary>
    /// A batch is written when its stream has still the claim's epoch and ends right before it. Both are looked at with the stream's row locked, so that nothing is
    /// written once a later claim is there, and nothing is written twice, however late a lost session's question is carried out.
    /// </summary>
    private const string Append = """
        WITH taken AS (
          UPDATE journal_streams s SET last_batch = b.number, complete_to = greatest(s.complete_to, b.complete)
          FROM unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[]) WITH ORDINALITY AS b(stream, epoch, number, complete, facts, place)
          WHERE s.run = $1 AND s.stream = b.stream AND s.epoch = b.epoch AND s.last_batch = b.number - least(octet_length(b.facts), 1)
          RETURNING b.stream, b.epoch, b.number, b.facts, b.place),
        added AS (
          INSERT INTO journal_batches (run, stream, number, epoch, facts)
          SELECT $1, stream, number, epoch, facts FROM taken WHERE octet_length(facts) > 0)
        SELECT place FROM taken
        """;

    private const string Find = "SELECT s.epoch IS NOT DISTINCT FROM b.epoch, "
        + "EXISTS (SELECT FROM journal_batches j WHERE j.run = $1 AND j.stream = b.stream AND j.number = b.number AND j.epoch = b.epoch) "
        + "FROM " + Entries + " LEFT JOIN journal_streams s ON s.run = $1 AND s.stream = b.stream ORDER BY b.place";

    /// <summary>False: the problem says why, for an operator.</summary>
    public static bool TryOpen(PostgresRunJournalSettings settings, string name, out JournalSession? session, out string problem)
    {
        session = null;
        if (!PostgresConnector.TryConnect(
            settings.ConnectionString, settings.PasswordFile, settings.AllowUnsafe, name, out var connection, out var schema, out problem))
        {
            return false;
        }

        try
        {
            if (JournalSchema.TryPrepare(connection!, schema, settings.Run, out problem))
            {
                PostgresConnector.Tune(connection!);
                session = new JournalSession(connection!, settings.Run);
                connection = null;
                return true;
            }
        }
        catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
        {
            problem = $"the tables of schema {schema}: {PostgresConnector.Explain(failure)}";
        }
        finally
        {
            connection?.Dispose();
        }

        return false;
    }

    /// <summary>Writes what may be written, in one commit; returns which entries that were.</summary>
    public HashSet<int> Write(IReadOnlyList<JournalEntry> entries)
    {
        using var command = CommandFor(Append, entries);
        command.Parameters.Add(Of(entries, static entry => entry.CompleteTicks));
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]>
        {
            TypedValue = [.. entries.Select(static entry => entry.Segment?.Bytes ?? ReadOnlyMemory<byte>.Empty)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });
        var written = new HashSet<int>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            written.Add((int)rows.GetInt64(0) - 1);
        }

        rows.NextResult(); // an error of the commit comes out here
        return written;
    }

    /// <summary>Of each entry: whether its claim still has the stream, and whether its batch is there.</summary>
    public List<(bool IsOurs, bool IsThere)> Ask(IReadOnlyList<JournalEntry> entries)
    {
        using var command = CommandFor(Find, entries);
        var answers = new List<(bool, bool)>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            answers.Add((rows.GetBoolean(0), rows.GetBoolean(1)));
        }

        return answers;
    }

    public bool IsBroken => connection.State != System.Data.ConnectionState.Open;

    public void Dispose() => connection.Dispose();

    private NpgsqlCommand CommandFor(string sql, IReadOnlyList<JournalEntry> entries)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = run, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int[]>
        {
            TypedValue = [.. entries.Select(static entry => entry.Stream.Claim.Stream)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
        });
        command.Parameters.Add(Of(entries, static entry => entry.Stream.Claim.Epoch));
        command.Parameters.Add(Of(entries, static entry => entry.Number));
        return command;
    }

    private static NpgsqlParameter<long[]> Of(IReadOnlyList<JournalEntry> entries, Func<JournalEntry, long> value) =>
        new() { TypedValue = [.. entries.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
