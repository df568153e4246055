using Akka.Actor;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class SingletonHostTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task The_next_node_of_the_role_takes_over_from_one_that_was_killed_and_from_one_that_leaves()
    {
        var nodes = new List<ClusterNode>();
        foreach (var role in (ClusterRole[])[ClusterRole.Core, ClusterRole.Core, ClusterRole.Ue, ClusterRole.Core])
        {
            var node = await _cluster.StartAsync(role);
            nodes.Add(node);
            if (role == ClusterRole.Core)
            {
                SingletonHost.Start(node.System, role, Props.Create(() => new Namer(node.Address)), "stop");
            }
        }

        var proxy = SingletonHost.StartProxy(nodes[2].System, ClusterRole.Core);
        Assert.Equal(nodes[0].Address, await AskUntilAsync(proxy, nodes[0]));

        await TestCluster.KillAsync(nodes[0]);
        nodes[1].Cluster.Down(nodes[0].Cluster.SelfAddress);
        Assert.Equal(nodes[1].Address, await AskUntilAsync(proxy, nodes[1]));

        Assert.True(await nodes[1].LeaveAsync(TestCluster.Patience));
        Assert.Equal(nodes[3].Address, await AskUntilAsync(proxy, nodes[3]));
    }

    /// <summary>Until the singleton on a node answers; what it says is where it believes to be.</summary>
    private static async Task<string> AskUntilAsync(IActorRef proxy, ClusterNode expected)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                var reply = await proxy.Ask<ClusterMessages.ConductorReply>(
                    new ClusterMessages.ConductorQuery(ConductorVerb.Status, "", ""), TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
                if (reply.Content == expected.Address)
                {
                    return reply.Content;
                }
            }
            catch (AskTimeoutException)
            {
                // It is on its way.
            }
        }
    }

    private sealed class Namer(string address) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterMessages.ConductorQuery query:
                    Sender.Tell(new ClusterMessages.ConductorReply(query.RunId, address));
                    break;
                case "stop":
                    Context.Stop(Self);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }
}
