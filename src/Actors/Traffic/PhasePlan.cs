using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Traffic;

/// <summary>One phase of a run: who leaves or returns, and how much traffic is offered meanwhile.</summary>
public sealed record PhasePlan
{
    public required string Name { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>How many phones leave during the phase.</summary>
    public int GoOffline { get; init; }

    public OfflineKind Cut { get; init; } = OfflineKind.Clean;

    /// <summary>How many of the phones that are away return during the phase; <see cref="int.MaxValue"/> for all.</summary>
    public int GoOnline { get; init; }

    /// <summary>The leaving or returning is spread evenly at random over this time from the phase's start; zero: all at once.</summary>
    public TimeSpan Within { get; init; }

    /// <summary>Messages per second during this phase; null: the plan's rate; 0: none.</summary>
    public double? RatePerSecond { get; init; }
}
