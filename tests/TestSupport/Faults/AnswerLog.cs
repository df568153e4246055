using System.Collections.Concurrent;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.TestSupport.Faults;

/// <summary>Notes when each message left and what its sender was told; everything goes on to the books.</summary>
internal sealed class AnswerLog(IUeObserver books) : IUeObserver
{
    private readonly ConcurrentDictionary<long, Instant> _sentAt = [];
    private readonly ConcurrentQueue<FaultAnswer> _answers = [];

    public IReadOnlyList<FaultAnswer> Taken => [.. _answers];

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        switch (fact.Kind)
        {
            case UeEffectKind.MessageSent:
                _sentAt[fact.Token] = now;
                break;
            case UeEffectKind.MessageAnswered or UeEffectKind.MessageFailed when _sentAt.TryRemove(fact.Token, out var sent):
                _answers.Enqueue(new FaultAnswer(sent, now, fact.Kind == UeEffectKind.MessageAnswered ? fact.Status : 0));
                break;
        }

        books.OnUeFact(ue, fact, now);
    }

    public void OnUeRestarted(UeId ue, Exception cause) => books.OnUeRestarted(ue, cause);
}
