namespace UeFarm.Farm.Guards;

/// <summary>Why a scenario must not be run here, and what would allow it.</summary>
internal sealed record GuardRefusal(string Path, string Problem, string Remedy);
