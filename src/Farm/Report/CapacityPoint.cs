namespace UeFarm.Farm.Report;

/// <summary>How many first-time messages a replay cache of a capacity refuses.</summary>
internal sealed record CapacityPoint(int Capacity, long Rejected);
