using Akka.Actor;
using Akka.Cluster.Routing;
using Akka.Event;
using Akka.Routing;
using UeFarm.Actors.Ue;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The KMS of a node with the role kms, at the same path on each: passes questions on to the pool of the run that is on. It answers that there is none in between, so that phones do not
/// wait in vain.
/// </summary>
internal sealed class KmsGate : UntypedActor
{
    private const string Name = "kms";

    private IActorRef? _pool;

    /// <summary>On a node with the role.</summary>
    public static IActorRef Start(ActorSystem system) => system.ActorOf(Akka.Actor.Props.Create(() => new KmsGate()), Name);

    /// <summary>On any node: asks the gates of all nodes with the role by turns.</summary>
    public static IActorRef StartRouter(ActorSystem system)
    {
        var settings = new ClusterRouterGroupSettings(int.MaxValue, [$"/user/{Name}"], allowLocalRoutees: true, ClusterRole.Kms.ToRoleName());
        return system.ActorOf(Akka.Actor.Props.Empty.WithRouter(new ClusterRouterGroup(new RoundRobinGroup($"/user/{Name}"), settings)), Name + "-router");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Serve serve:
                if (_pool is not null)
                {
                    Context.Stop(_pool);
                }

                _pool = serve.Pool is null ? null : Context.ActorOf(serve.Pool);
                break;
            case KmsQuery query when _pool is null:
                Sender.Tell(new KmsAnswer(query.Token, null));
                break;
            case KmsQuery:
                _pool.Forward(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Null: no run.</summary>
    public sealed record Serve(Props? Pool) : INoSerializationVerificationNeeded;
}
