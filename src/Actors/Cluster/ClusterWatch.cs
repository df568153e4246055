using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>Tells an observer of the members, and ends the node when the others have shut it out.</summary>
internal sealed class ClusterWatch(IClusterObserver observer, Action onQuarantined) : UntypedActor
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    public static Props Props(IClusterObserver observer, Action onQuarantined) => Akka.Actor.Props.Create(() => new ClusterWatch(observer, onQuarantined));

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberUp up:
                observer.OnUp(Describe(up.Member));
                break;
            case ClusterEvent.UnreachableMember unreachable:
                observer.OnUnreachable(Describe(unreachable.Member));
                break;
            case ClusterEvent.ReachableMember reachable:
                observer.OnReachable(Describe(reachable.Member));
                break;

            // Who is no member any more sees all others go, which says nothing about them.
            case ClusterEvent.MemberRemoved removed when _cluster.IsTerminated && removed.Member.UniqueAddress != _cluster.SelfUniqueAddress:
                break;
            case ClusterEvent.MemberRemoved removed:
                observer.OnRemoved(Describe(removed.Member), removed.PreviousStatus == MemberStatus.Exiting || IsLeaving(removed.Member));
                break;

            // Only if it is still a member here: who has left refuses what comes late, and that is in order.
            case ThisActorSystemQuarantinedEvent { RemoteAddress: var remote } when _cluster.State.Members.Any(member => member.Address == remote):
                onQuarantined();
                break;
            case ThisActorSystemQuarantinedEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>This node, which may end before its leaving has come to its last state.</summary>
    private bool IsLeaving(Member member) => member.UniqueAddress == _cluster.SelfUniqueAddress
        && CoordinatedShutdown.Get(Context.System).ShutdownReason is CoordinatedShutdown.ClusterLeavingReason;

    private static ClusterMember Describe(Member member)
    {
        var roles = new List<ClusterRole>();
        foreach (var name in member.Roles)
        {
            if (ClusterRoleNames.TryParse(name, out var role))
            {
                roles.Add(role);
            }
        }

        roles.Sort();
        return new ClusterMember(NodeName.Of(member.Address), roles);
    }
}
