namespace UeFarm.Farm.Scenarios;

/// <summary>What goes wrong on purpose: hostile messages per second, by kind.</summary>
internal sealed record FaultOptions(Rate Replay, Rate AlteredOutsideMac, Rate Forged, Rate AlteredBody, Rate Transplant, Rate FarFuture)
{
    public required NetworkOptions Network { get; init; }

    /// <summary>All attacks together.</summary>
    public Rate Total =>
        new(Replay.PerSecond + AlteredOutsideMac.PerSecond + Forged.PerSecond + AlteredBody.PerSecond + Transplant.PerSecond + FarFuture.PerSecond);

    /// <summary>By the name that the scenario, the metrics and the results use.</summary>
    public IReadOnlyList<(string Kind, Rate Rate)> ByKind =>
    [
        ("replay", Replay), ("altered-outside-mac", AlteredOutsideMac), ("forged", Forged), ("altered-body", AlteredBody), ("transplant", Transplant),
        ("far-future", FarFuture),
    ];
}
