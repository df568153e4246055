using Akka.Actor;
using Akka.Cluster.Routing;
using Akka.Routing;
using UeFarm.Actors.Ue;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The KMS of a node with the role kms, at the same path on each: passes questions on to the pool of the run that is on. It answers that there is none in
/// between, so that phones do not wait in vain.
/// </summary>
internal sealed class KmsGate : UntypedActor
{
    public const string Name = "kms-gate";

    private const string Path = "/user/" + Name;

    private IActorRef? _pool;

    public static Props Props() => Akka.Actor.Props.Create(() => new KmsGate());

    /// <summary>Asks the gates of all nodes with the role by turns; on any node.</summary>
    public static Props RouterProps()
    {
        var settings = new ClusterRouterGroupSettings(int.MaxValue, [Path], allowLocalRoutees: true, ClusterRole.Kms.ToRoleName());
        return Akka.Actor.Props.Empty.WithRouter(new ClusterRouterGroup(new RoundRobinGroup(Path), settings));
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
