using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The shard region of the blocks of phones. A block is a shard and its only entity, so that each moves by itself. A block exists from its first
/// <see cref="ClusterMessages.EnsureBlock"/> until it stops itself or is stopped to move.
/// </summary>
public static class BlockRegion
{
    private const string TypeName = "blocks";

    /// <summary>On a node with the role ue.</summary>
    /// <param name="system">Of the node.</param>
    /// <param name="props">Makes the actor of a block, by its number.</param>
    /// <param name="stopMessage">What tells a block to write its last facts and stop, within <see cref="ClusterTiming.HandOff"/>.</param>
    public static Task<IActorRef> StartAsync(ActorSystem system, Func<int, Props> props, object stopMessage)
    {
        ArgumentNullException.ThrowIfNull(system);
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(ClusterRole.Ue.ToRoleName());
        return sharding.StartAsync(
            TypeName, id => props(int.Parse(id, CultureInfo.InvariantCulture)), settings, Extractor.Instance, sharding.DefaultShardAllocationStrategy(settings), stopMessage);
    }

    /// <summary>On a node without that role: passes messages on.</summary>
    public static Task<IActorRef> StartProxyAsync(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ClusterSharding.Get(system).StartProxyAsync(TypeName, ClusterRole.Ue.ToRoleName(), Extractor.Instance);
    }

    private sealed class Extractor : IMessageExtractor
    {
        public static readonly Extractor Instance = new();

        public string? EntityId(object message) => message switch
        {
            ClusterMessages.EnsureBlock { Block: >= 0 } ensure => ensure.Block.ToString(CultureInfo.InvariantCulture),
            ClusterMessages.CloseBooks { Block: >= 0 } close => close.Block.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

        public object? EntityMessage(object message) => message;

        public string? ShardId(object message) => EntityId(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;
    }
}
