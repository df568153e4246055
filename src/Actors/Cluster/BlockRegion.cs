using Akka.Actor;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The shard region of the blocks of phones. A block exists from its first <see cref="ClusterMessages.EnsureBlock"/> until it stops itself or is stopped to move.
/// </summary>
public static class BlockRegion
{
    private static readonly NumberedRegion Region = new("blocks", ClusterRole.Ue, static message => message switch
    {
        ClusterMessages.EnsureBlock { Block: >= 0 } ensure => ensure.Block,
        ClusterMessages.CloseBooks { Stream: >= 0 } close => close.Stream,
        _ => null,
    });

    /// <summary>On a node with the role ue.</summary>
    /// <param name="system">Of the node.</param>
    /// <param name="props">Makes the actor of a block, by its number.</param>
    /// <param name="stopMessage">What tells a block to write its last facts and stop, within <see cref="ClusterTiming.HandOff"/>.</param>
    public static Task<IActorRef> StartAsync(ActorSystem system, Func<int, Props> props, object stopMessage) => Region.StartAsync(system, props, stopMessage);

    /// <summary>On a node without that role: passes messages on.</summary>
    public static Task<IActorRef> StartProxyAsync(ActorSystem system) => Region.StartProxyAsync(system);
}
