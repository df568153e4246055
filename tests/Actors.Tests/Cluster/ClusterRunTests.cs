using System.Net;
using System.Text.Json;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class ClusterRunTests : IAsyncLifetime
{
    private static readonly ClusterRole[] All = [ClusterRole.Ue, ClusterRole.Core, ClusterRole.ApplicationServer, ClusterRole.Kms, ClusterRole.Conductor];
    private static readonly NodeNetwork Network = new(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, 0));

    private readonly string _folder = Directory.CreateTempSubdirectory("uefarm-cluster-").FullName;
    private readonly TestCluster _cluster = new();
    private readonly List<ClusterFarm> _farms = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var farm in _farms)
        {
            await farm.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Three_nodes_play_one_schedule_and_come_to_one_verdict()
    {
        var factory = new TestRunFactory(
            _folder,
            [
                new PhasePlan { Name = "away", Duration = TimeSpan.FromSeconds(3), GoOffline = 30, Cut = OfflineKind.Clean, Within = TimeSpan.FromSeconds(1) },
                new PhasePlan { Name = "back", Duration = TimeSpan.FromSeconds(3), GoOnline = 30, Within = TimeSpan.FromSeconds(1) },
            ],
            rate: 50);
        for (var node = 0; node < 3; node++)
        {
            await StartAsync(factory);
        }

        var runId = await SubmitAsync("100");
        await TestCluster.UntilAsync(() => factory.Judged is not null);
        var (books, result) = factory.Judged!.Value;
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal(result.Totals.Sent, result.Totals.Accepted);
        Assert.InRange(result.Totals.Sent, 200, 400);
        Assert.Equal(100, result.RegisteredAtEnd);
        Assert.Equal(100, books.Recorder.RegisteredPhones);
        Assert.Equal(runId, (await factory.Runs.FindNewestAsync(TestContext.Current.CancellationToken))!.RunId);
    }

    private async Task<ClusterFarm> StartAsync(TestRunFactory factory)
    {
        var node = await _cluster.StartAsync(All);
        var farm = await ClusterFarm.StartAsync(node, All.ToHashSet(), factory, Network);
        _farms.Add(farm);
        return farm;
    }

    private async Task<string> SubmitAsync(string scenario)
    {
        var submission = JsonSerializer.Serialize(new RunSubmission(scenario, []), ConductorJson.Default.RunSubmission);
        var reply = await _farms[0].Conductor.Ask<object>(new ClusterMessages.ConductorQuery(ConductorVerb.Submit, "", submission), TestCluster.Patience);
        return Assert.IsType<ClusterMessages.ConductorReply>(reply).RunId;
    }
}
