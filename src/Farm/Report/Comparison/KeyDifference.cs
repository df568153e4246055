namespace UeFarm.Farm.Report.Comparison;

/// <summary>A key whose value is not the same in two scenarios; null where it is not written.</summary>
internal sealed record KeyDifference(string Key, string? Before, string? After);
