using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.RegEvent;

namespace UeFarm.Actors.Run;

/// <summary>How an application server behaves, as scenarios and node files say it; where it is and what it stores in is said elsewhere.</summary>
public sealed record ApplicationServerOptions
{
    public int Window { get; init; } = 1;

    public LiveTraffic Live { get; init; } = LiveTraffic.BehindDrain;

    public bool OldestFirst { get; init; } = true;

    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(21);

    public int MaxPerUe { get; init; } = 10_000;

    public long MaxBytesPerUe { get; init; } = 64L << 20;

    public long MaxStored { get; init; } = 10_000_000;

    public long MaxStoredBytes { get; init; } = 20_000_000_000;

    /// <summary>Null: a SQLite file of the run.</summary>
    public MailboxStoreSettings? Store { get; init; }

    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How it learns whether phones are registered; the embedded core does its part.</summary>
    public PresenceSource Presence { get; init; } = PresenceSource.ThirdPartyRegister;

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

    /// <summary>The same settings with this behaviour.</summary>
    public ApplicationServerSettings ApplyTo(ApplicationServerSettings settings) => settings with
    {
        StoreSettings = Store,
        Window = Window,
        Live = Live,
        OldestFirst = OldestFirst,
        Settle = Settle,
        Expiry = Expiry,
        MaxPerUe = MaxPerUe,
        MaxBytesPerUe = MaxBytesPerUe,
        MaxStored = MaxStored,
        MaxStoredBytes = MaxStoredBytes,
        HoldTime = HoldTime,
        DrainDelay = DrainDelay,
        Presence = Presence,
        DrainRate = DrainRate,
        DrainRatePerUe = DrainRatePerUe,
    };

    private static long ShareOf(long all, int groups) => (all + groups - 1) / groups;
}
