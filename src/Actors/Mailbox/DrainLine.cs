using Akka.Actor;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// The limiter of a server's drain and whom its numbers stand for. Outlives failures of the <see cref="DrainGate"/>: nobody who waits is forgotten.
/// </summary>
internal sealed class DrainLine(double ratePerSecond)
{
    public DrainLimiter Limiter { get; } = new(ratePerSecond);

    /// <summary>The actors of the mailboxes that wait.</summary>
    public Dictionary<long, IActorRef> Waiting { get; } = [];
}
