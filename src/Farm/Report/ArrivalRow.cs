using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Report;

/// <summary>An arrival at a phone.</summary>
/// <remarks>
/// Arrival: Since the start of the run.
/// Timestamp: Order key of the TRANSFER_INIT's timestamp.
/// </remarks>
internal readonly record struct ArrivalRow(int Ue, TimeSpan Arrival, ulong Timestamp, ReplayDigest Digest, string Verdict);
