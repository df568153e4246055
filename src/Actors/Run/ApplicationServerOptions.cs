using UeFarm.Actors.Mailbox;

namespace UeFarm.Actors.Run;

/// <summary>What a scenario says about the embedded application server.</summary>
public sealed record ApplicationServerOptions
{
    public int Window { get; init; } = 1;

    public LiveTraffic Live { get; init; } = LiveTraffic.BehindDrain;

    public bool OldestFirst { get; init; } = true;

    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(21);

    public int MaxPerUe { get; init; } = 10_000;

    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
