using UeFarm.Actors.Run;
using Xunit;

namespace UeFarm.Actors.Tests.Run;

public sealed class LatencyRecorderTests
{
    [Fact]
    public void Without_samples_everything_is_zero()
    {
        var latency = new LatencyRecorder();

        Assert.Equal((0, default(LatencySummary), 0), (latency.Count, latency.Summarize(), latency.CountAbove(TimeSpan.Zero)));
    }

    [Fact]
    public void Percentiles_are_those_of_the_values_to_three_digits()
    {
        var latency = new LatencyRecorder();
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            latency.Record(TimeSpan.FromMilliseconds(milliseconds));
        }

        var summary = latency.Summarize();
        Assert.Equal((1000, 1000), (latency.Count, summary.Count));
        Assert.InRange(summary.P50.TotalMilliseconds, 499, 501);
        Assert.InRange(summary.P99.TotalMilliseconds, 989, 991);
        Assert.InRange(summary.Max.TotalMilliseconds, 999, 1001);
        Assert.InRange(summary.Mean.TotalMilliseconds, 500, 501);
        Assert.Equal(900, latency.CountAbove(TimeSpan.FromMilliseconds(100.5)));
    }

    /// <summary>Read every now and then, as a run's are, so that what was gathered before counts too.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(999, 3)]
    [InlineData(20_000, 4)]
    public void A_summary_says_what_sorting_all_values_says(int count, int seed)
    {
        var latency = new LatencyRecorder();
        var random = new Random(seed);
        var values = new List<double>();
        for (var i = 0; i < count; i++)
        {
            // From microseconds to weeks, some of them the same.
            var value = TimeSpan.FromMicroseconds(Math.Floor(Math.Pow(10, random.NextDouble() * 12)) * random.Next(1, 3));
            values.Add(value.TotalMicroseconds);
            latency.Record(value);
            if (i % 700 == 0)
            {
                Assert.Equal(i + 1, latency.Summarize().Count);
            }
        }

        values.Sort();
        var summary = latency.Summarize();
        Assert.Equal(count, summary.Count);
        AssertNear(Ranked(50), summary.P50);
        AssertNear(Ranked(90), summary.P90);
        AssertNear(Ranked(95), summary.P95);
        AssertNear(Ranked(99), summary.P99);
        AssertNear(Ranked(99.9), summary.P999);
        AssertNear(values[^1], summary.Max);
        AssertNear(values.Average(), summary.Mean);

        double Ranked(double percentile) => values[Math.Max(1, (int)((percentile / 100 * count) + 0.5)) - 1];

        static void AssertNear(double microseconds, TimeSpan found) => Assert.InRange(found.TotalMicroseconds, microseconds * 0.999, (microseconds * 1.001) + 1);
    }

    [Fact]
    public void An_interval_tells_what_came_since_the_one_before_and_the_totals_keep_all()
    {
        var latency = new LatencyRecorder();
        Assert.Equal(LatencyInterval.Empty, latency.TakeInterval());
        latency.Record(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, latency.TakeInterval().Count);
        for (var seconds = 1; seconds <= 100; seconds++)
        {
            latency.Record(TimeSpan.FromSeconds(seconds));
            _ = latency.Summarize();
        }

        var interval = latency.TakeInterval();

        Assert.Equal(100, interval.Count);
        Assert.InRange(interval.P50.TotalSeconds, 49.9, 50.1);
        Assert.InRange(interval.P99.TotalSeconds, 98.9, 99.1);
        Assert.Equal(LatencyInterval.Empty, latency.TakeInterval());
        Assert.Equal(101, latency.Count);
        Assert.Equal(new LatencyCount(10_007, 1), latency.Counts()[0]);
    }

    [Fact]
    public void Values_before_the_first_interval_are_in_it()
    {
        var latency = new LatencyRecorder();
        latency.Record(TimeSpan.FromMilliseconds(5));
        latency.Record(TimeSpan.FromMilliseconds(5));

        Assert.Equal((2, TimeSpan.Zero), (latency.TakeInterval().Count, latency.TakeInterval().P50));
    }

    [Fact]
    public void Negative_values_count_as_zero_and_huge_ones_as_four_hundred_days()
    {
        var latency = new LatencyRecorder();
        latency.Record(TimeSpan.FromSeconds(-1));
        latency.Record(TimeSpan.FromDays(500));

        Assert.Equal(2, latency.Count);
        Assert.Equal(TimeSpan.Zero, latency.Summarize().P50);
        Assert.InRange(latency.Summarize().Max.TotalDays, 399, 401);
    }

    [Fact]
    public async Task Nothing_recorded_while_somebody_reads_is_lost()
    {
        const int Threads = 4;
        const int Each = 50_000;
        var latency = new LatencyRecorder();
        var writers = Enumerable.Range(1, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                latency.Record(TimeSpan.FromMilliseconds(thread));
            }
        })).ToArray();
        var all = Task.WhenAll(writers);
        while (!all.IsCompleted)
        {
            Assert.InRange(latency.Summarize().Max.TotalMilliseconds, 0, Threads + 0.1);
        }

        await all;
        Assert.Equal(Threads * Each, latency.Count);
        Assert.Equal((Threads - 1) * Each, latency.CountAbove(TimeSpan.FromMilliseconds(1.5)));
        Assert.Equal(Threads * Each, latency.CountAbove(TimeSpan.FromMilliseconds(0.5)));
    }

    [Fact]
    public void Recorders_of_several_processes_are_put_together_without_loss()
    {
        var (whole, merged) = (new LatencyRecorder(), new LatencyRecorder());
        LatencyRecorder[] parts = [new(), new(), new()];
        for (var value = 1; value <= 3000; value++)
        {
            var latency = TimeSpan.FromMicroseconds((long)value * value);
            whole.Record(latency);
            parts[value % 3 == 0 ? 0 : 1].Record(latency);
        }

        foreach (var part in parts)
        {
            merged.Add(part.Counts());
        }

        Assert.Equal(whole.Counts(), merged.Counts());
        Assert.Equal(
            (3000, whole.Summarize(), whole.CountAbove(TimeSpan.FromSeconds(1))),
            (merged.Count, merged.Summarize(), merged.CountAbove(TimeSpan.FromSeconds(1))));
        Assert.Throws<ArgumentOutOfRangeException>(() => merged.Add([new LatencyCount(5, -1)]));
    }
}
