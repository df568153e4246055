using System.Net;
using Akka.Configuration;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>Nodes of a cluster in this process, on loopback. Quick in what is waited for, and patient with a busy machine.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Nobody is held for dead by mistake; who is, is removed soon.</summary>
    public static readonly ClusterTiming Timing = new()
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        AcceptablePause = TimeSpan.FromSeconds(4),
        StableAfter = TimeSpan.FromSeconds(1),
        Gossip = TimeSpan.FromMilliseconds(100),
        Tick = TimeSpan.FromMilliseconds(100),
        SeedPatience = TimeSpan.FromSeconds(1),
        RebalanceInterval = TimeSpan.FromMilliseconds(500),
        JoinTimeout = Patience,
    };

    private readonly List<ClusterNode> _nodes = [];

    /// <summary>A node as every test has it: on any free port, asking the first one.</summary>
    public ClusterNodeSettings Settings(params ClusterRole[] roles) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Seeds = _nodes.Count == 0 ? [] : [SeedOf(_nodes[0])],
        Roles = roles.ToHashSet(),
        Timing = Timing,

        // Dead letters and lost peers are what the tests are about.
        Overrides = ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF"),
    };

    public Task<ClusterNode> StartAsync(params ClusterRole[] roles) => StartAsync(Settings(roles));

    public async Task<ClusterNode> StartAsync(ClusterNodeSettings settings, RecordingObserver? observer = null)
    {
        var node = await ClusterNode.StartAsync(settings, observer ?? new RecordingObserver(), TestContext.Current.CancellationToken);
        _nodes.Add(node);
        return node;
    }

    public static DnsEndPoint SeedOf(ClusterNode node) => new(node.Cluster.SelfAddress.Host, node.Cluster.SelfAddress.Port!.Value);

    /// <summary>Without leaving: it is gone without a word, as a process that was killed.</summary>
    public static Task KillAsync(ClusterNode node) => node.System.Terminate();

    /// <summary>The test fails if it does not become true: a whole run, and the end of a node in it, may be waited for.</summary>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()), static isTrue => isTrue);

    /// <summary>The test fails if the answer does not become the wanted one.</summary>
    public static async Task UntilAsync<T>(Func<Task<T>> ask, Predicate<T> isWanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(3 * Patience);
        while (!isWanted(await ask()))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await KillAsync(node);
        }
    }
}
