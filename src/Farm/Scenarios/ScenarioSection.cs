namespace UeFarm.Farm.Scenarios;

/// <summary>A group of options in the scenario file.</summary>
/// <remarks>Path: Dotted; a list of groups ends in <c>[]</c>.</remarks>
internal sealed record ScenarioSection(string Path, string Description)
{
    public bool IsList => Path.EndsWith("[]", StringComparison.Ordinal);
}
