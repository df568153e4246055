using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace UeFarm.Actors;

/// <summary>
/// An actor's queue that costs two references while it is empty: senders push onto a stack with one compare-and-swap, the actor takes the whole stack
/// at once and turns it round. Order is that of the pushes. Any number of senders, one taker at a time (which Akka's mailbox guarantees, with
/// the memory barriers between takers). Unbounded.
/// </summary>
internal sealed class LeanMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    /// <summary>What senders pushed, the latest first.</summary>
    private Node? _pushed;

    /// <summary>What the taker took over, the oldest first.</summary>
    private Node? _taken;

    public bool HasMessages => Volatile.Read(ref _taken) is not null || Volatile.Read(ref _pushed) is not null;

    /// <summary>A walk over the queue: for diagnosis, exact while nobody sends or takes.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var node = Volatile.Read(ref _taken); node is not null; node = node.Next)
            {
                count++;
            }

            for (var node = Volatile.Read(ref _pushed); node is not null; node = node.Next)
            {
                count++;
            }

            return count;
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var node = new Node(envelope);
        var latest = Volatile.Read(ref _pushed);
        while (true)
        {
            node.Next = latest;
            var before = Interlocked.CompareExchange(ref _pushed, node, latest);
            if (ReferenceEquals(before, latest))
            {
                return;
            }

            latest = before;
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        var node = _taken ?? TakeOver();
        if (node is null)
        {
            envelope = default;
            return false;
        }

        Volatile.Write(ref _taken, node.Next);
        envelope = node.Envelope;
        return true;
    }

    /// <summary>The actor has stopped: what nobody took goes to the dead letters.</summary>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        ArgumentNullException.ThrowIfNull(deadletters);
        while (TryDequeue(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }

    private Node? TakeOver()
    {
        var node = Interlocked.Exchange(ref _pushed, null);
        Node? oldest = null;
        while (node is not null)
        {
            var next = node.Next;
            node.Next = oldest;
            oldest = node;
            node = next;
        }

        return oldest;
    }

    private sealed class Node(Envelope envelope)
    {
        public readonly Envelope Envelope = envelope;
        public Node? Next;
    }
}
