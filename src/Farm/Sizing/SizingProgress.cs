namespace UeFarm.Farm.Sizing;

/// <summary>How far a sizing is.</summary>
/// <param name="Share">0 to 1; below 0: not known.</param>
/// <param name="Messages">Arrivals so far.</param>
/// <param name="Stage">What is being done, in a word or two.</param>
internal readonly record struct SizingProgress(double Share, long Messages, string Stage);
