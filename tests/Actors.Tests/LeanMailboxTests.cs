using Akka.Actor;
using Akka.Event;
using UeFarm.Actors.Tests.Timing;
using Xunit;

namespace UeFarm.Actors.Tests;

public sealed class LeanMailboxTests
{
    private sealed record Numbered(int Sender, int Number);

    [Fact]
    public async Task Many_senders_and_a_taker_lose_nothing_and_keep_each_senders_order()
    {
        const int Senders = 4;
        const int Each = 50_000;
        var queue = new LeanMessageQueue();
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope(new Numbered(sender, number), ActorRefs.NoSender));
            }
        })));
        var next = new int[Senders];
        var left = Senders * Each;
        while (left > 0)
        {
            if (queue.TryDequeue(out var envelope))
            {
                var message = (Numbered)envelope.Message;
                Assert.Equal(next[message.Sender]++, message.Number);
                left--;
            }
            else
            {
                await Task.Yield();
            }
        }

        await sending;
        Assert.False(queue.HasMessages);
        Assert.False(queue.TryDequeue(out _));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Counts_what_is_in_both_halves()
    {
        var queue = new LeanMessageQueue();
        for (var number = 1; number <= 5; number++)
        {
            queue.Enqueue(ActorRefs.Nobody, new Envelope(number, ActorRefs.NoSender));
            Assert.Equal(number, queue.Count);
        }

        Assert.True(queue.TryDequeue(out var first));
        Assert.Equal(1, first.Message);
        queue.Enqueue(ActorRefs.Nobody, new Envelope(6, ActorRefs.NoSender));
        Assert.Equal(5, queue.Count);
        Assert.True(queue.HasMessages);
    }

    [Fact]
    public void What_is_left_goes_to_the_dead_letters_in_order_with_its_sender()
    {
        var queue = new LeanMessageQueue();
        var deadLetters = new LeanMessageQueue();
        var sender = new RecordingActorRef();
        for (var number = 1; number <= 3; number++)
        {
            queue.Enqueue(ActorRefs.Nobody, new Envelope(number, sender));
        }

        queue.TryDequeue(out _);
        queue.Enqueue(ActorRefs.Nobody, new Envelope(4, sender));
        queue.CleanUp(ActorRefs.Nobody, deadLetters);
        Assert.False(queue.HasMessages);
        foreach (var expected in new[] { 2, 3, 4 })
        {
            Assert.True(deadLetters.TryDequeue(out var envelope));
            Assert.Equal(expected, envelope.Message);
            Assert.Same(sender, envelope.Sender);
        }
    }

    [Fact]
    public void An_empty_queue_costs_two_references()
    {
        var kept = new LeanMessageQueue[1000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < kept.Length; index++)
        {
            kept[index] = new LeanMessageQueue();
        }

        Assert.Equal(32 * kept.Length, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Actors_with_it_handle_every_message_of_every_sender_in_order()
    {
        const int Senders = 4;
        const int Each = 20_000;
        var system = FarmActorSystem.Create("lean");
        try
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var actor = system.ActorOf(Props.Create(() => new OrderActor(Senders, Each, done)).WithLeanMailbox());
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
            {
                for (var number = 0; number < Each; number++)
                {
                    actor.Tell(new Numbered(sender, number));
                }
            })));
            await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.IsType<LeanMessageQueue>(((ActorCell)((ActorRefWithCell)actor).Underlying).Mailbox!.MessageQueue);
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task A_stopped_actors_messages_are_handled_or_dead_none_is_gone()
    {
        const int Count = 20_000;
        const int StopAfter = 5000;
        var system = FarmActorSystem.Create("lean");
        try
        {
            var counter = new Counter();
            var deadLetters = system.ActorOf(Props.Create(() => new CountingActor(counter, isDeadLetterSide: true, int.MaxValue)));
            system.EventStream.Subscribe(deadLetters, typeof(DeadLetter));
            var actor = system.ActorOf(Props.Create(() => new CountingActor(counter, isDeadLetterSide: false, StopAfter)).WithLeanMailbox());
            for (var number = 0; number < Count; number++)
            {
                actor.Tell(new Numbered(0, number));
            }

            await counter.Reached(Count).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Equal(Count - StopAfter, counter.Dead);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private sealed class OrderActor(int senders, int each, TaskCompletionSource done) : UntypedActor
    {
        private readonly int[] _next = new int[senders];
        private int _left = senders * each;

        protected override void OnReceive(object message)
        {
            var numbered = (Numbered)message;
            if (_next[numbered.Sender]++ != numbered.Number)
            {
                done.TrySetException(new InvalidOperationException("Out of order: " + numbered));
            }

            if (--_left == 0)
            {
                done.TrySetResult();
            }
        }
    }

    private sealed class CountingActor(Counter counter, bool isDeadLetterSide, int stopAfter) : UntypedActor
    {
        private int _handled;

        protected override void OnReceive(object message)
        {
            if (message is Numbered || message is DeadLetter { Message: Numbered })
            {
                counter.Add(isDeadLetterSide);
                if (++_handled == stopAfter)
                {
                    Context.Stop(Self);
                }
            }
        }
    }

    private sealed class Counter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _total;
        private int _target;
        private int _dead;

        public int Dead => Volatile.Read(ref _dead);

        public void Add(bool isDead)
        {
            if (isDead)
            {
                Interlocked.Increment(ref _dead);
            }

            if (Interlocked.Increment(ref _total) == Volatile.Read(ref _target))
            {
                _reached.TrySetResult();
            }
        }

        public Task Reached(int target)
        {
            Volatile.Write(ref _target, target);
            if (Volatile.Read(ref _total) == target)
            {
                _reached.TrySetResult();
            }

            return _reached.Task;
        }
    }
}
