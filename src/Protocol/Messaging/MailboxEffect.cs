using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One struct for all effects of <see cref="MailboxBehavior"/> and <see cref="MailboxUserAgent"/>. Fields by kind:
/// Store: Record. Remove: Arrival, BodyBytes. Read: Read. Dropped: Record, Reason ("expired" or "permanent"). Fact: Fact.
/// CoreBusy: RetryAfter. AskTurn, ReturnTurn: none.
/// From the behaviour only: Answer: Sender, Status, RetryAfter (zero: none); Deliver: Record, Attempt (from 1); Abandon: Record.
/// From the user agent only: Transmit: Bytes, Hop.
/// </summary>
public readonly record struct MailboxEffect(
    MailboxEffectKind Kind, MailboxRecord? Record = null, object? Sender = null, int Status = 0, TimeSpan RetryAfter = default, int Attempt = 0,
    MailboxRead Read = default, MailboxFact Fact = default, string? Reason = null, long Arrival = 0, ReadOnlyMemory<byte> Bytes = default,
    SipHop Hop = default, int BodyBytes = 0);
