using UeFarm.Actors.Attack;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>Counts what happens to a node's phones and blocks, for its reports and its metrics. Thread-safe.</summary>
internal sealed class NodeRecorder : IUeObserver
{
    private long _registrations;
    private long _registrationFailures;
    private long _due;
    private long _sent;
    private long _answered;
    private long _answered202;
    private long _failed;
    private long _accepted;
    private long _rejected;
    private long _redelivered;
    private long _reportsSent;
    private long _restarts;
    private long _claimed;
    private long _handedOver;
    private long _lost;

    /// <summary>How late the schedule was played here: from due to the hand-over to the phone.</summary>
    public LatencyRecorder Lag { get; } = new();

    /// <summary>Blocks that came here.</summary>
    public long ClaimedBlocks => Read(ref _claimed);

    /// <summary>Blocks that left in order.</summary>
    public long HandedOverBlocks => Read(ref _handedOver);

    /// <summary>Blocks that another node took, or that could not be kept.</summary>
    public long LostBlocks => Read(ref _lost);

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        switch (fact.Kind)
        {
            case UeEffectKind.Registered:
                Interlocked.Increment(ref _registrations);
                break;
            case UeEffectKind.RegistrationFailed:
                Interlocked.Increment(ref _registrationFailures);
                break;
            case UeEffectKind.MessageSent:
                Interlocked.Increment(ref _sent);
                break;
            case UeEffectKind.MessageAnswered when fact.Status is >= 200 and < 300:
                Interlocked.Increment(ref _answered);
                Interlocked.Add(ref _answered202, fact.Status == 202 ? 1 : 0);
                break;
            case UeEffectKind.MessageAnswered or UeEffectKind.MessageFailed:
                Interlocked.Increment(ref _failed);
                break;
            case UeEffectKind.MessageReceived when AttackMark.Of(fact) is null:
                CountReceived(fact.Outcome);
                break;
            case UeEffectKind.ReportSent:
                Interlocked.Increment(ref _reportsSent);
                break;
            default:
                break;
        }
    }

    public void OnUeRestarted(UeId ue, Exception cause) => Interlocked.Increment(ref _restarts);

    /// <summary>A message is handed to its phone.</summary>
    public void OnDue(TimeSpan lag)
    {
        Interlocked.Increment(ref _due);
        Lag.Record(lag);
    }

    /// <summary>A message ends here whose phone was in no process for a while; it came due here, or had come due elsewhere.</summary>
    public void OnMissed(bool isDueHere)
    {
        Interlocked.Add(ref _due, isDueHere ? 1 : 0);
        Interlocked.Increment(ref _failed);
    }

    public void OnBlockClaimed() => Interlocked.Increment(ref _claimed);

    public void OnBlockHandedOver() => Interlocked.Increment(ref _handedOver);

    public void OnBlockLost() => Interlocked.Increment(ref _lost);

    /// <param name="registered">Phones that have a binding now, as the blocks say.</param>
    public NodeCounters Take(long registered = 0) => new()
    {
        Registered = registered,
        RegistrationFailures = Read(ref _registrationFailures),
        Sent = Read(ref _sent),
        Answered = Read(ref _answered),
        Answered202 = Read(ref _answered202),
        Failed = Read(ref _failed),
        Accepted = Read(ref _accepted),
        Rejected = Read(ref _rejected),
        Redelivered = Read(ref _redelivered),
        ReportsSent = Read(ref _reportsSent),
        Restarts = Read(ref _restarts),
        Due = Read(ref _due),
        Registrations = Read(ref _registrations),
    };

    private void CountReceived(ReceiveOutcome outcome)
    {
        switch (outcome)
        {
            case ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted:
                Interlocked.Increment(ref _accepted);
                break;
            case ReceiveOutcome.Duplicate:
                Interlocked.Increment(ref _redelivered);
                break;
            case ReceiveOutcome.KmsUnavailable:
                break;
            default:
                Interlocked.Increment(ref _rejected);
                break;
        }
    }

    private static long Read(ref long counter) => Volatile.Read(ref counter);
}
