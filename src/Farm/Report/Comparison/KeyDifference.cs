using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Report.Comparison;

/// <summary>A key whose value is not the same in two scenarios; null where it is not written.</summary>
internal sealed record KeyDifference(string Key, string? Before, string? After)
{
    /// <summary>It only says how a run is watched and what it leaves: it plays the same.</summary>
    public bool IsOfWatching => ScenarioFormat.Watching.Any(section => Key.StartsWith(section.Path + ".", StringComparison.Ordinal));
}
