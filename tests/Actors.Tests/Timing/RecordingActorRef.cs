using System.Collections.Concurrent;
using Akka.Actor;

namespace UeFarm.Actors.Tests.Timing;

/// <summary>An address that notes what it is told, and may react to it, on the teller's thread.</summary>
internal sealed class RecordingActorRef : MinimalActorRef
{
    public ConcurrentQueue<object> Told { get; } = new();

    public Action<object>? React { get; set; }

    public override ActorPath Path { get; } = ActorPath.Parse("akka://test/user/recorder");

    public override IActorRefProvider Provider => throw new NotSupportedException("This address belongs to no system.");

    protected override void TellInternal(object message, IActorRef sender)
    {
        Told.Enqueue(message);
        React?.Invoke(message);
    }
}
