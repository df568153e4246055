namespace UeFarm.Farm.Report.Comparison;

/// <summary>Figures that belong together.</summary>
internal sealed record ComparedGroup(string Name, IReadOnlyList<ComparedValue> Values);
