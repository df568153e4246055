using UeFarm.Actors.Traffic;
using Xunit;

namespace UeFarm.Actors.Tests.Traffic;

public sealed class RunScheduleTests
{
    private static readonly PhasePlan[] Storm =
    [
        new() { Name = "warm-up", Duration = TimeSpan.FromSeconds(10) },
        new() { Name = "outage", Duration = TimeSpan.FromSeconds(20), GoOffline = 60 },
        new() { Name = "storm", Duration = TimeSpan.FromSeconds(30), GoOnline = int.MaxValue, Within = TimeSpan.FromSeconds(5) },
    ];

    [Fact]
    public void The_same_seed_gives_the_same_schedule()
    {
        Assert.Equal(Play(Storm, 100, 7), Play(Storm, 100, 7));
        Assert.NotEqual(Play(Storm, 100, 7), Play(Storm, 100, 8));
    }

    [Fact]
    public void Actions_come_in_order_of_time_and_end_with_the_last_phase()
    {
        var actions = Play(Storm, 100, 1);

        Assert.Equal(actions.Select(action => action.At).Order(), actions.Select(action => action.At));
        Assert.Equal(ScheduledActionKind.End, actions[^1].Kind);
        Assert.Equal(TimeSpan.FromSeconds(60), actions[^1].At);
        Assert.Equal([0.0, 10.0, 30.0], actions.Where(action => action.Kind == ScheduledActionKind.PhaseStart).Select(action => action.At.TotalSeconds));
    }

    [Fact]
    public void Poisson_arrivals_have_the_rate_that_was_asked_for()
    {
        var sends = Play(Storm, 100, 3).Count(action => action.Kind == ScheduledActionKind.Send);

        // 60 s at 500 a second: 30,000 with a standard deviation of 173.
        Assert.InRange(sends, 30_000 - 900, 30_000 + 900);
    }

    [Fact]
    public void Only_phones_that_the_plan_has_online_send_and_nobody_sends_to_itself()
    {
        var online = Enumerable.Range(0, 100).ToHashSet();
        foreach (var action in Play(Storm, 100, 5))
        {
            switch (action.Kind)
            {
                case ScheduledActionKind.GoOnline:
                    Assert.True(online.Add(action.Phone));
                    break;
                case ScheduledActionKind.GoOffline:
                    Assert.True(online.Remove(action.Phone));
                    break;
                case ScheduledActionKind.Send:
                    Assert.Contains(action.Phone, online);
                    Assert.NotEqual(action.Phone, action.Recipient);
                    Assert.InRange(action.TextBytes, 160, 1400);
                    Assert.InRange(action.TextOffset, 0, RunSchedule.TextBufferBytes - action.TextBytes);
                    break;
                case ScheduledActionKind.PhaseStart when action.Phase == 2:
                    Assert.Equal(40, online.Count);
                    break;
            }
        }

        Assert.Equal(100, online.Count);
    }

    [Fact]
    public void Returns_are_spread_over_the_time_given()
    {
        var returns = Play(Storm, 100, 11).Where(action => action.Kind == ScheduledActionKind.GoOnline).Select(action => action.At.TotalSeconds).ToArray();

        Assert.Equal(60, returns.Length);
        Assert.All(returns, at => Assert.InRange(at, 30, 35));
        Assert.True(returns[^1] - returns[0] > 2.5);
    }

    [Fact]
    public void Zipf_recipients_follow_the_law()
    {
        var plan = new TrafficPlan { RatePerSecond = 2000, Recipients = RecipientPick.Zipf, Exponent = 1.0 };
        var counts = Play(plan, [new PhasePlan { Name = "all", Duration = TimeSpan.FromSeconds(50) }], 1000, 2)
            .Where(action => action.Kind == ScheduledActionKind.Send)
            .CountBy(action => action.Recipient)
            .Select(pair => pair.Value)
            .OrderDescending()
            .ToArray();

        // The harmonic number of 1000 is 7.485: the most popular phone gets 13.4 % of 100,000, the second half of that.
        Assert.InRange(counts[0], 12_700, 14_100);
        Assert.InRange(counts[0] / (double)counts[1], 1.85, 2.15);
    }

    [Fact]
    public void A_ring_gives_every_phone_one_sender()
    {
        var plan = new TrafficPlan { RatePerSecond = 1000, Arrivals = ArrivalProcess.Uniform, Recipients = RecipientPick.Ring };
        var sends = Play(plan, [new PhasePlan { Name = "all", Duration = TimeSpan.FromSeconds(2) }], 10, 2).Where(action => action.Kind == ScheduledActionKind.Send);

        Assert.All(sends, action => Assert.Equal((action.Phone + 1) % 10, action.Recipient));
    }

    [Fact]
    public void A_phase_without_traffic_sends_nothing_and_does_not_shift_who_leaves()
    {
        PhasePlan[] silent = [Storm[0] with { RatePerSecond = 0 }, Storm[1], Storm[2]];

        Assert.DoesNotContain(Play(silent, 100, 7), action => action is { Kind: ScheduledActionKind.Send, Phase: 0 });
        Assert.Equal(Leavers(Storm), Leavers(silent));

        static int[] Leavers(PhasePlan[] phases) =>
            [.. Play(phases, 100, 7).Where(action => action.Kind == ScheduledActionKind.GoOffline).Select(action => action.Phone)];
    }

    private static List<ScheduledAction> Play(PhasePlan[] phases, int phones, ulong seed) =>
        Play(new TrafficPlan { RatePerSecond = 500, MinTextBytes = 160, MaxTextBytes = 1400 }, phases, phones, seed);

    private static List<ScheduledAction> Play(TrafficPlan plan, PhasePlan[] phases, int phones, ulong seed)
    {
        var schedule = new RunSchedule(plan, phases, phones, initiallyOnline: true, seed);
        var actions = new List<ScheduledAction>();
        while (schedule.TryNext(out var action))
        {
            actions.Add(action);
        }

        return actions;
    }
}
