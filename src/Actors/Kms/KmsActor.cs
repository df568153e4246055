using Akka.Actor;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Kms;

namespace UeFarm.Actors.Kms;

/// <summary>
/// Answers a <see cref="KmsQuery"/> with a <see cref="KmsAnswer"/>; its message is null when the KMS stays silent. Holds no state, so any number of
/// them may serve one <see cref="KeyManagementService"/>: see <see cref="KmsPool"/>.
/// </summary>
public sealed class KmsActor(KeyManagementService service, KmsCounters counters, TimeProvider time) : UntypedActor
{
    public static Props Props(KeyManagementService service, KmsCounters counters, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new KmsActor(service, counters, time));

    protected override void OnReceive(object message)
    {
        if (message is not KmsQuery query)
        {
            Unhandled(message);
            return;
        }

        var reply = service.Process(query.Message, time.GetUtcNow());
        counters.Add(reply.Outcome);
        Sender.Tell(Answer(query, reply.Message));
    }

    /// <summary>A fault is a bug and goes to the supervisor; the phone is told at once instead of waiting for its deadline.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        counters.AddFault();
        if (message is KmsQuery query)
        {
            Sender.Tell(Answer(query, null));
        }

        base.PreRestart(reason, message);
    }

    // Without the cast a null array would become an empty message, which is not the same as none.
    private static KmsAnswer Answer(KmsQuery query, byte[]? message) =>
        new(query.Token, message is null ? (ReadOnlyMemory<byte>?)null : message);
}
