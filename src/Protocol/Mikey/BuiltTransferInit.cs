using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// A TRANSFER_INIT ready to send: its bytes, the KEK for S/MIME (16 or 32 bytes, derived from the TGK with RANDRi), and its identity in replay
/// caches.
/// </summary>
public sealed record BuiltTransferInit(byte[] Bytes, byte[] Kek, NtpTimestamp Timestamp, ReplayDigest Digest);
