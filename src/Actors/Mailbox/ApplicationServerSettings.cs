using UeFarm.Actors.Stores;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Mailbox;

public sealed record ApplicationServerSettings
{
    /// <summary>Messages and registrations for other domains are refused with 404.</summary>
    public required string Domain { get; init; }

    /// <summary>Where deliveries go (the core, which looks up the contact).</summary>
    public required SipHop Core { get; init; }

    /// <summary>The SQLite file; made when missing. Not used when one of the next two is given.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Where messages are kept instead; the server opens it with its own order.</summary>
    public MailboxStoreSettings? StoreSettings { get; init; }

    /// <summary>A store that is open already; the server disposes it. Its order must be that of <see cref="OldestFirst"/>.</summary>
    public IMailboxStore? Store { get; init; }

    public int Window { get; init; } = 1;

    public LiveTraffic Live { get; init; } = LiveTraffic.BehindDrain;

    /// <summary>oldest-first (by T, then arrival) or arrival.</summary>
    public bool OldestFirst { get; init; } = true;

    /// <summary>How long a message is held back after its T so that stragglers can be sorted in front of it; 0: off.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(21);

    public int MaxPerUe { get; init; } = 10_000;

    public long MaxBytesPerUe { get; init; } = 64L << 20;

    /// <summary>Messages that all mailboxes together may hold.</summary>
    public long MaxStored { get; init; } = 10_000_000;

    /// <summary>Bytes of their bodies.</summary>
    public long MaxStoredBytes { get; init; } = 20_000_000_000;

    /// <summary>A message for an online phone that has no final answer after this time is stored and its sender told 202.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Wait between the news that a phone is back and the first delivery (it may overtake the 200 to its REGISTER).</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How the server learns whether phones are registered.</summary>
    public PresenceSource Presence { get; init; } = PresenceSource.ThirdPartyRegister;

    /// <summary>Life of a subscription that is asked for.</summary>
    public TimeSpan SubscriptionExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after the last message a subscription is kept.</summary>
    public TimeSpan SubscriptionLinger { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most stored messages sent per second over all phones; null: no limit.</summary>
    public double? DrainRate { get; init; }

    /// <summary>Most stored messages sent per second to one phone; null: no limit.</summary>
    public double? DrainRatePerUe { get; init; }

    public TimeSpan BackOffBase { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan BackOffCap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A mailbox with nothing to do is forgotten after this time (whether its phone is online is kept).</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most recipients that are known at once: registered, or with messages.</summary>
    public int MaxRecipients { get; init; } = 4_000_000;

    /// <summary>Parent actors of the mailboxes.</summary>
    public int Partitions { get; init; } = 4;

    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>
    /// The allow list is the trust boundary: third-party REGISTER and P-Asserted-Identity are believed from every address that may connect,
    /// as between the elements of one trust domain (RFC 3325 section 5). Put only the core there.
    /// </summary>
    public SipTransportSettings Transport { get; init; } = new();

    /// <summary>Listen on UDP as well, same port.</summary>
    public bool Udp { get; init; }

    /// <summary>host[:port] in Via and Call-ID where the listening address is not one to answer to; null: the listening address.</summary>
    public string? SentBy { get; init; }

    /// <summary>Opens other transports than sockets (tests, virtual time); null: TCP, and UDP when asked.</summary>
    public Func<ISipReceiver, IReadOnlyList<ISipTransport>>? OpenTransports { get; init; }

    public IMailboxObserver? Observer { get; init; }

    /// <summary>Thread-safe.</summary>
    public required IRandomSource Random { get; init; }

    internal MailboxSettings ToMailboxSettings() => new()
    {
        Window = Window,
        LiveBypassesDrain = Live == LiveTraffic.Bypass,
        OldestFirst = OldestFirst,
        Settle = Settle,
        Expiry = Expiry,
        MaxMessages = MaxPerUe,
        MaxBodyBytes = MaxBytesPerUe,
        HoldTime = HoldTime,
        DrainDelay = DrainDelay,
        DrainInterval = DrainRatePerUe is { } rate ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero,
        NeedsTurns = DrainRate is not null,
        SubscribesToPresence = Presence == PresenceSource.RegEvent,
        SubscriptionExpiry = SubscriptionExpiry,
        SubscriptionLinger = SubscriptionLinger,
        BackOffBase = BackOffBase,
        BackOffCap = BackOffCap,
    };
}
