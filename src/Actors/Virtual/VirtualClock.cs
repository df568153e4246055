using UeFarm.Actors.Sizing;
using UeFarm.Protocol;

namespace UeFarm.Actors.Virtual;

/// <summary>
/// A clock that stands still until it is moved. Its timers fire while it is moved, on the mover's thread, in order of their time and, within it, of their
/// setting. Reading the time is safe from any thread.
/// </summary>
internal sealed class VirtualClock : TimeProvider
{
    // Not 0, which means "never" in the books of a run.
    private const long Origin = TimeSpan.TicksPerDay;

    private readonly PriorityQueue<Setting, (long Due, long Number)> _settings = new();
    private readonly Lock _gate = new();
    private long _ticks = Origin;
    private long _number;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public Instant Now => new(Volatile.Read(ref _ticks));

    /// <summary>When the next timer is due; <see cref="Instant.Never"/>: none is set.</summary>
    public Instant NextTimer
    {
        get
        {
            lock (_gate)
            {
                while (_settings.TryPeek(out var setting, out var priority))
                {
                    if (setting.IsCurrent)
                    {
                        return new Instant(priority.Due);
                    }

                    _settings.Dequeue();
                }

                return Instant.Never;
            }
        }
    }

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => SizingRun.Start.AddTicks(Volatile.Read(ref _ticks) - Origin);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to a moment, never back, and fires what is due on the way.</summary>
    public void MoveTo(Instant moment)
    {
        while (TryTakeDue(moment, out var setting))
        {
            setting.Timer.Fire();
        }

        Volatile.Write(ref _ticks, Math.Max(_ticks, moment.Ticks));
    }

    private bool TryTakeDue(Instant moment, out Setting setting)
    {
        lock (_gate)
        {
            while (_settings.TryPeek(out setting, out var priority) && priority.Due <= moment.Ticks)
            {
                _settings.Dequeue();
                if (setting.IsCurrent)
                {
                    Volatile.Write(ref _ticks, Math.Max(_ticks, priority.Due));
                    return true;
                }
            }

            return false;
        }
    }

    private int Set(VirtualTimer timer, TimeSpan wait)
    {
        lock (_gate)
        {
            var generation = timer.Generation + 1;
            if (wait != Timeout.InfiniteTimeSpan)
            {
                _settings.Enqueue(new Setting(timer, generation), (_ticks + wait.Ticks, _number++));
            }

            return generation;
        }
    }

    /// <summary>A timer's place in the queue. It is not taken out when the timer is set anew, but skipped when its turn comes.</summary>
    private readonly record struct Setting(VirtualTimer Timer, int Generation)
    {
        public bool IsCurrent => Timer.Generation == Generation;
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _isDisposed;

        public int Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
            {
                return false;
            }

            _period = period;
            Generation = clock.Set(this, dueTime);
            return true;
        }

        public void Fire()
        {
            Generation = clock.Set(this, _period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : _period);
            callback(state);
        }

        public void Dispose()
        {
            _isDisposed = true;
            Generation++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
