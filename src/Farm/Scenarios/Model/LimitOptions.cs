namespace UeFarm.Farm.Scenarios;

/// <summary>Safety ceilings.</summary>
internal sealed record LimitOptions(int MaxUes, Rate MaxRate, TimeSpan MaxDuration);
