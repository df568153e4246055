using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace UeFarm.Actors.Cluster;

/// <summary>A shard region whose entities have numbers. Each is a shard by itself, so that each moves by itself.</summary>
/// <param name="name">Of the region.</param>
/// <param name="role">Of the nodes that have entities.</param>
/// <param name="numberOf">To which entity a message goes; null: to none.</param>
internal sealed class NumberedRegion(string name, ClusterRole role, Func<object, int?> numberOf)
{
    /// <summary>On a node with the role.</summary>
    public Task<IActorRef> StartAsync(ActorSystem system, Func<int, Props> props, object stopMessage)
    {
        ArgumentNullException.ThrowIfNull(system);
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(role.ToRoleName());
        return sharding.StartAsync(
            name, id => props(int.Parse(id, CultureInfo.InvariantCulture)), settings, new Extractor(numberOf), sharding.DefaultShardAllocationStrategy(settings), stopMessage);
    }

    /// <summary>On a node without that role: passes messages on.</summary>
    public Task<IActorRef> StartProxyAsync(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ClusterSharding.Get(system).StartProxyAsync(name, role.ToRoleName(), new Extractor(numberOf));
    }

    private sealed class Extractor(Func<object, int?> numberOf) : IMessageExtractor
    {
        public string? EntityId(object message) => numberOf(message)?.ToString(CultureInfo.InvariantCulture);

        public object? EntityMessage(object message) => message;

        public string? ShardId(object message) => EntityId(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;
    }
}
