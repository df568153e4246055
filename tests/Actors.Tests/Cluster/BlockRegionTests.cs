using System.Collections.Concurrent;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class BlockRegionTests : IAsyncDisposable
{
    private const int Blocks = 12;
    private const string Stop = "stop";

    private readonly TestCluster _cluster = new();
    private readonly ConcurrentQueue<(int Block, string Node)> _stopped = new();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Blocks_spread_move_with_their_stop_message_and_come_back_elsewhere()
    {
        var first = await StartNodeAsync();
        var conductor = await _cluster.StartAsync(ClusterRole.Conductor);
        var proxy = await BlockRegion.StartProxyAsync(conductor.System);
        Assert.Equal([first.Address], (await PlaceAsync(proxy)).Distinct());

        // A second node: some blocks move there, each told to stop where it was.
        var second = await StartNodeAsync();
        IReadOnlyList<string> places = [];
        do
        {
            places = await PlaceAsync(proxy);
        }
        while (places.Count(place => place == second.Address) < Blocks / 3);
        Assert.Contains(_stopped, entry => entry.Node == first.Address);

        // It leaves in order: what it had is stopped in order and found on the first node again.
        Assert.True(await second.LeaveAsync(TestCluster.Patience));
        var onSecond = Enumerable.Range(0, Blocks).Where(block => places[block] == second.Address);
        Assert.Empty(onSecond.Except(_stopped.Where(entry => entry.Node == second.Address).Select(static entry => entry.Block)));
        Assert.Equal([first.Address], (await PlaceAsync(proxy)).Distinct());
    }

    private async Task<ClusterNode> StartNodeAsync()
    {
        var node = await _cluster.StartAsync(ClusterRole.Ue);
        await BlockRegion.StartAsync(node.System, block => Props.Create(() => new Block(node.Address, _stopped)), Stop);
        return node;
    }

    /// <summary>Where each block is; starts those that are nowhere.</summary>
    private static async Task<IReadOnlyList<string>> PlaceAsync(IActorRef region) =>
        [.. await Task.WhenAll(Enumerable.Range(0, Blocks).Select(block => AskAsync(region, block)))];

    private static async Task<string> AskAsync(IActorRef region, int block)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                var report = await region.Ask<ClusterMessages.BlockReport>(
                    new ClusterMessages.EnsureBlock("run", block), TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                Assert.Equal(block, report.Block);
                return report.Node;
            }
            catch (AskTimeoutException)
            {
                // It moves.
            }
        }
    }

    private sealed class Block(string node, ConcurrentQueue<(int Block, string Node)> stopped) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterMessages.EnsureBlock ensure:
                    Assert.Equal(Self.Path.Name, $"{ensure.Block}");
                    Sender.Tell(new ClusterMessages.BlockReport(ensure.RunId, ensure.Block, node, 1, 0, 0, 0, false));
                    break;
                case Stop:
                    stopped.Enqueue((int.Parse(Self.Path.Name, System.Globalization.CultureInfo.InvariantCulture), node));
                    Context.Stop(Self);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }
}
