using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>Tells nodes that want to join what they must agree with. On every node.</summary>
internal sealed class JoinGate(IReadOnlyList<JoinTerm> terms) : UntypedActor
{
    public const string Name = "join";

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    public static Props Props(IReadOnlyList<JoinTerm> terms) => Akka.Actor.Props.Create(() => new JoinGate(terms));

    protected override void OnReceive(object message)
    {
        if (message is not ClusterMessages.JoinQuery query)
        {
            Unhandled(message);
            return;
        }

        if (JoinCompatibility.Compare(query.Terms, terms, "this node") is { } fault)
        {
            Context.GetLogger().Warning("{0} must not join: {1}", Sender.Path.Address, fault);
        }

        Sender.Tell(new ClusterMessages.JoinAnswer(_cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp, terms));
    }
}
