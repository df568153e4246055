using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Tests.Report;

public class TrendResultTests
{
    [Fact]
    public void What_waves_without_growing_has_no_growth()
    {
        var trend = Of(i => i % 2 == 0 ? 100 : 300, 400);

        Assert.Equal((200, 200, 0, 300), (trend.SecondQuarter, trend.LastQuarter, trend.Growth, trend.Peak));
        Assert.InRange(trend.SlopePerHour, -30, 30);
    }

    [Fact]
    public void What_grows_by_one_a_second_grows_by_3600_an_hour()
    {
        var trend = Of(i => 1000 + i, 400);

        Assert.InRange(trend.SecondQuarter, 1149, 1150);
        Assert.InRange(trend.LastQuarter, 1349, 1350);
        Assert.InRange(trend.Growth!.Value, 0.173, 0.175);
        Assert.Equal(3600, trend.SlopePerHour, 6);
        Assert.Equal(1399, trend.Peak);
    }

    [Fact]
    public void What_fills_in_the_first_quarter_has_not_grown()
    {
        var trend = Of(i => Math.Min(i, 90), 400);

        Assert.Equal((0, 0, 90), (trend.Growth, trend.SlopePerHour, trend.Peak));
    }

    [Fact]
    public void One_outlier_in_a_quarter_is_not_growth() => Assert.Equal(0, Of(i => i == 390 ? 1e9 : 100, 400).Growth);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 1)]
    [InlineData(40, 0)]
    public void From_too_few_samples_or_from_nothing_no_growth_is_told(int samples, double value)
    {
        var trend = Of(_ => value, samples);

        Assert.Equal((samples, null), (trend.Samples, trend.Growth));
    }

    [Fact]
    public void Only_the_time_in_which_phases_are_played_counts_and_the_books_do_not()
    {
        var series = new RunSeries();
        for (var second = 1; second <= 60; second++)
        {
            var isPlayed = second is > 10 and <= 50;
            var machine = new MachinePoint(
                second, second, 1, (isPlayed ? 5000 : 100_000) + (second * 10), 3000 + (second * 10), second * 10, 0, 0, isPlayed ? 700 : null);
            series.Add(new SeriesPoint(second, "phase", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), machine);
        }

        var trends = series.Trends(10.5, 50.5);

        Assert.Equal(["memory", "heap", "store"], trends.Select(trend => trend.Name));
        Assert.All(trends, trend => Assert.Equal((40, 0.0), (trend.Samples, trend.Growth)));
        Assert.Equal([5000, 3000, 700], trends.Select(trend => trend.Peak));
    }

    private static TrendResult Of(Func<int, double> value, int samples) =>
        TrendResult.Of("memory", [.. Enumerable.Range(0, samples).Select(i => ((double)i, value(i)))], 0, Math.Max(0, samples - 1));
}
