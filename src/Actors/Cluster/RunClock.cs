using UeFarm.Actors.Timing;
using UeFarm.Protocol;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Turns this process's monotonic clock into the clock of a run's books, which is UTC. The difference is taken once, so that the facts of a process never go back in time
/// when its calendar is set.
/// </summary>
internal sealed class RunClock(WakeUpWheel wheel)
{
    private readonly long _offset = wheel.UtcNow.UtcTicks - wheel.Now.Ticks;

    public Instant UtcNow => new(wheel.Now.Ticks + _offset);

    public Instant ToUtc(Instant local) => new(local.Ticks + _offset);

    public Instant ToLocal(Instant utc) => new(utc.Ticks - _offset);
}
