namespace UeFarm.Farm.Scenarios;

/// <summary>What a scenario was read from, for the echo in the results.</summary>
/// <remarks>
/// Text: The file as it was, without the overrides.
/// Sha256: Of the file's bytes, lower-case hex.
/// </remarks>
internal sealed record ScenarioSource(string FileName, string Text, string Sha256, IReadOnlyList<string> Overrides);
