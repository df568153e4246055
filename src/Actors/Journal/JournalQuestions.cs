using Npgsql;

namespace UeFarm.Actors.Journal;

/// <summary>What is asked of the database besides writing facts.</summary>
internal static class JournalQuestions
{
    private const string Claim = "INSERT INTO journal_streams AS s (run, stream, epoch, owner, complete_to, last_batch) VALUES ($1, $2, 1, $3, 0, 1) "
        + "ON CONFLICT (run, stream) DO UPDATE SET epoch = s.epoch + 1, owner = $3, last_batch = s.last_batch + 1 RETURNING epoch, last_batch";

    /// <summary>Raises the epoch, which waits for a commit under way in the stream's row, and writes the fact of it.</summary>
    public static async Task<(StreamClaim Claim, long Number)> ClaimAsync(
        NpgsqlConnection connection, PostgresRunJournalSettings settings, int stream, string owner, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        long epoch, number;
        await using (var command = Command(connection, Claim, settings.Run, stream, owner))
        await using (var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await row.ReadAsync(cancellation).ConfigureAwait(false);
            (epoch, number) = (row.GetInt64(0), row.GetInt64(1));
        }

        var facts = RunFactCodec.Encode([new RunFact(RunFactKind.Claimed, settings.Time.GetUtcNow().UtcTicks, Token: epoch)]);
        await using (var command = Command(
            connection, "INSERT INTO journal_batches (run, stream, number, epoch, facts) VALUES ($1, $2, $3, $4, $5)", settings.Run, stream, number, epoch, facts))
        {
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return (new StreamClaim(stream, epoch), number);
    }

    public static async Task<IReadOnlyList<JournalBatch>> ReadAsync(
        NpgsqlConnection connection, string run, int stream, long after, int most, CancellationToken cancellation)
    {
        var batches = new List<JournalBatch>();
        await using var command = Command(
            connection, "SELECT number, epoch, facts FROM journal_batches WHERE run = $1 AND stream = $2 AND number > $3 ORDER BY number LIMIT $4",
            run, stream, after, most);
        await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await row.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var number = row.GetInt64(0);
            var error = RunFactCodec.TryDecode(row.GetFieldValue<byte[]>(2), out var facts);
            batches.Add(error == RunFactCodecError.None
                ? new JournalBatch(number, row.GetInt64(1), facts)
                : throw new InvalidDataException(
                    $"batch {number} of stream {stream} in the journal of run {run} cannot be read ({error}): read it with the program that wrote it, or a later one"));
        }

        return batches;
    }

    public static async Task<IReadOnlyList<StreamState>> ListAsync(NpgsqlConnection connection, string run, CancellationToken cancellation)
    {
        var streams = new List<StreamState>();
        await using var command = Command(
            connection, "SELECT stream, epoch, owner, complete_to, last_batch FROM journal_streams WHERE run = $1 ORDER BY stream", run);
        await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await row.ReadAsync(cancellation).ConfigureAwait(false))
        {
            streams.Add(new StreamState(row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4)));
        }

        return streams;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
