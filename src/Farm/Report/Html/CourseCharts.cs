using System.Globalization;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Report.Html;

/// <summary>The pictures of a run, from its series.</summary>
internal static class CourseCharts
{
    public static IEnumerable<LineChart> Of(StoredRun run)
    {
        var (series, length) = (run.Result.Series, LengthOf(run.Result));
        yield return Over(run, length, "rates", "Messages", "per second",
            [Rate("sent", series, static point => point.Sent), Rate("accepted", series, static point => point.Accepted),
            .. WithSome(series, "rejected", static point => point.Rejected), .. WithSome(series, "failed", static point => point.Failed)], UnitText.Count);
        yield return Over(run, length, "phones", "Phones by state", "phones",
            [Line("registered", series, static point => point.Registered), Line("offline", series, static point => point.Offline)], UnitText.Count);
        yield return Over(run, length, "backlog", "Messages on their way", "messages",
            [Line("stored", series, static point => point.Stored), Line("in flight", series, static point => point.InFlight)], UnitText.Count);
        ChartLine[] delivery =
            [Latency("99 % within", series, static point => point.DeliveryP99), Latency("half within", series, static point => point.DeliveryP50)];
        if (delivery.SelectMany(static line => line.Points).Any(static point => point.Y is not null))
        {
            yield return Logarithmic(run, length, "delivery", "Time to delivery", "logarithmic", delivery);
        }

        if (series.Any(static point => point.Attacks > 0))
        {
            yield return Over(run, length, "hostile", "Hostile messages", "per second", [Rate("sent", series, static point => point.Attacks)], UnitText.Count);
        }

        // What the machine saw of a run in virtual time differs each time, and its report must not.
        if (run.Result.Clock == "virtual")
        {
            yield break;
        }

        ChartLine[] lag = [Latency("99 % at most", series, static point => point.LagP99)];
        if (lag[0].Points.Any(static point => point.Y is not null))
        {
            yield return Logarithmic(run, length, "late", "How late the generator was", "logarithmic", lag);
        }

        if (run.Machine.Count > 0)
        {
            yield return Over(run, length, "memory", "Memory", "of this program",
                [Memory("resident", run.Machine, static point => point.Resident), Memory("managed heap", run.Machine, static point => point.Heap),
                Memory("of which the run's records", run.Machine, static point => point.Books)], UnitText.Bytes);
        }
    }

    /// <summary>Two runs in one picture.</summary>
    public static IEnumerable<LineChart> Of(ResultDocument before, ResultDocument after)
    {
        var length = Math.Max(LengthOf(before), LengthOf(after));
        yield return Pair("rates", "Accepted", "messages per second", static (name, series) => Rate(name, series, static point => point.Accepted));
        yield return Pair("backlog", "Stored in the application server", "messages", static (name, series) => Line(name, series, static point => point.Stored));
        ChartLine[] latencies = [Latency("before", before.Series, static point => point.DeliveryP99), Latency("after", after.Series, static point => point.DeliveryP99)];
        if (latencies.SelectMany(static line => line.Points).Any(static point => point.Y is not null))
        {
            yield return Logarithmic("delivery", "99 % delivered within", "logarithmic", latencies, length, []);
        }

        LineChart Pair(string id, string title, string unit, Func<string, IReadOnlyList<SeriesPoint>, ChartLine> lineOf)
        {
            ChartLine[] lines = [lineOf("before", before.Series), lineOf("after", after.Series)];
            return new LineChart($"plot-{id}", title, unit, lines, ChartAxis.Time(length), ChartAxis.Linear(HighestOf(lines), UnitText.Count));
        }
    }

    public static LineChart Capacity(CapacityResult capacity)
    {
        var floor = 1.0 / Math.Max(1, capacity.Messages);
        var none = Math.Pow(10, Math.Ceiling(Math.Log10(floor) - 1e-9) - 1);
        var points = capacity.Curve
            .Select(point => ((double)point.Capacity, point.Rejected > 0 ? (double?)point.Rejected / Math.Max(1, capacity.Messages) : none)).ToList();
        var most = Percent((points.Count == 0 ? null : points[0].Item2) ?? 0);
        return new LineChart(
            "plot-capacity", "Share refused", "by entries, logarithmic", [new ChartLine("refused", points)],
            ChartAxis.Logarithmic(1, Math.Max(2, capacity.MinCapacity), UnitText.Count), ChartAxis.Logarithmic(none, 1, share => share < floor ? "none" : Percent(share)))
        {
            Description = $"From {most} refused by a cache of one entry down to none with {UnitText.Count(capacity.MinCapacity)} entries",
        };
    }

    private static double LengthOf(ResultDocument result) => Math.Max(
        result.Series.Count == 0 ? 0 : result.Series[^1].Seconds, result.Phases.Count == 0 ? 0 : result.Phases[^1].EndSeconds);

    private static LineChart Over(StoredRun run, double length, string id, string title, string unit, IReadOnlyList<ChartLine> lines, Func<double, string> format) =>
        new($"plot-{id}", title, unit, lines, ChartAxis.Time(length), ChartAxis.Linear(HighestOf(lines), value => Precisely(value, format)))
        {
            Phases = run.Result.Phases,
            Format = value => Precisely(value, format),
        };

    /// <summary>Low rates need decimals.</summary>
    private static string Precisely(double value, Func<double, string> format) =>
        value is > 0 and < 10 && value != Math.Floor(value) ? value.ToString("0.###", CultureInfo.InvariantCulture) : format(value);

    private static LineChart Logarithmic(StoredRun run, double length, string id, string title, string unit, IReadOnlyList<ChartLine> lines) =>
        Logarithmic(id, title, unit, lines, length, run.Result.Phases);

    private static LineChart Logarithmic(string id, string title, string unit, IReadOnlyList<ChartLine> lines, double length, IReadOnlyList<PhaseResult> phases)
    {
        var values = lines.SelectMany(static line => line.Points).Select(static point => point.Y).OfType<double>().Where(double.IsFinite).DefaultIfEmpty(1).ToList();
        return new LineChart($"plot-{id}", title, unit, lines, ChartAxis.Time(length), ChartAxis.Logarithmic(values.Min(), values.Max(), UnitText.Latency))
        {
            Phases = phases,
            Format = UnitText.Latency,
        };
    }

    private static double HighestOf(IEnumerable<ChartLine> lines) =>
        lines.SelectMany(static line => line.Points).Select(static point => point.Y ?? 0).Where(double.IsFinite).DefaultIfEmpty(0).Max();

    /// <summary>A message that failed for now and arrived after all is no failure at the end.</summary>
    private static IEnumerable<ChartLine> WithSome(IReadOnlyList<SeriesPoint> series, string name, Func<SeriesPoint, long> count) =>
        series.Count > 0 && count(series[^1]) > 0 ? [Rate(name, series, count)] : [];

    private static ChartLine Line(string name, IReadOnlyList<SeriesPoint> series, Func<SeriesPoint, long> value) =>
        new(name, [.. series.Select(point => (point.Seconds, (double?)value(point)))]);

    /// <summary>Counts since the start become events per second since the point before.</summary>
    private static ChartLine Rate(string name, IReadOnlyList<SeriesPoint> series, Func<SeriesPoint, long> count)
    {
        var points = new List<(double, double?)>();
        var (seconds, counted) = (0.0, 0L);
        foreach (var point in series)
        {
            var span = point.Seconds - seconds;
            points.Add((point.Seconds, span > 0 ? Math.Max(0, count(point) - counted) / span : null));
            (seconds, counted) = (point.Seconds, count(point));
        }

        return new ChartLine(name, points);
    }

    /// <summary>A point without samples holds 0.</summary>
    private static ChartLine Latency(string name, IReadOnlyList<SeriesPoint> series, Func<SeriesPoint, double> seconds) =>
        new(name, [.. series.Select(point => (point.Seconds, seconds(point) is > 0 and var value ? (double?)value : null))]);

    private static ChartLine Memory(string name, IReadOnlyList<MachinePoint> points, Func<MachinePoint, long> bytes) =>
        new(name, [.. points.Select(point => (point.Seconds, (double?)bytes(point)))]);

    /// <summary>With three digits, and never in powers of ten.</summary>
    private static string Percent(double share) =>
        double.Parse((share * 100).ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("0.#########", CultureInfo.InvariantCulture) + " %";
}
