using UeFarm.Actors.Stores;

namespace UeFarm.TestSupport.Faults;

/// <summary>The PostgreSQL server of a fault run, behind a relay that can lose connections and be slow.</summary>
internal sealed class FaultDatabase : IAsyncDisposable
{
    private const string Schema = "faults";

    private readonly PostgresCluster _cluster;
    private readonly TcpRelay _relay;

    private FaultDatabase(PostgresCluster cluster)
    {
        _cluster = cluster;
        _relay = new TcpRelay(cluster.Port);
    }

    /// <summary>For the server: through the relay. Its commands run out of time sooner than the longest outage ends.</summary>
    public string Connection => _cluster.ConnectionTo(Schema, _relay.Port) + ";Command Timeout=3;Timeout=2";

    /// <summary>For whoever looks at what the server left behind.</summary>
    public PostgresMailboxStoreSettings Settings => new() { ConnectionString = _cluster.ConnectionTo(Schema) };

    public static async Task<FaultDatabase> StartAsync() => new(await PostgresCluster.StartAsync());

    public Task KillAsync() => _cluster.KillServerAsync();

    public Task StartAgainAsync() => _cluster.StartServerAsync();

    public async Task StrikeAsync(FaultKind kind, TimeSpan duration, TimeSpan latency, CancellationToken cancellation)
    {
        switch (kind)
        {
            case FaultKind.FreezeDatabase:
                _cluster.Freeze();
                await Task.Delay(duration, cancellation);
                _cluster.Thaw();
                break;
            case FaultKind.CutDatabase:
                _relay.Cut(refuse: true);
                await Task.Delay(duration, cancellation);
                _relay.Mend();
                break;
            case FaultKind.MuteDatabase:
                _relay.SwallowAnswers();
                break;
            case FaultKind.SlowDatabase:
                _relay.AnswerDelay = latency;
                await Task.Delay(duration, cancellation);
                _relay.AnswerDelay = TimeSpan.Zero;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "nothing that happens to a database while it runs");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _cluster.DisposeAsync();
    }
}
