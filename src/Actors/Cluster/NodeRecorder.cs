using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>Counts the facts of a node's phones for its reports. Thread-safe.</summary>
internal sealed class NodeRecorder : IUeObserver
{
    private long _registrations;
    private long _registrationFailures;
    private long _departures;
    private long _sent;
    private long _answered;
    private long _answered202;
    private long _failed;
    private long _accepted;
    private long _rejected;
    private long _redelivered;
    private long _reportsSent;
    private long _restarts;

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
            case UeEffectKind.WentOffline when fact.Status == 200:
                Interlocked.Increment(ref _departures);
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
            case UeEffectKind.MessageReceived:
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

    public NodeCounters Take() => new()
    {
        Registered = Read(ref _registrations) - Read(ref _departures),
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
