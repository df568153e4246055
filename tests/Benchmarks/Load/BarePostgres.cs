using System.Diagnostics;
using Npgsql;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>One prepared statement that inserts so many rows of three columns, each time a transaction of its own, one connection.</summary>
internal sealed class BarePostgres : IStoreContender
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlParameter<long[]> _arrivals;
    private readonly int _batch;
    private long _arrival;

    public BarePostgres(string connectionText, string schema, int batch, int bodyBytes)
    {
        _batch = batch;
        _connection = new NpgsqlConnection(connectionText + ";Pooling=false");
        _connection.Open();
        using var create = new NpgsqlCommand(
            $"CREATE SCHEMA {schema}; CREATE TABLE {schema}.bare (arrival bigint PRIMARY KEY, recipient text NOT NULL, body bytea NOT NULL);", _connection);
        create.ExecuteNonQuery();
        _insert = new NpgsqlCommand($"INSERT INTO {schema}.bare SELECT * FROM unnest($1, $2, $3)", _connection);
        _arrivals = new NpgsqlParameter<long[]> { TypedValue = new long[batch] };
        _insert.Parameters.Add(_arrivals);
        _insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Enumerable.Repeat("sip:bob@ims.example", batch)] });
        _insert.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. Enumerable.Repeat(MailboxRecords.BodyOf(1, bodyBytes), batch)] });
        _insert.Prepare();
    }

    public Task<long> WorkAsync(TimeSpan slice) => Task.Factory.StartNew(
        () =>
        {
            var stored = 0L;
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < slice; stored += _batch)
            {
                for (var i = 0; i < _batch; i++)
                {
                    _arrivals.TypedValue![i] = ++_arrival;
                }

                _insert.ExecuteNonQuery();
            }

            return stored;
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
