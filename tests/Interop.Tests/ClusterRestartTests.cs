using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster whose operator adds a node and restarts the others in the middle of the traffic.</summary>
[Collection(ClusterRejoins.Name)]
public sealed class ClusterRestartTests
{
    private const int Nodes = 3;
    private const int Phones = 200;

    /// <summary>At the beginning; at a new core, whenever the old one leaves; and where a block moves, which most do twice.</summary>
    private const int MostRegistrations = (1 + Nodes + 2) * Phones;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Scenario =
        """
        version: 1
        name: rolling-restart
        seed: 6
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 200, auth: { scheme: md5, secretsFrom: derived } }
        security: { body: smime, sign: none, encrypt: aes-128-gcm, keys: mikey-ticket }
        replayCache: { entries: 1000, timestampBytes: 8, policy: modified }
        traffic: { rate: 20/s, arrivals: poisson, size: 40B-200B, recipients: { pick: uniform } }
        phases:
          - { name: steady, for: 50s }
          - { name: settle, traffic: off, for: 5s }
        """;

    [Fact]
    public async Task A_fourth_node_takes_its_share_and_the_first_three_are_restarted_and_the_promises_hold()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var lab = new ClusterLab(folder, database.ConnectionTo("lab"), [.. Enumerable.Range(0, Nodes + 1).Select(static _ => ClusterLab.LoopbackPlace)]);
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(lab.StartAsync));
        await using var run = lab.Submit(0, Scenario);
        await run.WaitForLineAsync("playing", Patience);

        await lab.StartAsync(Nodes);
        await lab.WaitForStatusAsync(0, status => status.Nodes.Any(node => node.Node == lab.NameOf(Nodes) && node.Blocks > 0), Patience);
        for (var number = 0; number < Nodes; number++)
        {
            nodes[number].Terminate();
            var code = await nodes[number].WaitForExitAsync(Patience);
            Assert.True(code == 0, nodes[number].Output);
            await nodes[number].DisposeAsync();
            await lab.StartAsync(number);
        }

        var result = await run.WaitForHeldAsync(Patience);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        Assert.InRange(result.Registrations.Succeeded, Phones, MostRegistrations);
    }
}
