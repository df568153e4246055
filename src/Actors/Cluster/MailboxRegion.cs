using Akka.Actor;
using UeFarm.Actors.Journal;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The shard region of the groups of mailboxes, each an application server (<see cref="MailboxGroupActor"/>). A group is served from its first
/// <see cref="ClusterMessages.ServeMailboxes"/> until the run ends or the group moves.
/// </summary>
internal static class MailboxRegion
{
    private static readonly NumberedRegion Region = new("mailboxes", ClusterRole.ApplicationServer, static message => message switch
    {
        ClusterMessages.ServeMailboxes { Group: >= 0 } serve => serve.Group,
        ClusterMessages.CloseBooks close when RunStreams.TryGetGroup(close.Stream, out var group) => group,
        _ => null,
    });

    /// <summary>On a node with the role as.</summary>
    public static Task<IActorRef> StartAsync(ActorSystem system, Func<int, Props> props) => Region.StartAsync(system, props, MailboxGroupActor.End.Instance);

    /// <summary>On a node without that role: passes messages on.</summary>
    public static Task<IActorRef> StartProxyAsync(ActorSystem system) => Region.StartProxyAsync(system);
}
