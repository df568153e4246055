namespace UeFarm.Actors.Cluster;

/// <summary>A scenario that is to be played: its text, and what is set besides, as KEY=VALUE.</summary>
public sealed record RunSubmission(string Scenario, IReadOnlyList<string> Overrides);
