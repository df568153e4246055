using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Report;

/// <summary>The scenario as it was given, so that a result can be repeated.</summary>
/// <remarks>Sha256: Of the file's bytes.</remarks>
internal sealed record ScenarioEcho(string Name, string FileName, string Sha256, IReadOnlyList<string> Overrides, string Text)
{
    /// <summary>The path is cut to the file's name: where it lay says nothing about the run.</summary>
    public static ScenarioEcho Of(Scenario scenario, ScenarioSource source) =>
        new(scenario.Name, Path.GetFileName(source.FileName), source.Sha256, source.Overrides, source.Text);
}
