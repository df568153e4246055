using UeFarm.Protocol;

namespace UeFarm.Actors.Transport;

/// <summary>How an <see cref="InMemorySipNetwork"/> behaves. Probabilities are 0-1 and drawn for every message from <see cref="Random"/>.</summary>
public sealed record InMemoryNetworkOptions
{
    /// <summary>
    /// True: messages move only in <see cref="InMemorySipNetwork.Pump"/>, on the caller's thread, in a repeatable order. False: on the thread pool.
    /// </summary>
    public bool ManualPump { get; init; }

    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Probability that a message is held back by another <see cref="ReorderDelay"/>, so that later ones overtake it.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time from sending to delivery, the same for all messages.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Evenly distributed on top of <see cref="Latency"/>; more than the distance of two messages reorders them.</summary>
    public TimeSpan Jitter { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IRandomSource Random { get; init; } = new SeededRandomSource(1);
}
