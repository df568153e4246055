namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One message as a mailbox holds it: what is needed to send it again unchanged (RFC 3428 section 7 leaves the rest to the relay).
/// Immutable. <see cref="Body"/> may be a view into the received message.
/// </summary>
public sealed record MailboxRecord
{
    /// <summary>Number given at arrival, growing over all mailboxes of the server.</summary>
    public required long Arrival { get; init; }

    /// <summary>Address of record of the recipient, the key of the mailbox.</summary>
    public required string Recipient { get; init; }

    /// <summary>T of the TRANSFER_INIT inside the body; the arrival time when the body has none that can be read.</summary>
    public required NtpTimestamp Timestamp { get; init; }

    public required MailboxPosition Position { get; init; }

    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>From this time on the message is not delivered any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public required string FromUri { get; init; }

    public required string ToUri { get; init; }

    /// <summary>Content-Type with all its parameters; empty when the message has no body and no such header.</summary>
    public required string ContentType { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Max-Forwards of the delivery. Carried over, so that a routing loop through the mailbox ends (RFC 3261 section 16.3).</summary>
    public int MaxForwards { get; init; } = 70;

    /// <summary>
    /// Arrival of a record, of any recipient, that leaves the store in the same transaction as this one comes in; 0: none. Only while it is being stored.
    /// </summary>
    public long Replaces { get; init; }

    public string? AssertedIdentity { get; init; }

    /// <summary>The Date header as received (RFC 3261 section 20.17).</summary>
    public string? Date { get; init; }

    /// <summary>The Expires header as received, seconds.</summary>
    public string? Expires { get; init; }

    public string? ContentTransferEncoding { get; init; }

    public string? ContentDisposition { get; init; }

    public string? Subject { get; init; }
}
