namespace UeFarm.Farm.Thresholds;

/// <summary>Why a threshold is refused.</summary>
/// <remarks>Position: Offset of the character at fault, from 0.</remarks>
internal readonly record struct ThresholdFault(int Position, string Problem, string Remedy);
