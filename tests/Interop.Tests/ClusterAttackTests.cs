using UeFarm.Actors.Journal;
using UeFarm.Farm.Cluster;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster under attack, of which a node with phones is killed in the middle of the traffic. Messages are signed, caches go by senders, servers subscribe.</summary>
[Collection(ClusterLosses.Name)]
public sealed class ClusterAttackTests
{
    private const int Nodes = 3;
    private const int Phones = 200;
    private const int Killed = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Scenario =
        """
        version: 1
        name: attacked-cluster
        seed: 8
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 200, auth: { scheme: md5, secretsFrom: derived } }
        security: { body: smime, sign: ecdsa-p256, encrypt: aes-128-gcm, keys: mikey-ticket }
        replayCache: { entries: 1000, timestampBytes: 8, policy: per-sender, senderPartitions: 8 }
        applicationServer: { presence: reg-event }
        traffic: { rate: 20/s, arrivals: poisson, size: 40B-200B, recipients: { pick: uniform } }
        faults:
          attacks: { replay: 20/s, forged: 5/s, altered-body: 2/s }
        phases:
          - { name: steady, for: 45s }
          - { name: settle, traffic: off, for: 3s }
        """;

    [Fact]
    public async Task A_replay_of_what_a_phone_took_before_it_moved_is_refused_where_it_is_now()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        var store = database.ConnectionTo("lab");
        await using var lab = new ClusterLab(folder, store, [.. Enumerable.Range(0, Nodes).Select(static _ => ClusterLab.LoopbackPlace)]);
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(lab.StartAsync));
        await using var run = lab.Submit(0, Scenario);
        await run.WaitForSecondAsync(10, Patience);
        nodes[Killed].Kill();

        var result = await run.WaitForHeldAsync(Patience);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        Assert.Equal(["altered-body", "forged", "replay"], result.Attacks.Select(static attack => attack.Kind).Order());
        Assert.All(result.Attacks, static attack => Assert.Equal((0L, true), (attack.Accepted, attack.Rejected > attack.Sent / 2)));

        var runId = (await lab.WaitForStatusAsync(0, static _ => true, Patience)).RunId;
        Assert.True(PostgresRunJournal.TryOpen(new ClusterStore(store, null, false).JournalOf(runId), out var journal, out var problem), problem);
        await using (journal)
        {
            var (outcomes, sent) = await MovedReplays.CountAsync(journal!, TestContext.Current.CancellationToken);
            TestContext.Current.SendDiagnosticMessage($"{sent} replays to phones that had moved; of what they had taken before: {string.Join(", ", outcomes)}");
            Assert.InRange(sent, 1, int.MaxValue);
            Assert.Equal([ReceiveOutcome.Duplicate], outcomes.Keys);
        }
    }
}
