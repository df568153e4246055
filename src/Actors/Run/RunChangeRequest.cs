using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Run;

/// <summary>What somebody asks of a run that goes on; <see cref="RunChangeRules"/> say what becomes of it.</summary>
public sealed record RunChangeRequest
{
    public required RunChangeKind Kind { get; init; }

    /// <summary>Who asks, for people.</summary>
    public required string By { get; init; }

    /// <summary>Of a rate: on what the phases say; 0: no messages.</summary>
    public double? Factor { get; init; }

    /// <summary>Of a rate, in place of a factor: messages per second in the phase of that moment, from which the factor follows.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Of a number of phones.</summary>
    public int? Phones { get; init; }

    /// <summary>Of a number of phones, in place of it: a share of all, 0 to 1.</summary>
    public double? Share { get; init; }

    /// <summary>Of a number of phones: how long they take.</summary>
    public TimeSpan? Within { get; init; }
}
