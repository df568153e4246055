namespace UeFarm.Protocol.Replay;

/// <summary>What a replay cache remembers of a message: <see cref="NtpTimestamp.OrderKey"/> of its timestamp, and its digest.</summary>
public readonly record struct ReplayEntry(ulong OrderKey, ReplayDigest Digest)
{
    /// <summary>
    /// The Initiator, written in one way only; claimed when the message is looked up, authenticated when it is inserted. Only
    /// <see cref="ReplayPolicy.PerSender"/> looks at it, and none remembers it: the digest covers it.
    /// </summary>
    public string? Sender { get; init; }
}
