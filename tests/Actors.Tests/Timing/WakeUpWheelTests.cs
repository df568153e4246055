using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Timing;
using UeFarm.Protocol;
using Xunit;

namespace UeFarm.Actors.Tests.Timing;

public sealed class WakeUpWheelTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingActorRef _target = new();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(500)]
    [InlineData(32_000)]
    [InlineData(3_600_000)]
    [InlineData(864_000_000)]
    public async Task A_wake_up_comes_at_its_deadline_and_not_before(long milliseconds)
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var deadline = wheel.Now + TimeSpan.FromMilliseconds(milliseconds);
        wheel.Arm(Slot("wake"), deadline);
        Assert.Equal(deadline, wheel.NextDeadline);
        Assert.Equal(1, wheel.Pending);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds) - TimeSpan.FromTicks(1));
        Assert.Empty(_target.Told);
        _time.Advance(Tick);
        Assert.Equal(["wake"], _target.Told);
        Assert.Equal(0, wheel.Pending);
        Assert.Equal(1, wheel.Fired);
        Assert.Equal(Instant.Never, wheel.NextDeadline);
    }

    [Fact]
    public async Task A_deadline_in_the_past_is_told_at_the_next_tick()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        wheel.Arm(Slot("late"), new Instant(0));
        Assert.Empty(_target.Told);
        _time.Advance(Tick);
        Assert.Equal(["late"], _target.Told);
    }

    [Fact]
    public async Task A_later_arming_does_not_replace_an_earlier_one_and_an_earlier_one_brings_forward()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var slot = Slot("wake");
        var start = wheel.Now;
        wheel.Arm(slot, start + TimeSpan.FromSeconds(10));
        wheel.Arm(slot, start + TimeSpan.FromSeconds(20));
        Assert.Equal(start + TimeSpan.FromSeconds(10), wheel.NextDeadline);
        wheel.Arm(slot, start + TimeSpan.FromSeconds(2));
        wheel.Arm(slot, Instant.Never);
        Assert.Equal(start + TimeSpan.FromSeconds(2), wheel.NextDeadline);
        Assert.Equal(1, wheel.Pending);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(_target.Told);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(_target.Told);
    }

    [Fact]
    public async Task A_cancelled_wake_up_is_not_told_and_its_slot_can_be_armed_again()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var slot = Slot("wake");
        wheel.Cancel(slot);
        wheel.Arm(slot, wheel.Now + TimeSpan.FromSeconds(1));
        wheel.Cancel(slot);
        Assert.Equal(0, wheel.Pending);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_target.Told);
        wheel.Arm(slot, wheel.Now + TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(_target.Told);
    }

    [Fact]
    public async Task Wake_ups_come_in_the_order_of_their_deadlines_and_of_arming()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var start = wheel.Now;
        wheel.Arm(Slot("minute"), start + TimeSpan.FromMinutes(1));
        wheel.Arm(Slot("second"), start + TimeSpan.FromSeconds(1));
        wheel.Arm(Slot("same tick, first"), start + TimeSpan.FromSeconds(2));
        wheel.Arm(Slot("same tick, second"), start + TimeSpan.FromSeconds(2));
        wheel.Arm(Slot("hour"), start + TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["second", "same tick, first", "same tick, second", "minute", "hour"], _target.Told);
    }

    [Fact]
    public async Task A_subscriber_may_arm_again_while_it_is_told()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var slot = Slot("again");
        _target.React = _ => wheel.Arm(slot, wheel.Now + TimeSpan.FromSeconds(1));
        wheel.Arm(slot, wheel.Now + TimeSpan.FromSeconds(1));
        for (var second = 1; second <= 5; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(second, _target.Told.Count);
        }
    }

    [Fact]
    public async Task The_largest_lateness_is_told_once()
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        wheel.Arm(Slot("wake"), wheel.Now + TimeSpan.FromSeconds(1));
        wheel.Arm(Slot("wake"), wheel.Now + TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(3), wheel.TakeMaxLateness());
        Assert.Equal(TimeSpan.Zero, wheel.TakeMaxLateness());
    }

    [Fact]
    public async Task A_disposed_wheel_tells_nothing()
    {
        var wheel = new WakeUpWheel(_time, Tick);
        wheel.Arm(Slot("wake"), wheel.Now + TimeSpan.FromSeconds(1));
        await wheel.DisposeAsync();
        await wheel.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        wheel.Arm(Slot("wake"), wheel.Now);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_target.Told);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_use_agrees_with_a_plain_list(ulong seed)
    {
        await using var wheel = new WakeUpWheel(_time, Tick);
        var random = new SeededRandomSource(seed);
        var slots = Enumerable.Range(0, 300).Select(index => Slot(index)).ToArray();
        var model = new Dictionary<int, Instant>();
        for (var step = 0; step < 20_000; step++)
        {
            var index = (int)(random.NextUInt64() % (ulong)slots.Length);
            switch (random.NextUInt64() % 8)
            {
                case 0:
                    wheel.Cancel(slots[index]);
                    model.Remove(index);
                    break;
                case 1:
                    Advance(wheel, model, TimeSpan.FromTicks((long)(random.NextUInt64() % (ulong)Spread(random).Ticks)));
                    break;
                default:
                    var deadline = wheel.Now + TimeSpan.FromTicks((long)(random.NextUInt64() % (ulong)Spread(random).Ticks));
                    wheel.Arm(slots[index], deadline);
                    model[index] = model.TryGetValue(index, out var before) ? Instant.Min(before, deadline) : deadline;
                    break;
            }

            Assert.Equal(model.Count, wheel.Pending);
            Assert.Equal(model.Count == 0 ? Instant.Never : model.Values.Min(), wheel.NextDeadline);
        }
    }

    [Fact]
    public async Task Arming_from_many_threads_tells_each_once_and_none_early()
    {
        const int Threads = 4;
        const int Each = 3000;
        await using var wheel = new WakeUpWheel(TimeProvider.System, Tick);
        var told = new int[Threads * Each];
        var deadlines = new long[Threads * Each];
        var early = 0;
        var left = told.Length;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _target.React = message =>
        {
            var index = (int)message;
            told[index]++;
            early += wheel.Now.Ticks < deadlines[index] ? 1 : 0;
            if (--left == 0)
            {
                all.SetResult();
            }
        };
        var slots = Enumerable.Range(0, told.Length).Select(index => Slot(index)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                var index = (thread * Each) + number;
                var deadline = wheel.Now + TimeSpan.FromMilliseconds(number % 97);
                deadlines[index] = deadline.Ticks;
                if (number % 3 == 0)
                {
                    // Brought forward, so that slots move between buckets while the hand turns.
                    wheel.Arm(slots[index], deadline + TimeSpan.FromHours(1));
                }

                wheel.Arm(slots[index], deadline);
            }
        })));
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.All(told, static count => Assert.Equal(1, count));
        Assert.Equal(0, early);
        Assert.Equal(0, wheel.Pending);
    }

    [Fact]
    public async Task Arming_and_cancelling_allocate_nothing()
    {
        await using var wheel = new WakeUpWheel(TimeProvider.System, Tick);
        var slot = Slot("never told");
        var deadline = wheel.Now + TimeSpan.FromHours(1);
        wheel.Arm(slot, deadline);
        wheel.Cancel(slot);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 10_000; count++)
        {
            wheel.Arm(slot, deadline);
            wheel.Arm(slot, deadline);
            wheel.Cancel(slot);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Instants_of_one_provider_agree_and_do_not_overflow()
    {
        var start = _time.GetInstant();
        _time.Advance(TimeSpan.FromDays(365 * 50));
        Assert.Equal(TimeSpan.FromDays(365 * 50), _time.GetInstant() - start);
        var system = TimeProvider.System.GetInstant();
        Assert.True(TimeProvider.System.GetInstant() >= system);
    }

    private static TimeSpan Spread(SeededRandomSource random) => (random.NextUInt64() % 6) switch
    {
        0 => TimeSpan.FromMilliseconds(4),
        1 => TimeSpan.FromMilliseconds(200),
        2 => TimeSpan.FromSeconds(5),
        3 => TimeSpan.FromMinutes(20),
        4 => TimeSpan.FromHours(40),
        _ => TimeSpan.FromDays(400),
    };

    private void Advance(WakeUpWheel wheel, Dictionary<int, Instant> model, TimeSpan by)
    {
        _target.Told.Clear();
        _time.Advance(by);
        var now = wheel.Now;
        var told = _target.Told.Select(static message => (int)message).ToList();
        Assert.Equal(told.Count, told.Distinct().Count());

        // Early: never. Late: at most one tick, and the millisecond that timers count in.
        Assert.All(told, index => Assert.True(model[index] <= now));
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(TickOf(model[pair.First]) <= TickOf(model[pair.Second])));
        told.ForEach(index => model.Remove(index));
        Assert.All(model.Values, deadline => Assert.True(deadline + Tick + TimeSpan.FromMilliseconds(1) > now));
    }

    private static long TickOf(Instant deadline) => (deadline.Ticks + Tick.Ticks - 1) / Tick.Ticks;

    private WakeUpSlot Slot(object message) => new(_target, message);
}
