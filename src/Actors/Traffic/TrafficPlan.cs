namespace UeFarm.Actors.Traffic;

/// <summary>The offered load of a run. Rates are messages per second over all phones; sizes are bytes of text.</summary>
public sealed record TrafficPlan
{
    public required double RatePerSecond { get; init; }

    public ArrivalProcess Arrivals { get; init; } = ArrivalProcess.Poisson;

    public int MinTextBytes { get; init; } = 160;

    public int MaxTextBytes { get; init; } = 160;

    public RecipientPick Recipients { get; init; } = RecipientPick.Uniform;

    /// <summary>Zipf's exponent; used with <see cref="RecipientPick.Zipf"/> only.</summary>
    public double Exponent { get; init; } = 1.1;

    /// <summary>Whether phones that are away are chosen as senders as well; what they should have sent fails as such.</summary>
    public bool OfflineSendersToo { get; init; }
}
