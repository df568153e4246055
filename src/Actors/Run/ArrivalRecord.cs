using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>One protected message as a phone met it, in the phone's own order of decisions: the raw material of capacity curves.</summary>
public readonly record struct ArrivalRecord(int Phone, long Ticks, NtpTimestamp Timestamp, ReplayDigest Digest, ReceiveOutcome Outcome);
