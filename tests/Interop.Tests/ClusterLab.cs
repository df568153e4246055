using System.Globalization;
using System.Net;
using System.Text.Json;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Nodes of one cluster that a test starts and stops one by one, and what an operator asks them. All roles on each; the first three are the seeds.</summary>
internal sealed class ClusterLab : IAsyncDisposable
{
    private const int Seeds = 3;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder;
    private readonly string _store;
    private readonly IReadOnlyList<Place> _places;
    private readonly FarmProcess?[] _nodes;
    private readonly string _token;

    /// <param name="folder">Of the test.</param>
    /// <param name="store">The database.</param>
    /// <param name="places">Where each node is, started or not.</param>
    public ClusterLab(TemporaryFolder folder, string store, IReadOnlyList<Place> places)
    {
        (_folder, _store, _places, _nodes) = (folder, store, places, new FarmProcess?[places.Count]);
        _token = folder.Write("token", new string('a', 64));
    }

    /// <summary>A place of the loopback address.</summary>
    public static Place LoopbackPlace => new([], IPAddress.Loopback, Peer.FreePort(), Peer.FreePort());

    /// <summary>Starts a node, for the first time or again, and waits until it is a member.</summary>
    public async Task<FarmProcess> StartAsync(int number)
    {
        var node = Start(number);
        await node.WaitForLineAsync("is a member of the cluster", LongestStart);
        return node;
    }

    /// <summary>Starts a node that may not become a member.</summary>
    public FarmProcess Start(int number, params string[] arguments)
    {
        var place = _places[number];
        var seeds = JsonSerializer.Serialize(_places.Take(Seeds).Select(static seed => seed.Member).ToArray());
        return _nodes[number] = FarmProcess.StartCommand(
            _folder, place.Launcher, "none",
            [
                "node", "--role", "ue,core,as,kms,conductor", "--listen", $"{place.Address}:0", "--admin", $"127.0.0.1:{place.AdminPort}", "--admin-token-file", _token,
                "--set", $"cluster.listen={place.Member}", "--set", $"cluster.seeds={seeds}", "--set", $"cluster.store={JsonSerializer.Serialize("postgres:" + _store)}",
                .. arguments,
            ]);
    }

    /// <summary>Gives a scenario to the cluster by way of a node, and waits for the verdict until disposed.</summary>
    public FarmProcess Submit(int number, string scenario, params string[] arguments) => Ask(
        number, "submit", [_folder.Write("scenario.yaml", scenario), "--token-file", _token, "--wait", "--out", _folder.PathOf("results"), .. arguments]);

    /// <summary>Turns a knob of the run by way of a node: the exit code, and what was printed.</summary>
    public async Task<(int Code, string Output)> TurnAsync(int number, string knob, params string[] arguments)
    {
        await using var asked = Ask(number, knob, [.. arguments, "--token-file", _token]);
        return (await asked.WaitForExitAsync(LongestCall), asked.Output);
    }

    /// <summary>Asks by way of a node until the answer is the wanted one.</summary>
    public async Task<ConductorStatus> WaitForStatusAsync(int number, Predicate<ConductorStatus> isWanted, TimeSpan limit)
    {
        var last = "";
        using var patience = new CancellationTokenSource(limit);
        while (!patience.IsCancellationRequested)
        {
            await using var asked = Ask(number, "status", "--json");
            var code = await asked.WaitForExitAsync(LongestCall);
            last = asked.Output;
            if (code == 0 && JsonSerializer.Deserialize(last, ConductorJson.Default.ConductorStatus) is { } status && isWanted(status))
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"the cluster did not come there:\n{last}\n{string.Join("\n\n", _nodes.Select(static node => node?.Output))}");
    }

    /// <summary>Where a node's metrics are.</summary>
    public int AdminPortOf(int number) => _places[number].AdminPort;

    /// <summary>What a node is called in the cluster.</summary>
    public string NameOf(int number) => _places[number].Member;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }
    }

    private FarmProcess Ask(int number, string command, params string[] arguments)
    {
        var place = _places[number];
        return FarmProcess.StartCommand(
            _folder, place.Launcher, "results",
            [command, .. arguments, "--conductor", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{place.AdminPort}/")]);
    }

    /// <summary>Where a node runs.</summary>
    /// <param name="Launcher">What puts a program there; empty: it is here.</param>
    /// <param name="Address">That the other nodes reach.</param>
    /// <param name="MemberPort">For the other nodes.</param>
    /// <param name="AdminPort">Of the loopback address there.</param>
    public sealed record Place(IReadOnlyList<string> Launcher, IPAddress Address, int MemberPort, int AdminPort)
    {
        public string Member => string.Create(CultureInfo.InvariantCulture, $"{Address}:{MemberPort}");
    }
}
