using UeFarm.Protocol;

namespace UeFarm.Actors.Mailbox;

/// <summary>A message that is still stored; the body as it was received.</summary>
public sealed record StoredMailboxMessage(string Recipient, NtpTimestamp Timestamp, string ContentType, ReadOnlyMemory<byte> Body);
