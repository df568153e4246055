using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Actors of which the cluster has one each: for a role, on its oldest node. When that node leaves or is removed, the next one makes the actor anew; nothing of its
/// state moves.
/// </summary>
public static class SingletonHost
{
    /// <summary>On every node that has the role.</summary>
    /// <param name="system">Of the node.</param>
    /// <param name="role">Names the singleton too.</param>
    /// <param name="props">Makes the actor.</param>
    /// <param name="stopMessage">What tells it to stop when its node leaves; it must stop itself then. Null: it is stopped at once.</param>
    public static IActorRef Start(ActorSystem system, ClusterRole role, Props props, object? stopMessage = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        var settings = ClusterSingletonManagerSettings.Create(system).WithRole(role.ToRoleName());
        return system.ActorOf(ClusterSingletonManager.Props(props, stopMessage ?? PoisonPill.Instance, settings), role.ToRoleName());
    }

    /// <summary>On any node: passes messages on to wherever the singleton is, and keeps some while it is nowhere.</summary>
    public static IActorRef StartProxy(ActorSystem system, ClusterRole role)
    {
        ArgumentNullException.ThrowIfNull(system);
        var settings = ClusterSingletonProxySettings.Create(system).WithRole(role.ToRoleName());
        return system.ActorOf(ClusterSingletonProxy.Props($"/user/{role.ToRoleName()}", settings), role.ToRoleName() + "-proxy");
    }
}
