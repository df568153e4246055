using Akka.Actor;

namespace UeFarm.Actors.Timing;

/// <summary>
/// A subscriber's place in a <see cref="WakeUpWheel"/>, made once per actor: arming allocates nothing. Holds at most one pending wake-up. Belongs to one
/// wheel and may be armed and cancelled from any thread.
/// </summary>
public sealed class WakeUpSlot(IActorRef target, object message)
{
    private static int _created;

    public IActorRef Target { get; } = target ?? throw new ArgumentNullException(nameof(target));

    public object Message { get; } = message ?? throw new ArgumentNullException(nameof(message));

    /// <summary>Neighbours in the ring of one bucket; null: not pending. Guarded by the stripe, as all below.</summary>
    internal WakeUpSlot? Next { get; set; }

    internal WakeUpSlot? Previous { get; set; }

    /// <summary>When it is due, in <see cref="Protocol.Instant"/> ticks; meaningful while pending.</summary>
    internal long Deadline { get; set; }

    /// <summary>Which bucket it is in: level times 256 plus index.</summary>
    internal ushort Bucket { get; set; }

    /// <summary>Spreads the slots over the wheel's stripes evenly.</summary>
    internal byte Stripe { get; } = (byte)Interlocked.Increment(ref _created);
}
