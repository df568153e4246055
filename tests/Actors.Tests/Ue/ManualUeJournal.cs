using System.Collections.Concurrent;
using Akka.Actor;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Tests.Ue;

/// <summary>Keeps what is written and confirms it when the test says so.</summary>
internal sealed class ManualUeJournal : IUeJournal
{
    private readonly ConcurrentQueue<(IActorRef Waiter, long Token)> _waiting = new();

    public ConcurrentQueue<(UeId Ue, UeEffect Fact)> Written { get; } = new();

    public bool IsCongested { get; set; }

    public int Waiting => _waiting.Count;

    public void Write(UeId ue, in UeEffect fact, Instant now, IActorRef waiter, long token)
    {
        Written.Enqueue((ue, fact));
        if (token > 0)
        {
            _waiting.Enqueue((waiter, token));
        }
    }

    public void ConfirmAll()
    {
        while (_waiting.TryDequeue(out var next))
        {
            next.Waiter.Tell(new UeInputs.Durable(next.Token), ActorRefs.NoSender);
        }
    }
}
