using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>What a phone has to send but may not yet, because a fact that was written before is not safe.</summary>
internal sealed class HeldTransmits
{
    private static long _lastToken;

    private readonly Queue<(long After, UeEffect Effect)> _queue = new();
    private long _last;

    /// <summary>
    /// What others will rely on: that a message was taken or refused for good (its server forgets it then), and which timestamp and digest one has that leaves. A
    /// copy was judged before, and what waits for the KMS comes again.
    /// </summary>
    public static bool IsPromise(in UeEffect fact) => fact.Kind switch
    {
        UeEffectKind.MessageSent or UeEffectKind.ReportSent => true,
        UeEffectKind.MessageReceived or UeEffectKind.ReportReceived => fact.Outcome is not (ReceiveOutcome.Duplicate or ReceiveOutcome.KmsUnavailable),
        _ => false,
    };

    /// <summary>A fact is being written; its token. Never the same twice, so that what an earlier life of the phone waited for means nothing to a later one.</summary>
    public long Begin() => _last = Interlocked.Increment(ref _lastToken);

    /// <summary>To be sent after all that was begun.</summary>
    public void Add(in UeEffect effect) => _queue.Enqueue((_last, effect));

    /// <summary>The next one that may leave when everything up to this token is safe.</summary>
    public bool TryTake(long durable, out UeEffect effect)
    {
        if (_queue.TryPeek(out var first) && first.After <= durable)
        {
            effect = _queue.Dequeue().Effect;
            return true;
        }

        effect = default;
        return false;
    }

    public bool IsDone(long durable) => durable >= _last && _queue.Count == 0;
}
