namespace UeFarm.Actors.Ue;

/// <summary>The replay caches of a region's phones together, now.</summary>
/// <param name="InUse">Caches that hold anything.</param>
/// <param name="Entries">Entries of all of them.</param>
/// <param name="Fullest">Entries of the one that holds most.</param>
public readonly record struct ReplayCacheTotals(int InUse, long Entries, int Fullest);
