namespace UeFarm.Farm.Report;

/// <summary>
/// Whether something grew while the phases were played, in bytes: the last quarter of that time beside the second one. The first is left to caches that fill.
/// </summary>
/// <remarks>
/// SecondQuarter, LastQuarter: Medians.
/// Growth: Of the last over the second, as a fraction; null with too few samples, or from nothing.
/// SlopePerHour: Of the line through the samples of the last three quarters (least squares), by the run's clock.
/// </remarks>
internal sealed record TrendResult(string Name, int Samples, double SecondQuarter, double LastQuarter, double? Growth, double SlopePerHour, double Peak)
{
    /// <summary>Two in a quarter: a median of one says nothing.</summary>
    private const int FewestSamples = 8;

    /// <summary>Looks at samples of a stretch of time.</summary>
    /// <param name="name">What was sampled.</param>
    /// <param name="samples">Within that time.</param>
    /// <param name="from">Its start in seconds.</param>
    /// <param name="to">Its end.</param>
    public static TrendResult Of(string name, IReadOnlyList<(double Seconds, double Value)> samples, double from, double to)
    {
        if (samples.Count == 0)
        {
            return new TrendResult(name, 0, 0, 0, null, 0, 0);
        }

        var quarter = (to - from) / 4;
        var warm = samples.Where(sample => sample.Seconds >= from + quarter).ToList();
        var second = MedianOf(warm.Where(sample => sample.Seconds < from + (2 * quarter)));
        var last = MedianOf(warm.Where(sample => sample.Seconds >= to - quarter));
        var isEnough = samples.Count >= FewestSamples && second > 0 && last is not null;
        return new TrendResult(
            name, samples.Count, second ?? 0, last ?? 0, isEnough ? (last / second) - 1 : null, SlopeOf(warm) * 3600, samples.Max(static sample => sample.Value));
    }

    private static double? MedianOf(IEnumerable<(double Seconds, double Value)> samples)
    {
        var values = samples.Select(static sample => sample.Value).Order().ToList();
        return values.Count == 0 ? null : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private static double SlopeOf(List<(double Seconds, double Value)> samples)
    {
        if (samples.Count == 0)
        {
            return 0;
        }

        var (seconds, value) = (samples.Average(static sample => sample.Seconds), samples.Average(static sample => sample.Value));
        var spread = samples.Sum(sample => (sample.Seconds - seconds) * (sample.Seconds - seconds));
        return spread == 0 ? 0 : samples.Sum(sample => (sample.Seconds - seconds) * (sample.Value - value)) / spread;
    }
}
