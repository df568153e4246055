using Akka.Actor;

namespace UeFarm.Actors.Ue;

/// <summary>A started block of phones. Its parent belongs to whoever started it; stop it after hiding the block.</summary>
public sealed class UeBlock(IActorRef parent, Action hide)
{
    public IActorRef Parent { get; } = parent;

    /// <summary>From now on the phones are not reached here, and their requests are answered 480.</summary>
    public void Hide() => hide();
}
