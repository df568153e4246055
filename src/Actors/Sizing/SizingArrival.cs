using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>A message at a phone, as the phone's replay cache met it.</summary>
/// <param name="Phone">Its number.</param>
/// <param name="Message">Number of the message in the order of the schedule.</param>
/// <param name="At">Since the start of the first phase.</param>
/// <param name="Timestamp">T of the TRANSFER_INIT, by the sender's clock.</param>
/// <param name="Digest">Its identity.</param>
/// <param name="Verdict">What the cache decided.</param>
public readonly record struct SizingArrival(int Phone, int Message, TimeSpan At, NtpTimestamp Timestamp, ReplayDigest Digest, ReplayVerdict Verdict);
