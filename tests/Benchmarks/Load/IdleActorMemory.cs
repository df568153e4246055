using System.Diagnostics;
using Akka.Actor;
using UeFarm.Actors;

namespace UeFarm.Benchmarks.Load;

/// <summary>Bytes of managed memory that an idle untyped actor costs, with one parent per thousand, after it has handled a message.</summary>
public static class IdleActorMemory
{
    private const int PerParent = 1000;

    /// <param name="actors">A multiple of 1,000.</param>
    /// <param name="lean">With the lean mailbox, or with Akka's default.</param>
    public static async Task<(double BytesPerActor, double CreatedPerSecond)> RunAsync(int actors, bool lean)
    {
        using var system = FarmActorSystem.Create("memory");
        await CreateAsync(system, PerParent, lean).ConfigureAwait(false);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        await CreateAsync(system, actors, lean).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        await system.Terminate().ConfigureAwait(false);
        return (bytes / (double)actors, actors / elapsed.TotalSeconds);
    }

    private static Task<string[]> CreateAsync(ActorSystem system, int actors, bool lean) => Task.WhenAll(
        Enumerable.Range(0, actors / PerParent).Select(_ => system.ActorOf(Props.Create(() => new Parent(lean))).Ask<string>("create")));

    private sealed class Parent(bool lean) : UntypedActor
    {
        private int _ready;
        private IActorRef? _asker;

        protected override void OnReceive(object message)
        {
            if (Equals(message, "create"))
            {
                _asker = Sender;
                var props = Props.Create(static () => new Child());
                props = lean ? props.WithLeanMailbox() : props;
                for (var index = 0; index < PerParent; index++)
                {
                    Context.ActorOf(props).Tell("ready?");
                }
            }
            else if (++_ready == PerParent)
            {
                _asker!.Tell("created");
            }
        }
    }

    private sealed class Child : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell("ready");
    }
}
