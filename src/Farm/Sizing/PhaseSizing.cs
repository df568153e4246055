namespace UeFarm.Farm.Sizing;

/// <summary>What one phase alone would have needed.</summary>
/// <param name="Name">Of the phase.</param>
/// <param name="Messages">First-time messages that arrived in it.</param>
/// <param name="MinCapacity">Smallest capacity that refuses none of them.</param>
internal sealed record PhaseSizing(string Name, long Messages, int MinCapacity);
