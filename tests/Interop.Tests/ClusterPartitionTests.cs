using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster whose oldest node (core, application server, conductor, a third of the phones) is cut off from the others, but not from the database.</summary>
[Collection(ClusterRejoins.Name)]
public sealed class ClusterPartitionTests
{
    private const int Nodes = 3;
    private const int Phones = 200;
    private const int Cut = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Scenario =
        """
        version: 1
        name: partition
        seed: 7
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [10.77.0.0/24] }
        subscribers: { count: 200, auth: { scheme: md5, secretsFrom: derived } }
        security: { body: smime, sign: none, encrypt: aes-128-gcm, keys: mikey-ticket }
        replayCache: { entries: 1000, timestampBytes: 8, policy: modified }
        traffic: { rate: 20/s, arrivals: poisson, size: 40B-200B, recipients: { pick: uniform } }
        phases:
          - { name: steady, for: 75s }
          - { name: settle, traffic: off, for: 3s }
        """;

    [Fact]
    public async Task A_node_that_is_cut_off_says_so_and_ends_the_others_go_on_and_it_can_come_back_at_once()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        await using var network = await SplitNetwork.CreateAsync(Nodes);
        using var folder = new TemporaryFolder();
        using var sockets = new TemporaryFolder();
        await Peer.RunAsync("/bin/chmod", folder.FullPath, Patience, "a+rwx", sockets.FullPath);

        // A Unix socket reaches from every namespace: who is cut off goes on writing facts, and only the fence keeps phones from acting twice.
        await using var database = await PostgresCluster.StartAsync($"-c max_connections=100 -c unix_socket_directories={sockets.FullPath}");
        var store = $"Host={sockets.FullPath};Port={database.Port};Database=postgres;Username=uefarm;Search Path=lab";
        await using var lab = new ClusterLab(
            folder, store,
            [.. Enumerable.Range(0, Nodes).Select(number => new ClusterLab.Place(network.LauncherOf(number), SplitNetwork.AddressOf(number), 4053, 9464))]);
        var cut = await lab.StartAsync(Cut);
        await Task.WhenAll(lab.StartAsync(1), lab.StartAsync(2));
        await using var run = lab.Submit(1, Scenario);
        await run.WaitForSecondAsync(3, Patience);

        await network.UnplugAsync(Cut);
        var code = await cut.WaitForExitAsync(Patience);
        Assert.True(code == 1, cut.Output);
        Assert.Contains("was cut off from the majority of the cluster", cut.Output, StringComparison.Ordinal);
        await lab.WaitForStatusAsync(1, static status => status.Nodes.Count == Nodes - 1 && status.Registered == Phones, Patience);

        await network.PlugAsync(Cut);
        await lab.StartAsync(Cut);
        await lab.WaitForStatusAsync(1, static status => status.Nodes.Count == Nodes && status.Nodes.All(static node => node.Blocks > 0), Patience);

        var result = await run.WaitForHeldAsync(Patience);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);

        // It alone was lost, and once.
        var lost = Assert.Single(
            result.Warnings,
            static warning => warning.Contains(" was lost ", StringComparison.Ordinal) || warning.Contains(" was gone ", StringComparison.Ordinal));
        Assert.Contains(lab.NameOf(Cut), lost, StringComparison.Ordinal);
    }
}
