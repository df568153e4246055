using System.Net;
using UeFarm.Farm.Report;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A cluster of processes against a network that is not its own.</summary>
[Collection(ClusterProcesses.Name)]
public sealed class ClusterTargetTests
{
    private const string Domain = "ims.example";
    private const string Password = "correct-horse-7";
    private const int Phones = 200;
    private const int Nodes = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Phones_of_two_nodes_register_with_Kamailio_by_the_secrets_of_a_file_and_all_their_messages_are_accepted()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        await using var kamailio = await Kamailio.StartAsync(Domain, Password);
        using var folder = new TemporaryFolder();
        folder.Write("subscribers.csv", Kamailio.SubscribersOf(Phones, Domain, Password));
        var result = await RunAsync(folder, $$"""
            version: 1
            name: cluster-kamailio
            target: { domain: {{Domain}}, core: "sip:127.0.0.1:{{kamailio.Port}};transport=tcp", as: external, kms: embedded, allow: [127.0.0.0/8] }
            subscribers:
              count: {{Phones}}
              auth: { scheme: md5, secretsFrom: { file: subscribers.csv } }
            security: { body: smime, encrypt: aes-128-gcm }
            traffic: { rate: 100/s, arrivals: uniform, size: 160B, recipients: { pick: uniform } }
            phases:
              - { name: steady, for: 8s }
            """);

        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        Assert.InRange(result.Ledger.Sent, 799, 801);
        Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted);
    }

    [Fact]
    public async Task Messages_to_phones_that_are_away_wait_in_an_application_server_that_is_not_of_the_cluster()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        var core = new IPEndPoint(IPAddress.Loopback, Peer.FreePort());
        using var folder = new TemporaryFolder();
        await using var server = await ApplicationServerProcess.StartAsync(
            new ApplicationServerProcessSettings { Domain = Domain, Core = core, Folder = folder.FullPath }, Cancellation);
        var result = await RunAsync(folder, $$"""
            version: 1
            name: cluster-server
            target: { domain: {{Domain}}, as: "sip:{{server.EndPoint}};transport=tcp", listen: "{{core}}", allow: [127.0.0.0/8] }
            subscribers: { count: {{Phones}} }
            security: { body: smime, encrypt: aes-128-gcm }
            traffic: { rate: 100/s, arrivals: uniform, size: 160B, recipients: { pick: uniform } }
            phases:
              - { name: away, offline: 40%, within: 1s, for: 4s }
              - { name: back, online: all, within: 1s, for: 6s }
            """);

        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        result.AssertOnlyLeaversFailed();
        Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted + result.Ledger.Failed);
        Assert.Equal(0, await server.BacklogAsync(Cancellation));
    }

    private static async Task<ResultDocument> RunAsync(TemporaryFolder folder, string scenario)
    {
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var farm = FarmProcess.Start(folder, scenario, "results", "--nodes", $"{Nodes}", "--store", database.ConnectionTo("lab"));
        var result = await farm.WaitForHeldAsync(Patience);
        Assert.Equal((0L, 0L), (result.Ledger.Unaccounted, result.Ledger.Rejected));
        return result;
    }
}
