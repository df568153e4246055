using UeFarm.Actors.Run;
using Xunit;

namespace UeFarm.Actors.Tests.Run;

public sealed class LatencyRecorderTests
{
    [Fact]
    public void Without_samples_everything_is_zero()
    {
        var latency = new LatencyRecorder();

        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero, 0), (latency.Count, latency.Max, latency.Percentile(99), latency.CountAbove(TimeSpan.Zero)));
    }

    [Fact]
    public void Percentiles_are_those_of_the_values_to_three_digits()
    {
        var latency = new LatencyRecorder();
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            latency.Record(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal(1000, latency.Count);
        Assert.InRange(latency.Percentile(50).TotalMilliseconds, 499, 501);
        Assert.InRange(latency.Percentile(99).TotalMilliseconds, 989, 991);
        Assert.InRange(latency.Max.TotalMilliseconds, 999, 1001);
        Assert.InRange(latency.Mean.TotalMilliseconds, 500, 501);
        Assert.Equal(900, latency.CountAbove(TimeSpan.FromMilliseconds(100.5)));
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
            _ = latency.Max;
        }

        var interval = latency.TakeInterval();

        Assert.Equal(100, interval.Count);
        Assert.InRange(interval.P50.TotalSeconds, 49.9, 50.1);
        Assert.InRange(interval.P99.TotalSeconds, 98.9, 99.1);
        Assert.Equal(LatencyInterval.Empty, latency.TakeInterval());
        Assert.Equal(101, latency.Count);
        Assert.InRange(latency.Percentile(0).TotalMilliseconds, 9.9, 10.1);
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
        Assert.Equal(TimeSpan.Zero, latency.Percentile(50));
        Assert.InRange(latency.Max.TotalDays, 399, 401);
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
            Assert.InRange(latency.Percentile(100).TotalMilliseconds, 0, Threads + 0.1);
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
            (3000, whole.Percentile(99), whole.Max, whole.CountAbove(TimeSpan.FromSeconds(1))),
            (merged.Count, merged.Percentile(99), merged.Max, merged.CountAbove(TimeSpan.FromSeconds(1))));
        Assert.Throws<ArgumentOutOfRangeException>(() => merged.Add([new LatencyCount(5, -1)]));
    }
}
