using Akka.Actor;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>
/// Keeps the facts of a block's phones so that another process can go on where this one ended. Called on the phones' threads; must not block. What goes wrong is the
/// block's to bear: it ends, and nothing that was not confirmed has left a phone.
/// </summary>
public interface IUeJournal
{
    /// <summary>More waits for the disk than should: requests are answered 503 until that is over.</summary>
    bool IsCongested { get; }

    /// <summary>Adds a fact. With a token above 0 the waiter is told <see cref="UeInputs.Durable"/> when it, and everything before it, is safe; perhaps never.</summary>
    void Write(UeId ue, in UeEffect fact, Instant now, IActorRef waiter, long token);
}
