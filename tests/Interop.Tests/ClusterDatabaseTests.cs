using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster whose database goes away for seconds in the middle of the traffic, a quarter of the phones being offline; and its end.</summary>
[Collection(ClusterRejoins.Name)]
public sealed class ClusterDatabaseTests
{
    private const int Nodes = 3;
    private const int Phones = 120;
    private const int Away = Phones / 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(8);

    private const string Scenario =
        """
        version: 1
        name: database-away
        seed: 9
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 120, auth: { scheme: md5, secretsFrom: derived } }
        security: { body: smime, sign: none, encrypt: aes-128-gcm, keys: mikey-ticket }
        replayCache: { entries: 1000, timestampBytes: 8, policy: modified }
        traffic: { rate: 20/s, arrivals: poisson, size: 40B-200B, recipients: { pick: uniform } }
        faults:
          attacks: { replay: 10/s }
        phases:
          - { name: away, offline: 25%, for: 16s }
          - { name: back, online: all, within: 1s, for: 5s }
          - { name: settle, traffic: off, for: 2s }
        """;

    [Fact]
    public async Task A_run_waits_for_its_database_the_promises_hold_and_all_nodes_may_leave_at_once()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var lab = new ClusterLab(folder, database.ConnectionTo("lab"), [.. Enumerable.Range(0, Nodes).Select(static _ => ClusterLab.LoopbackPlace)]);
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(lab.StartAsync));
        await using var run = lab.Submit(0, Scenario);
        await run.WaitForSecondAsync(4, Patience);
        await database.StopServerAsync(immediate: true);
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        await database.StartServerAsync();

        var result = await run.WaitForHeldAsync(Patience);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.InRange(result.Ledger.Accepted, result.Ledger.Sent / 2, result.Ledger.Sent);

        // Each phone is where it was: none dropped out but those that the scenario sent away.
        Assert.Equal((Phones, Phones + Away), (result.Registrations.RegisteredAtEnd, result.Registrations.Succeeded));
        Assert.All(result.Attacks, static attack => Assert.Equal((0L, true), (attack.Accepted, attack.Rejected > attack.Sent / 2)));
        Assert.Contains("the database did not answer for ", Assert.Single(result.Warnings), StringComparison.Ordinal);

        Array.ForEach(nodes, static node => node.Terminate());
        foreach (var node in nodes)
        {
            Assert.True(await node.WaitForExitAsync(Patience) == 0, node.Output);
        }
    }
}
