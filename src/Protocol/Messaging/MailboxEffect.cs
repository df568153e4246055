using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One struct for all effects of <see cref="MailboxBehavior"/> and <see cref="MailboxUserAgent"/>. Fields by kind:
/// Store: Record. Remove: Arrival, BodyBytes. Read: Read. Dropped: Record, Reason ("expired", "permanent" or "purged"). Fact: Fact.
/// CoreBusy: RetryAfter. AskTurn, ReturnTurn: none. Purged: Sender (the <see cref="MailboxPurge"/>).
/// Report: Record (from the behaviour the message that it is about, from the user agent the report), Arrival (of the message that leaves with it, whose mailbox
/// wants to hear of it; 0: none), Report.
/// Answer: Sender, Status, RetryAfter (zero: none); from the user agent only where the sender is none of its transactions.
/// From the behaviour only: Deliver: Record, Attempt (from 1); Abandon: Record.
/// From the user agent only: Transmit: Bytes, Hop.
/// </summary>
public readonly record struct MailboxEffect(
    MailboxEffectKind Kind, MailboxRecord? Record = null, object? Sender = null, int Status = 0, TimeSpan RetryAfter = default, int Attempt = 0,
    MailboxRead Read = default, MailboxFact Fact = default, string? Reason = null, long Arrival = 0, ReadOnlyMemory<byte> Bytes = default,
    SipHop Hop = default, int BodyBytes = 0, ImdnStatus Report = default);
