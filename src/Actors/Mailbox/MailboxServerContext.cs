using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Mailbox;

/// <summary>What the actors of one server share. Immutable but for the arrival counter; thread-safe.</summary>
internal sealed class MailboxServerContext(
    ApplicationServerSettings settings, MailboxEndpoint endpoint, IMailboxStore store, ApplicationServerCounters counters, CoreContact core,
    WakeUpWheel wheel, IReadOnlyList<ISipTransport> transports, IReadOnlyList<IActorRef> partitions, IActorRef drainGate)
{
    private long _arrival = store.Recovery.HighestArrival;

    public ApplicationServerSettings Settings { get; } = settings;

    public MailboxSettings MailboxSettings { get; } = settings.ToMailboxSettings();

    public MailboxEndpoint Endpoint { get; } = endpoint;

    public IMailboxStore Store { get; } = store;

    public ApplicationServerCounters Counters { get; } = counters;

    public CoreContact Core { get; } = core;

    public WakeUpWheel Wheel { get; } = wheel;

    /// <summary>Nobody where the drain has no limit.</summary>
    public IActorRef DrainGate { get; } = drainGate;

    public IActorRef PartitionOf(string recipient) => partitions[MailboxReceiver.PartitionOf(recipient, partitions.Count)];

    public void TellPartitions(object message)
    {
        foreach (var partition in partitions)
        {
            partition.Tell(message, ActorRefs.NoSender);
        }
    }

    public long NextArrival() => Interlocked.Increment(ref _arrival);

    public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < transports.Count; i++)
        {
            if (transports[i].Kind == hop.Transport)
            {
                return transports[i].Send(hop, bytes);
            }
        }

        return SipSendResult.Closed;
    }
}
