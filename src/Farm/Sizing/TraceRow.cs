using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>One arrival of a trace.</summary>
/// <param name="Phone">Whose cache it met; 0 in a trace of one phone.</param>
/// <param name="Timestamp">In the trace's own ticks.</param>
/// <param name="Digest">The message's identity together with the timestamp.</param>
/// <param name="MetReplayRule">False: refused for another reason before the replay rule was asked, or after it had said yes.</param>
internal readonly record struct TraceRow(int Phone, ulong Timestamp, ReplayDigest Digest, bool MetReplayRule);
