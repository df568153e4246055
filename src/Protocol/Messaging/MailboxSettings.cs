namespace UeFarm.Protocol.Messaging;

/// <summary>What all mailboxes of a server share (immutable, one object).</summary>
public sealed record MailboxSettings
{
    /// <summary>Deliveries from the backlog under way at once for one recipient. RFC 3428 section 8 allows 1; more is an experiment.</summary>
    public int Window { get; init; } = 1;

    /// <summary>Live messages for a reachable recipient are forwarded beside the drain instead of behind it.</summary>
    public bool LiveBypassesDrain { get; init; }

    /// <summary>Most live messages forwarded at once beside the drain; further ones are stored.</summary>
    public int MaxLiveInFlight { get; init; } = 64;

    /// <summary>By timestamp of the TRANSFER_INIT, then arrival; else by arrival alone.</summary>
    public bool OldestFirst { get; init; } = true;

    /// <summary>A message waits until this long after its timestamp, so that stragglers can be sorted in front of it.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    /// <summary>Longest life of a message, from its arrival; an Expires header may shorten it.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(21);

    public int MaxMessages { get; init; } = 10_000;

    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>A forwarded message without a final answer after this time is stored and its sender told 202.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Wait between the news that a phone is back and the first delivery: that could overtake the 200 to its REGISTER.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time between two stored messages sent to one phone; zero: none.</summary>
    public TimeSpan DrainInterval { get; init; } = TimeSpan.Zero;

    /// <summary>The server limits its drain as a whole: every stored message needs a turn first (<see cref="DrainLimiter"/>).</summary>
    public bool NeedsTurns { get; init; }

    /// <summary>Learns by subscription (event package reg) whether the phone is registered; else it is told by third-party REGISTER.</summary>
    public bool SubscribesToPresence { get; init; }

    /// <summary>Life of a subscription that is asked for.</summary>
    public TimeSpan SubscriptionExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after the last message a subscription is kept, so that the next one can be forwarded at once.</summary>
    public TimeSpan SubscriptionLinger { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan BackOffBase { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait after a temporary failure; also bounds what a Retry-After may ask for.</summary>
    public TimeSpan BackOffCap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What a sender is told to wait when the store fails or the mailbox is full.</summary>
    public TimeSpan RefusalRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Backlog records with bodies that a mailbox keeps in memory while it drains; the rest stays in the store. 16 records of 2 KB in
    /// 10,000 draining mailboxes are 320 MB; a page costs one index search, so larger ones win little.
    /// </summary>
    public int PageRecords { get; init; } = 16;
}
