using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.RegEvent;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// How an application server behaves, as scenarios and node files say it. What is of a mailbox has the defaults of <see cref="MailboxSettings"/>, which says what it means.
/// </summary>
public sealed record ApplicationServerOptions
{
    private static readonly MailboxSettings Defaults = new();

    public int Window { get; init; } = Defaults.Window;

    public LiveTraffic Live { get; init; } = Defaults.LiveBypassesDrain ? LiveTraffic.Bypass : LiveTraffic.BehindDrain;

    public bool OldestFirst { get; init; } = Defaults.OldestFirst;

    public TimeSpan Settle { get; init; } = Defaults.Settle;

    public TimeSpan Expiry { get; init; } = Defaults.Expiry;

    public int MaxPerUe { get; init; } = Defaults.MaxMessages;

    public long MaxBytesPerUe { get; init; } = Defaults.MaxBodyBytes;

    /// <summary>Messages that all mailboxes together may hold.</summary>
    public long MaxStored { get; init; } = 10_000_000;

    /// <summary>Bytes of their bodies.</summary>
    public long MaxStoredBytes { get; init; } = 20_000_000_000;

    /// <summary>Where messages are kept; null: a SQLite file of the server's own.</summary>
    public MailboxStoreSettings? Store { get; init; }

    public TimeSpan HoldTime { get; init; } = Defaults.HoldTime;

    public TimeSpan DrainDelay { get; init; } = Defaults.DrainDelay;

    /// <summary>How it learns whether phones are registered.</summary>
    public PresenceSource Presence { get; init; } = Defaults.SubscribesToPresence ? PresenceSource.RegEvent : PresenceSource.ThirdPartyRegister;

    /// <summary>Most stored messages sent per second over all phones; null: no limit.</summary>
    public double? DrainRate { get; init; }

    /// <summary>Most stored messages sent per second to one phone; null: no limit.</summary>
    public double? DrainRatePerUe { get; init; }

    /// <summary>How long a drain that goes on may seem to stand still.</summary>
    public TimeSpan LongestPause
    {
        get
        {
            var turns = (DrainRate is { } all ? 1 / all : 0) + (DrainRatePerUe is { } one ? 1 / one : 0);
            var news = Presence == PresenceSource.RegEvent ? RegEventPackage.NotificationInterval : TimeSpan.Zero;
            return DrainDelay + Settle + news + TimeSpan.FromSeconds(turns);
        }
    }

    /// <summary>Of one of several servers that have a group of the mailboxes each: its share of what holds for all phones together.</summary>
    public ApplicationServerOptions OfGroup(int groups) => this with
    {
        MaxStored = ShareOf(MaxStored, groups),
        MaxStoredBytes = ShareOf(MaxStoredBytes, groups),
        DrainRate = DrainRate / groups,
    };

    /// <summary>What each of its mailboxes goes by.</summary>
    public MailboxSettings ToMailboxSettings() => new()
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
    };

    private static long ShareOf(long all, int groups) => (all + groups - 1) / groups;
}
