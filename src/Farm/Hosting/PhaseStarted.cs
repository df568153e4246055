namespace UeFarm.Farm.Hosting;

/// <summary>A phase begins.</summary>
/// <remarks>
/// Index: From 0.
/// Elapsed: Since the start of the run.
/// </remarks>
internal sealed record PhaseStarted(string Name, int Index, int Count, TimeSpan Length, TimeSpan Elapsed);
