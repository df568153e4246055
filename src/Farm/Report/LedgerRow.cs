using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Report;

/// <summary>A message and its outcome.</summary>
/// <remarks>
/// Due: When it was due, since the start of the run.
/// Sent: When it left; null: it never did.
/// Timestamp: Order key of its TRANSFER_INIT's timestamp; 0 for plain bodies.
/// Outcome: accepted, rejected, expired, failed or stored.
/// Latency: From due to the outcome, where that is an acceptance.
/// </remarks>
internal readonly record struct LedgerRow(
    long Sequence, int Sender, int Recipient, TimeSpan Due, TimeSpan? Sent, ulong Timestamp, ReplayDigest Digest, string Outcome, string Reason,
    TimeSpan? Latency);
