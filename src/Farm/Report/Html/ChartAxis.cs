using System.Globalization;

namespace UeFarm.Farm.Report.Html;

/// <summary>Where a value lies between the ends of an axis, 0 to 1, and what is written beside it.</summary>
internal sealed class ChartAxis
{
    private static readonly double[] NiceSteps = [1, 2, 5, 10];

    private static readonly (double Seconds, string Name, double[] Steps)[] TimeUnits =
    [
        (1, "s", [1, 2, 5, 10, 15, 30, 60, 120]), (60, "min", [1, 2, 5, 10, 15, 30, 60]), (3600, "h", [1, 2, 3, 6, 12, 24]),
        (86400, "d", [1, 2, 5, 7, 14, 30, 60, 90, 180, 365]),
    ];

    private readonly double _from;
    private readonly double _to;

    private ChartAxis(double from, double to, bool isLogarithmic)
    {
        _from = from;
        _to = to;
        IsLogarithmic = isLogarithmic;
    }

    public bool IsLogarithmic { get; }

    public IReadOnlyList<(double Value, string Label)> Ticks { get; private init; } = [];

    /// <summary>From 0 to a round number at or above the highest value.</summary>
    public static ChartAxis Linear(double highest, Func<double, string> label)
    {
        var step = NiceStep(Math.Max(highest, double.Epsilon) / 4);
        if (highest <= 0)
        {
            step = 1;
        }

        var count = Math.Max(1, (int)Math.Ceiling((highest / step) - 1e-9));
        return new ChartAxis(0, step * count, false) { Ticks = [.. Enumerable.Range(0, count + 1).Select(index => (index * step, label(index * step)))] };
    }

    /// <summary>From the decade below the lowest value to the one above the highest.</summary>
    public static ChartAxis Logarithmic(double lowest, double highest, Func<double, string> label)
    {
        var first = (int)Math.Floor(Math.Log10(lowest) + 1e-9);
        var last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(highest) - 1e-9));
        var stride = ((last - first) / 6) + 1;
        return new ChartAxis(first, last, true)
        {
            Ticks =
            [
                .. Enumerable.Range(0, last - first + 1).Where(index => index % stride == 0).Select(index => Math.Pow(10, first + index))
                    .Select(value => (value, label(value))),
            ],
        };
    }

    /// <summary>From 0 to the end of a run, in the unit that suits its length; the last label carries the unit.</summary>
    public static ChartAxis Time(double seconds)
    {
        var end = Math.Max(seconds, 1);
        var (length, name, steps) = TimeUnits.LastOrDefault(unit => end >= 3 * unit.Seconds, TimeUnits[0]);
        var step = steps.FirstOrDefault(step => end / length / step <= 6, Math.Ceiling(end / length / 6));
        var count = (int)(end / length / step);
        return new ChartAxis(0, end, false)
        {
            Ticks =
            [
                .. Enumerable.Range(0, count + 1).Select(index => (
                    index * step * length, string.Create(CultureInfo.InvariantCulture, $"{index * step:0.#}{(index == count ? " " + name : "")}"))),
            ],
        };
    }

    public double PlaceOf(double value) => ((IsLogarithmic ? Math.Log10(value) : value) - _from) / (_to - _from);

    private static double NiceStep(double rough)
    {
        var decade = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return decade * NiceSteps.First(step => step * decade >= rough * (1 - 1e-9));
    }
}
