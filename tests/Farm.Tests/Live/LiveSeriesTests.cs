using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;

namespace UeFarm.Farm.Tests.Live;

public sealed class LiveSeriesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(LiveSeries.MostPoints)]
    [InlineData(100_000)]
    public void A_run_of_any_length_has_a_bounded_course_from_its_first_to_its_last_second(int seconds)
    {
        var series = new LiveSeries();
        for (var second = 0; second < seconds; second++)
        {
            series.Add(At(second));
        }

        var course = series.Read()!;
        Assert.InRange(course.Seconds.Count, Math.Min(seconds, LiveSeries.MostPoints / 2), LiveSeries.MostPoints);
        Assert.Equal((0, seconds - 1), (course.Seconds[0], course.Seconds[^1]));
        Assert.Equal(course.Seconds.Order().Distinct(), course.Seconds);
        Assert.All(course.Offered.Skip(1), rate => Assert.Equal(50, rate));
        Assert.All(course.Delivered.Skip(1), rate => Assert.Equal(49, rate));
        Assert.Equal(course.Seconds.Select(static second => (long)second + 7), course.Stored);
        Assert.All([course.Registered, course.Offline, course.InFlight], counts => Assert.Equal(course.Seconds.Count, counts.Count));
    }

    [Fact]
    public void Points_are_evenly_spaced_but_for_the_last_one()
    {
        var series = new LiveSeries();
        for (var second = 0; second < 5_000; second++)
        {
            series.Add(At(second));
        }

        var seconds = series.Read()!.Seconds;
        Assert.Single(seconds.Zip(seconds.Skip(1), static (one, next) => next - one).SkipLast(1).Distinct());
    }

    [Fact]
    public void Phones_that_register_are_neither_offline_nor_registered()
    {
        var series = new LiveSeries();
        series.Add(At(1) with { UesByState = new Dictionary<string, long> { ["registered"] = 5, ["offline"] = 15 }, Registering = 4 });
        var course = series.Read()!;
        Assert.Equal((5, 4, 11), (course.Registered[0], course.Registering[0], course.Offline[0]));
    }

    [Fact]
    public void The_rates_of_the_moment_are_those_of_the_last_three_seconds()
    {
        var series = new LiveSeries();
        series.Add(At(0));
        Assert.Equal(new LiveState.RateRow(0, 0, 0), series.ReadRates());
        for (var second = 1; second <= 100; second++)
        {
            series.Add(At(second) with { Due = second <= 97 ? 0 : (second - 97) * 30, Registrations = second });
        }

        Assert.Equal(new LiveState.RateRow(30, 49, 1), series.ReadRates());
    }

    [Theory]
    [InlineData(0.9, 2)]
    [InlineData(1.0, 3)]
    public void A_picture_right_after_a_point_is_none_where_points_come_by_themselves(double after, int points)
    {
        var series = new LiveSeries(closest: 1);
        series.Add(MomentAt(1), phones: 20);
        series.Add(MomentAt(2), phones: 20);
        series.Look(At(2) with { Elapsed = TimeSpan.FromSeconds(2 + after), Due = 1_000 });
        Assert.Equal(points, series.Read()!.Seconds.Count);
        Assert.Equal(50, series.Read()!.Offered[1]);
    }

    private static ClusterMoment MomentAt(int second) =>
        new(TimeSpan.FromSeconds(second), 0, 5, 4, 9, 50L * second, 50L * second, 49L * second, 0, 0, 0, 0, 0, 7, 1, LatencyInterval.Empty, LatencyInterval.Empty);

    private static RunSnapshot At(int second) => new()
    {
        Elapsed = TimeSpan.FromSeconds(second),
        PhaseName = "only",
        PhaseIndex = 0,
        PhaseCount = 1,
        PhaseRemaining = TimeSpan.Zero,
        Due = 50L * second,
        Accepted = 49L * second,
        Stored = second + 7,
    };
}
