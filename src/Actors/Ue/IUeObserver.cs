using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>Gets every effect that is a fact (all kinds but Transmit and QueryKms), on the actor's thread: must be cheap and thread-safe and must not throw.</summary>
public interface IUeObserver
{
    void OnUeFact(UeId ue, in UeEffect fact, Instant now);

    void OnUeRestarted(UeId ue, Exception cause);
}
