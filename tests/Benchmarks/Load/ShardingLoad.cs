using Akka.Actor;
using UeFarm.Actors.Cluster;

namespace UeFarm.Benchmarks.Load;

/// <summary>What the way through the local shard region costs a message, beside a Tell to the block itself.</summary>
internal static class ShardingLoad
{
    private const int Blocks = 64;
    private const int PerBlock = 20_000;
    private const int Rounds = 5;

    /// <summary>The run of messages that are answered.</summary>
    private const string Hello = "hello";

    private static readonly ClusterMessages.EnsureBlock[] Messages = [.. Enumerable.Range(0, Blocks).Select(static block => new ClusterMessages.EnsureBlock("", block))];

    public static async Task RunAsync()
    {
        await using var node = await ClusterNodes.StartAsync(null, new NoObserver());
        using var done = new CountdownEvent(Blocks);
        var region = await BlockRegion.StartAsync(node.System, _ => Props.Create(() => new Block(done)), PoisonPill.Instance);
        var blocks = Messages.Select(_ => node.System.ActorOf(Props.Create(() => new Block(done)))).ToArray();

        // Places the blocks.
        await Task.WhenAll(Messages.Select(message => region.Ask<string>(message with { RunId = Hello })));

        Table.Head($"{Blocks * PerBlock:N0} messages from one thread to {Blocks} blocks, median of {Rounds}", "messages/s", "µs CPU");
        Measure("Tell to the block", done, block => blocks[block]);
        Measure("through the local shard region", done, _ => region);
    }

    private static void Measure(string name, CountdownEvent done, Func<int, IActorRef> targetOf)
    {
        var rates = new double[Rounds];
        var costs = new double[Rounds];
        var targets = Enumerable.Range(0, Blocks).Select(targetOf).ToArray();
        for (var round = -1; round < Rounds; round++)
        {
            done.Reset();
            var start = Usage.Now();
            for (var number = 0; number < PerBlock; number++)
            {
                for (var block = 0; block < Blocks; block++)
                {
                    targets[block].Tell(Messages[block], ActorRefs.NoSender);
                }
            }

            done.Wait();
            var used = Usage.Now() - start;
            if (round >= 0)
            {
                rates[round] = Blocks * PerBlock / used.Elapsed.TotalSeconds;
                costs[round] = used.MicrosecondsPer(Blocks * PerBlock);
            }
        }

        Table.Row(name, Table.Median(rates), Table.Median(costs));
    }

    private sealed class Block(CountdownEvent done) : UntypedActor
    {
        private int _received;

        protected override void OnReceive(object message)
        {
            if (message is ClusterMessages.EnsureBlock { RunId: Hello })
            {
                Sender.Tell("here");
            }
            else if (++_received % PerBlock == 0)
            {
                done.Signal();
            }
        }
    }

    private sealed class NoObserver : IClusterObserver
    {
        public void OnUp(ClusterMember member)
        {
        }

        public void OnUnreachable(ClusterMember member)
        {
        }

        public void OnReachable(ClusterMember member)
        {
        }

        public void OnRemoved(ClusterMember member, bool hasLeft)
        {
        }
    }
}
