using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace UeFarm.Actors;

/// <summary>
/// The mailbox type of actors that exist by the hundred thousand: <see cref="LeanMessageQueue"/> instead of a queue that keeps a segment of 32 places.
/// Made by Akka from the configuration that <see cref="FarmActorSystem"/> adds.
/// </summary>
public sealed class LeanMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<LeanMessageQueue>
{
    /// <summary>The key of the mailbox in the configuration.</summary>
    public const string Id = "uefarm.lean-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LeanMessageQueue();
}
