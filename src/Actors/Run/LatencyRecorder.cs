using HdrHistogram;
using Prometheus;

namespace UeFarm.Actors.Run;

/// <summary>A latency distribution in microseconds, 3 significant digits up to 400 days. Recording and reading are safe from any thread; recording never waits.</summary>
public sealed class LatencyRecorder
{
    private const long HighestMicroseconds = 400 * 86_400_000_000;
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

    public TimeSpan Max => Read(static total => total.GetMaxValue());

    public TimeSpan Mean => Read(static total => total.GetMean());

    /// <summary>Records one value; negative ones, which a clock step can bring, count as zero.</summary>
    public void Record(TimeSpan value)
    {
        _recent.RecordValue(Math.Clamp(value.Ticks / TimeSpan.TicksPerMicrosecond, 0, HighestMicroseconds));
        Interlocked.Increment(ref _count);
        Observer?.Observe(Math.Max(0, value.TotalSeconds));
    }

    /// <summary>The value at a percentile (0 to 100); zero without samples.</summary>
    public TimeSpan Percentile(double percentile) => Read(total => total.GetValueAtPercentile(percentile));

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

    private TimeSpan Read(Func<LongHistogram, double> read)
    {
        lock (_reading)
        {
            Gather();
            return _total.TotalCount == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(read(_total));
        }
    }

    private void Gather()
    {
        // Costly: several questions in a row share one.
        var count = Count;
        if (count == _gathered)
        {
            return;
        }

        _gathered = count;
        _recycled = _recent.GetIntervalHistogram(_recycled);
        _total.Add(_recycled);
        _interval?.Add(_recycled);
    }
}
