using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Actors.Tests.Traffic;

public sealed class RunScheduleChangeTests
{
    private const int Phones = 100;

    private static readonly PhasePlan[] Phases =
    [
        new() { Name = "warm-up", Duration = TimeSpan.FromSeconds(10) },
        new() { Name = "outage", Duration = TimeSpan.FromSeconds(20), GoOffline = 60, Within = TimeSpan.FromSeconds(8), Cut = OfflineKind.Silent },
        new() { Name = "quiet", Duration = TimeSpan.FromSeconds(5), RatePerSecond = 0 },
        new() { Name = "storm", Duration = TimeSpan.FromSeconds(30), GoOnline = int.MaxValue, Within = TimeSpan.FromSeconds(5), RatePerSecond = 900 },
    ];

    [Theory]
    [InlineData(ArrivalProcess.Poisson)]
    [InlineData(ArrivalProcess.Uniform)]
    public void What_is_heard_of_while_it_is_played_gives_the_schedule_of_what_was_known_before(ArrivalProcess arrivals)
    {
        for (ulong seed = 1; seed <= 25; seed++)
        {
            var changes = RandomChanges(seed);
            var known = CreateSchedule(seed, arrivals);
            changes.ForEach(known.Add);

            // Whoever plays it hears of each change at some time before it takes effect, and of the last ones just in time.
            var told = CreateSchedule(seed, arrivals);
            var waiting = new Queue<RunChange>(changes);
            var actions = new List<ScheduledAction>();
            while (told.NextDue != TimeSpan.MaxValue)
            {
                while (waiting.TryPeek(out var next) && (next.At <= told.NextDue || next.At - told.NextDue < TimeSpan.FromSeconds(seed % 4)))
                {
                    told.Add(waiting.Dequeue());
                }

                if (told.TryTake(out var action))
                {
                    actions.Add(action);
                }
            }

            Assert.Equal(Play(known), actions);
            Assert.NotEqual(Play(CreateSchedule(seed, arrivals)), actions);
            Assert.Equal(actions.Select(static action => action.At).Order(), actions.Select(static action => action.At));
        }
    }

    [Fact]
    public void A_factor_counts_from_its_time_on_also_in_later_phases_and_the_next_one_takes_its_place()
    {
        var sends = SendsOf(Rate(5, 2), Rate(20, 0.5));

        // Poisson: standard deviations of 50, 100, 71, 50 and 116.
        AssertNear(2500, sends.Count(static at => at < 5));
        AssertNear(10_000 + 5000, sends.Count(static at => at is >= 5 and < 20));
        AssertNear(2500, sends.Count(static at => at is >= 20 and < 30));
        Assert.DoesNotContain(sends, static at => at is > 30 and < 35);
        AssertNear(13_500, sends.Count(static at => at >= 35));
    }

    [Fact]
    public void Messages_that_were_paused_go_on_where_they_were()
    {
        var (all, paused) = (SendsOf(), SendsOf(Rate(3, 0), Rate(8, 1)));
        var before = all.Count(static at => at < 3);

        Assert.Equal(all.Take(before), paused.Take(before));
        Assert.DoesNotContain(paused, static at => at is > 3 and < 8);

        // The pause is five seconds; a rescaled time is rounded to a tick once.
        var first = paused.Skip(before).TakeWhile(static at => at < 10).ToList();
        Assert.All(all.Skip(before).Zip(first), static pair => Assert.Equal(pair.First + 5, pair.Second, 0.000_000_5));
        AssertNear(1000, first.Count);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    [InlineData(100)]
    public void So_many_phones_are_online_as_were_asked_for_within_the_time(int phones)
    {
        var schedule = CreateSchedule(4, ArrivalProcess.Poisson);
        schedule.Add(Scale(2, 70, 0));
        schedule.Add(Scale(4, phones, 3));
        Advance(schedule, 3.9);
        Assert.Equal(70, schedule.PlannedOnline);
        Advance(schedule, 5.5);
        Assert.InRange(schedule.PlannedOnline, Math.Min(phones, 70) + 1, Math.Max(phones, 70) - 1);
        Advance(schedule, 7.1);
        Assert.Equal(phones, schedule.PlannedOnline);
    }

    [Fact]
    public void A_new_number_takes_the_place_of_one_that_is_still_under_way()
    {
        var schedule = CreateSchedule(4, ArrivalProcess.Poisson);
        schedule.Add(Scale(1, 0, 6));
        schedule.Add(Scale(3, 90, 1));
        Advance(schedule, 9);
        Assert.Equal(90, schedule.PlannedOnline);
    }

    [Fact]
    public void Who_is_moved_by_hand_shifts_neither_the_times_of_messages_nor_those_of_the_phases_moves()
    {
        var (plain, scaled) = (Play(CreateSchedule(6, ArrivalProcess.Poisson)), Play(CreateSchedule(6, ArrivalProcess.Poisson), Scale(4, 80, 2)));

        Assert.Equal(SendsOf(plain), SendsOf(scaled));
        var moves = plain.Where(static action => action is { Kind: ScheduledActionKind.GoOffline, Phase: 1 }).Select(static action => action.At);
        Assert.Equal(moves, scaled.Where(static action => action is { Kind: ScheduledActionKind.GoOffline, Phase: 1 }).Select(static action => action.At));
        Assert.All(scaled.Where(static action => action is { Kind: ScheduledActionKind.GoOffline, Phase: 0 }), static action => Assert.Equal(OfflineKind.Clean, action.Cut));
    }

    [Fact]
    public void No_phone_is_moved_to_where_it_is_and_only_phones_that_are_online_send()
    {
        for (ulong seed = 1; seed <= 25; seed++)
        {
            var online = Enumerable.Range(0, Phones).ToHashSet();
            foreach (var action in Play(CreateSchedule(seed, ArrivalProcess.Poisson), [.. RandomChanges(seed)]))
            {
                Assert.True(action.Kind switch
                {
                    ScheduledActionKind.GoOnline => online.Add(action.Phone),
                    ScheduledActionKind.GoOffline => online.Remove(action.Phone),
                    ScheduledActionKind.Send => online.Contains(action.Phone),
                    _ => true,
                });
            }
        }
    }

    [Fact]
    public void A_change_of_the_past_is_refused()
    {
        var schedule = CreateSchedule(1, ArrivalProcess.Poisson);
        Advance(schedule, 7);

        Assert.Throws<ArgumentException>(() => schedule.Add(Rate(6.9, 2)));
        schedule.Add(Rate(8, 2));
        Assert.Throws<ArgumentException>(() => schedule.Add(Rate(7.9, 2)));
        schedule.Add(Scale(8, 10, 1));
        Assert.Equal(TimeSpan.FromSeconds(8), schedule.EarliestChange);
    }

    private static void AssertNear(int expected, int actual) => Assert.InRange(actual, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));

    private static RunChange Rate(double at, double factor) => new(RunChangeKind.Rate, TimeSpan.FromSeconds(at), "test", Factor: factor);

    private static RunChange Scale(double at, int phones, double within) =>
        new(RunChangeKind.Scale, TimeSpan.FromSeconds(at), "test", Phones: phones, Within: TimeSpan.FromSeconds(within));

    private static List<RunChange> RandomChanges(ulong seed)
    {
        var random = new Random((int)seed);
        var times = Enumerable.Range(0, 8).Select(_ => Math.Round(random.NextDouble() * 62, random.Next(2))).Order();
        return [.. times.Select(at => random.Next(3) switch
        {
            0 => Rate(at, 0),
            1 => Rate(at, random.NextDouble() * 3),
            _ => Scale(at, random.Next(Phones + 1), random.NextDouble() * 10),
        })];
    }

    private static RunSchedule CreateSchedule(ulong seed, ArrivalProcess arrivals) => new(
        new TrafficPlan { RatePerSecond = 500, Arrivals = arrivals, MinTextBytes = 10, MaxTextBytes = 500 }, Phases, Phones, initiallyOnline: true, seed);

    private static void Advance(RunSchedule schedule, double until)
    {
        while (schedule.NextDue <= TimeSpan.FromSeconds(until))
        {
            schedule.TryTake(out _);
        }
    }

    private static List<double> SendsOf(params RunChange[] changes) => SendsOf(Play(CreateSchedule(3, ArrivalProcess.Poisson), changes));

    private static List<double> SendsOf(List<ScheduledAction> actions) =>
        [.. actions.Where(static action => action.Kind == ScheduledActionKind.Send).Select(static action => action.At.TotalSeconds)];

    private static List<ScheduledAction> Play(RunSchedule schedule, params RunChange[] changes)
    {
        Array.ForEach(changes, schedule.Add);
        var actions = new List<ScheduledAction>();
        while (schedule.TryNext(out var action))
        {
            actions.Add(action);
        }

        return actions;
    }
}
