namespace UeFarm.Protocol.Replay;

/// <summary>What a replay cache remembers of a message: <see cref="NtpTimestamp.OrderKey"/> of its timestamp, and its digest.</summary>
public readonly record struct ReplayEntry(ulong OrderKey, ReplayDigest Digest);
