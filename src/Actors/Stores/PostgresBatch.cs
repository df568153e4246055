using System.Data;
using Npgsql;
using NpgsqlTypes;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Commands as few statements: what changes the data between two reads becomes one statement per kind, each read one of its own. Within such a run the
/// order does not matter, because a number is appended before it is removed and of a recipient's presence only the last word counts.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection) : IDisposable
{
    private const string Insert = "INSERT INTO mailbox_messages (" + MailboxColumns.Names + ") SELECT * FROM "
        + "unnest($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)";

    private const string Page = "SELECT " + MailboxColumns.Names + " FROM mailbox_messages WHERE recipient = $1 AND (sort_key, arrival) > ($2, $3) "
        + "ORDER BY sort_key, arrival LIMIT $4";

    private const string Expired = "SELECT " + MailboxColumns.Names + " FROM mailbox_messages WHERE recipient = $1 AND expires_at <= $2 LIMIT $3";

    private const string Inventory =
        "SELECT count(*), coalesce(sum(body_bytes), 0), min(expires_at) FROM mailbox_messages WHERE recipient = $1 AND expires_at > $2";

    private const string All = "SELECT " + MailboxColumns.Names + " FROM mailbox_messages WHERE arrival > $1 ORDER BY arrival LIMIT $2";

    private const string Oldest = "SELECT arrived_at FROM mailbox_messages ORDER BY arrival LIMIT 1";

    private readonly NpgsqlBatch _batch = new(connection);
    private readonly List<MailboxStoreCommand> _commands = [];
    private readonly List<MailboxRecord> _appends = [];
    private readonly List<long> _removals = [];
    private readonly Dictionary<string, bool> _presence = new(StringComparer.Ordinal);

    public void Add(CarriedWrites carried)
    {
        _removals.AddRange(carried.Removals);
        foreach (var (recipient, online) in carried.Presence)
        {
            _presence[recipient] = online;
        }

        EndRun();
    }

    public void Add(in MailboxStoreCommand command)
    {
        _commands.Add(command);
        switch (command.Kind)
        {
            case MailboxStoreCommandKind.Append:
                _appends.Add(command.Record!);
                if (command.Record!.Replaces != 0)
                {
                    _removals.Add(command.Record.Replaces);
                }

                break;
            case MailboxStoreCommandKind.Remove:
                _removals.Add(command.Number);
                break;
            case MailboxStoreCommandKind.SetOnline or MailboxStoreCommandKind.SetOffline:
                _presence[command.Recipient!] = command.Kind == MailboxStoreCommandKind.SetOnline;
                break;
            case MailboxStoreCommandKind.Read:
                EndRun();
                AddRead(command.Recipient!, command.Question);
                break;
            case MailboxStoreCommandKind.ReadAfter:
                EndRun();
                AddStatement(All, Of(command.Number), Of(MailboxStoreCommand.ReadAfterLimit));
                break;
            case MailboxStoreCommandKind.Oldest:
                EndRun();
                AddStatement(Oldest);
                break;
            case MailboxStoreCommandKind.Probe:
                // A row is written anew whether or not it changes; a standby, or a server whose disk is full, does not take it.
                AddStatement("UPDATE mailbox_store SET version = version");
                break;
        }
    }

    /// <summary>One answer per command that was added, null for what is no read.</summary>
    public void Execute(List<object?> answers)
    {
        EndRun();
        if (_batch.BatchCommands.Count == 0)
        {
            _batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1")); // a flush is answered by a server that lives
            _batch.ExecuteNonQuery();
            answers.AddRange(Enumerable.Repeat<object?>(null, _commands.Count));
            return;
        }

        using var results = _batch.ExecuteReader();
        foreach (var command in _commands)
        {
            answers.Add(command.Kind switch
            {
                MailboxStoreCommandKind.Read => ReadAnswer(results, command.Question),
                MailboxStoreCommandKind.ReadAfter => ReadRows(results),
                MailboxStoreCommandKind.Oldest => ReadTime(results),
                _ => null,
            });
        }

        // The server commits at the end of the batch: an error that it met there comes out here.
        while (results.NextResult())
        {
        }
    }

    public void Dispose() => _batch.Dispose();

    private void EndRun()
    {
        if (_appends.Count > 0)
        {
            AddInsert();
            _appends.Clear();
        }

        if (_removals.Count > 0)
        {
            AddStatement("DELETE FROM mailbox_messages WHERE arrival = ANY($1)", Of(_removals.ToArray()));
            _removals.Clear();
        }

        if (_presence.Count > 0)
        {
            var online = _presence.Where(static entry => entry.Value).Select(static entry => entry.Key).ToArray();
            var offline = _presence.Where(static entry => !entry.Value).Select(static entry => entry.Key).ToArray();
            AddStatement("INSERT INTO mailbox_presence (recipient) SELECT unnest($1) ON CONFLICT DO NOTHING", Of(online));
            AddStatement("DELETE FROM mailbox_presence WHERE recipient = ANY($1)", Of(offline));
            _presence.Clear();
        }
    }

    private void AddInsert() => AddStatement(
        Insert, Of(Column(static record => record.Arrival)), Of(Column(static record => record.Recipient)),
        Of(Column(static record => record.Position.SortKey)), Of(Column(static record => unchecked((long)record.Timestamp.Raw))),
        Of(Column(static record => record.ArrivedAt.UtcTicks)), Of(Column(static record => record.ExpiresAt.UtcTicks)),
        Of(Column(static record => record.FromUri)), Of(Column(static record => record.ToUri)), Of(Column(static record => record.AssertedIdentity)),
        Of(Column(static record => record.Date)), Of(Column(static record => record.Expires)), Of(Column(static record => record.Subject)),
        Of(Column(static record => record.ContentType)), Of(Column(static record => record.ContentTransferEncoding)),
        Of(Column(static record => record.ContentDisposition)), Of(Column(static record => record.MaxForwards)),
        Of(Column(static record => record.Body)));

    private void AddRead(string recipient, MailboxRead read)
    {
        switch (read.Kind)
        {
            case MailboxReadKind.Page:
                AddStatement(Page, Of(recipient), Of(read.After.SortKey), Of(read.After.Arrival), Of(read.Limit));
                break;
            case MailboxReadKind.Expired:
                AddStatement(Expired, Of(recipient), Of(read.ExpiredAt.UtcTicks), Of(read.Limit));
                AddStatement(Inventory, Of(recipient), Of(read.ExpiredAt.UtcTicks));
                break;
            default:
                AddStatement(Inventory, Of(recipient), Of(long.MinValue));
                break;
        }
    }

    private static MailboxReadResult ReadAnswer(NpgsqlDataReader results, MailboxRead read)
    {
        if (read.Kind == MailboxReadKind.Page)
        {
            return new MailboxReadResult(read.Kind, true, ReadRows(results), default);
        }

        var expired = read.Kind == MailboxReadKind.Expired ? ReadRows(results) : [];
        results.Read();
        var inventory = results.GetInt64(0) == 0
            ? MailboxInventory.Empty
            : new MailboxInventory((int)results.GetInt64(0), results.GetInt64(1), TimeOf(results.GetInt64(2)));
        results.NextResult();
        return read.Kind == MailboxReadKind.Expired && expired.Count >= read.Limit
            ? MailboxReadResult.ExpiredInPart(expired, read.ExpiredAt)
            : new MailboxReadResult(read.Kind, true, expired, inventory);
    }

    private static DateTimeOffset? ReadTime(NpgsqlDataReader results)
    {
        DateTimeOffset? time = results.Read() ? TimeOf(results.GetInt64(0)) : null;
        results.NextResult();
        return time;
    }

    /// <summary>All rows of a result; steps on to the next result.</summary>
    private static List<MailboxRecord> ReadRows(NpgsqlDataReader results)
    {
        var records = new List<MailboxRecord>();
        while (results.Read())
        {
            var arrival = results.GetInt64(0);
            records.Add(new MailboxRecord
            {
                Arrival = arrival,
                Recipient = results.GetString(1),
                Position = new MailboxPosition(results.GetInt64(2), arrival),
                Timestamp = new NtpTimestamp(unchecked((ulong)results.GetInt64(3))),
                ArrivedAt = TimeOf(results.GetInt64(4)),
                ExpiresAt = TimeOf(results.GetInt64(5)),
                FromUri = results.GetString(6),
                ToUri = results.GetString(7),
                AssertedIdentity = TextOf(results, 8),
                Date = TextOf(results, 9),
                Expires = TextOf(results, 10),
                Subject = TextOf(results, 11),
                ContentType = results.GetString(12),
                ContentTransferEncoding = TextOf(results, 13),
                ContentDisposition = TextOf(results, 14),
                MaxForwards = results.GetInt32(15),
                Body = results.GetFieldValue<byte[]>(16),
            });
        }

        results.NextResult();
        return records;
    }

    private static string? TextOf(NpgsqlDataReader results, int column) => results.IsDBNull(column) ? null : results.GetString(column);

    private static DateTimeOffset TimeOf(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private void AddStatement(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            statement.Parameters.Add(parameter);
        }

        _batch.BatchCommands.Add(statement);
    }

    private T[] Column<T>(Func<MailboxRecord, T> field)
    {
        var values = new T[_appends.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = field(_appends[i]);
        }

        return values;
    }

    private static NpgsqlParameter<long> Of(long value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter<int> Of(int value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static NpgsqlParameter<string> Of(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter<long[]> Of(long[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private static NpgsqlParameter<int[]> Of(int[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    private static NpgsqlParameter<string?[]> Of(string?[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<ReadOnlyMemory<byte>[]> Of(ReadOnlyMemory<byte>[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
}
