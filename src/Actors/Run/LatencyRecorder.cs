using HdrHistogram;
using Prometheus;

namespace UeFarm.Actors.Run;

/// <summary>A latency distribution in microseconds, 3 significant digits up to 400 days. Recording and reading are safe from any thread; recording never waits.</summary>
public sealed class LatencyRecorder
{
    private const long HighestMicroseconds = 400 * 86_400_000_000;

    /// <summary>Those of <see cref="LatencySummary"/>.</summary>
    private static readonly double[] Percentiles = [50, 90, 95, 99, 99.9];

    private readonly Recorder _recent = HistogramFactory.With64BitBucketSize().WithValuesUpTo(HighestMicroseconds).WithPrecisionOf(3)
        .WithThreadSafeWrites().WithThreadSafeReads().Create();
    private readonly LongHistogram _total = new(1, HighestMicroseconds, 3);
    private readonly Lock _reading = new();
    private LongHistogram? _interval;
    private HistogramBase? _recycled;
    private long _count;
    private long _gathered;

    /// <summary>Also gets every value, in seconds; for the metrics.</summary>
    public IObserver? Observer { get; set; }

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Records one value; negative ones, which a clock step can bring, count as zero.</summary>
    public void Record(TimeSpan value)
    {
        _recent.RecordValue(Math.Clamp(value.Ticks / TimeSpan.TicksPerMicrosecond, 0, HighestMicroseconds));
        Interlocked.Increment(ref _count);
        Observer?.Observe(Math.Max(0, value.TotalSeconds));
    }

    /// <summary>All figures at once, which costs no more than one: whoever wants several asks only here.</summary>
    public LatencySummary Summarize()
    {
        lock (_reading)
        {
            Gather();
            return Summarize(_total);
        }
    }

    /// <summary>How many samples lie above a limit.</summary>
    public long CountAbove(TimeSpan limit)
    {
        var bound = limit.Ticks / TimeSpan.TicksPerMicrosecond;
        lock (_reading)
        {
            Gather();
            return _total.RecordedValues().Where(step => step.ValueIteratedTo > bound).Sum(static step => step.CountAddedInThisIterationStep);
        }
    }

    /// <summary>All samples, by the steps that they are told apart by.</summary>
    public IReadOnlyList<LatencyCount> Counts()
    {
        lock (_reading)
        {
            Gather();
            return [.. _total.RecordedValues().Select(static step => new LatencyCount(step.ValueIteratedTo, step.CountAddedInThisIterationStep))];
        }
    }

    /// <summary>Takes in what another recorder has: the same as if each of its samples had been recorded here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No recorder has such a count.</exception>
    public void Add(IReadOnlyList<LatencyCount> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        foreach (var (microseconds, count) in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(counts));
            ArgumentOutOfRangeException.ThrowIfNegative(microseconds, nameof(counts));
            _recent.RecordValueWithCount(Math.Min(microseconds, HighestMicroseconds), count);
            Interlocked.Add(ref _count, count);
        }
    }

    /// <summary>What was recorded since the last call, or since the start with the first one. For one caller: each value is told once.</summary>
    public LatencyInterval TakeInterval()
    {
        lock (_reading)
        {
            Gather();
            var interval = _interval is null ? Describe(_total) : Describe(_interval);
            if (_interval is null)
            {
                _interval = new LongHistogram(1, HighestMicroseconds, 3);
            }
            else if (interval.Count > 0)
            {
                _interval.Reset();
            }

            return interval;
        }
    }

    private static LatencyInterval Describe(LongHistogram values) => values.TotalCount == 0 ? LatencyInterval.Empty
        : new LatencyInterval(
            values.TotalCount, TimeSpan.FromMicroseconds(values.GetValueAtPercentile(50)), TimeSpan.FromMicroseconds(values.GetValueAtPercentile(99)));

    /// <summary>In one pass over what was recorded; each figure is the one that the histogram gives by itself.</summary>
    private static LatencySummary Summarize(LongHistogram values)
    {
        var total = values.TotalCount;
        Span<long> ranks = stackalloc long[Percentiles.Length];
        for (var i = 0; i < ranks.Length; i++)
        {
            ranks[i] = Math.Max(1, (long)((Percentiles[i] / 100 * total) + 0.5));
        }

        Span<TimeSpan> found = stackalloc TimeSpan[Percentiles.Length];
        var (next, counted, sum, highest) = (0, 0L, 0.0, 0L);
        foreach (var step in values.RecordedValues())
        {
            highest = step.ValueIteratedTo;
            counted += step.CountAddedInThisIterationStep;
            sum += (double)values.MedianEquivalentValue(highest) * step.CountAddedInThisIterationStep;
            while (next < ranks.Length && ranks[next] <= counted)
            {
                found[next++] = TimeSpan.FromMicroseconds(highest);
            }
        }

        return new LatencySummary(
            total, found[0], found[1], found[2], found[3], found[4], TimeSpan.FromMicroseconds(highest), TimeSpan.FromMicroseconds(total == 0 ? 0 : sum / total));
    }

    private void Gather()
    {
        var count = Count;
        if (count == _gathered)
        {
            return;
        }

        _gathered = count;
        _recycled = _recent.GetIntervalHistogram(_recycled);

        // Few of its 36,000 steps have samples: to add those costs a quarter of adding one histogram to the other.
        foreach (var step in _recycled.RecordedValues())
        {
            _total.RecordValueWithCount(step.ValueIteratedTo, step.CountAddedInThisIterationStep);
            _interval?.RecordValueWithCount(step.ValueIteratedTo, step.CountAddedInThisIterationStep);
        }
    }
}
