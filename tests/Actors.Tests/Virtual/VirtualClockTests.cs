using UeFarm.Actors.Timing;
using UeFarm.Actors.Virtual;
using UeFarm.Protocol;
using Xunit;

namespace UeFarm.Actors.Tests.Virtual;

public sealed class VirtualClockTests
{
    private readonly VirtualClock _clock = new();
    private readonly List<string> _fired = [];

    private Instant Start { get; } = new VirtualClock().Now;

    [Fact]
    public void It_stands_still_until_it_is_moved_and_calendar_and_monotonic_time_move_together()
    {
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        Assert.Equal(_clock.Now, _clock.GetInstant());
        Assert.NotEqual(0, _clock.Now.Ticks);

        _clock.MoveTo(_clock.Now + TimeSpan.FromDays(40));
        Assert.Equal(new DateTimeOffset(2026, 2, 10, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        Assert.Equal(Start + TimeSpan.FromDays(40), _clock.GetInstant());

        _clock.MoveTo(Start);
        Assert.Equal(Start + TimeSpan.FromDays(40), _clock.Now);
    }

    [Fact]
    public void Timers_fire_at_their_time_in_order_those_of_one_moment_as_they_were_set()
    {
        using var late = Timer("late", 30);
        using var first = Timer("first", 10);
        using var second = Timer("second", 10);
        Assert.Equal(Start + TimeSpan.FromMilliseconds(10), _clock.NextTimer);

        _clock.MoveTo(Start + TimeSpan.FromMilliseconds(29));
        Assert.Equal(["first at 10", "second at 10"], _fired);
        _clock.MoveTo(Start + TimeSpan.FromMilliseconds(100));
        Assert.Equal(["first at 10", "second at 10", "late at 30"], _fired);
        Assert.Equal(Instant.Never, _clock.NextTimer);
    }

    [Fact]
    public void A_timer_can_be_set_anew_repeat_and_end()
    {
        using var timer = Timer("timer", 10);
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(5)));
        _clock.MoveTo(Start + TimeSpan.FromMilliseconds(31));
        Assert.Equal(["timer at 20", "timer at 25", "timer at 30"], _fired);

        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        _clock.MoveTo(Start + TimeSpan.FromSeconds(1));
        Assert.Equal(3, _fired.Count);
        Assert.Equal(Instant.Never, _clock.NextTimer);
    }

    [Fact]
    public void What_a_timer_sets_fires_in_the_same_move_when_it_is_due_by_then()
    {
        ITimer? inner = null;
        using var outer = _clock.CreateTimer(_ => inner = Timer("inner", 5), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        _clock.MoveTo(Start + TimeSpan.FromMilliseconds(20));
        Assert.Equal(["inner at 15"], _fired);
        inner!.Dispose();
    }

    private ITimer Timer(string name, int milliseconds) => _clock.CreateTimer(
        _ => _fired.Add($"{name} at {(_clock.Now - Start).TotalMilliseconds:0}"), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
}
