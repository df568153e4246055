using System.Globalization;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>One server for all tests of the collection, which run one after the other; each has a schema of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static int _schemas;
    private PostgresCluster? _cluster;

    /// <summary>Skips the test when there is none.</summary>
    public PostgresCluster Cluster
    {
        get
        {
            Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? string.Empty);
            return _cluster!;
        }
    }

    public static string NewSchema() => string.Create(CultureInfo.InvariantCulture, $"store_{Interlocked.Increment(ref _schemas)}");

    public async ValueTask InitializeAsync() => _cluster = PostgresCluster.Missing is null ? await PostgresCluster.StartAsync() : null;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    public Task<object?> ScalarAsync(string sql, string schema = "public") => Cluster.ScalarAsync(sql, schema);
}
