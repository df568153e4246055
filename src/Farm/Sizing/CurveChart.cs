using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>The curve as a picture: share of first-time messages refused against capacity, both in decades.</summary>
internal static class CurveChart
{
    private const int Width = 1000;
    private const int Height = 620;

    // What is drawn for "none" on a logarithmic axis: a decade below the least share that can be seen.
    private const double BelowOneMessage = 10;
    private const int MostPoints = 4000;

    public static void SaveSvg(SizingOutcome outcome, string path) => Create(outcome).SaveSvg(path, Width, Height);

    public static void SavePng(SizingOutcome outcome, string path) => Create(outcome).SavePng(path, Width, Height);

    private static Plot Create(SizingOutcome outcome)
    {
        var curve = outcome.Curve;
        var plot = new Plot();
        var floor = Math.Log10(1.0 / Math.Max(1, curve.Messages) / BelowOneMessage);
        var (x, y) = Points(curve, floor);
        var line = plot.Add.ScatterLine(x, y, Color.FromHex("#1f5fa8"));
        line.ConnectStyle = ConnectStyle.StepHorizontal;
        line.LineWidth = 2.5f;
        line.LegendText = "as given";
        string[] colors = ["#c2571a", "#4b8b3b", "#8a4f9e", "#7a7a7a", "#b08900", "#008b8b"];
        foreach (var (variant, index) in outcome.Variants.Select(static (variant, index) => (variant, index)).Take(colors.Length))
        {
            var (vx, vy) = Points(variant.Curve, floor);
            var other = plot.Add.ScatterLine(vx, vy, Color.FromHex(colors[index]));
            other.ConnectStyle = ConnectStyle.StepHorizontal;
            other.LineWidth = 1.5f;
            other.LinePattern = LinePattern.Dashed;
            // Where curves lie over each other, and where one is too low to be seen, the number tells.
            other.LegendText = string.Create(CultureInfo.InvariantCulture, $"{variant.Name}, needs {variant.Curve.MinCapacity:N0}");
        }

        Mark(plot, curve.MinCapacity, "loss-free", "#222222");
        foreach (var answer in LossAnswer.Of(curve).Where(answer => answer.Capacity > 0 && answer.Capacity < curve.MinCapacity))
        {
            var isThousand = answer.Loss >= 1e-3;
            Mark(plot, answer.Capacity, isThousand ? "1 in 1,000 lost" : "1 in 1,000,000 lost", isThousand ? "#999999" : "#666666");
        }

        plot.Title($"{outcome.Source}: {curve.Messages.ToString("N0", CultureInfo.InvariantCulture)} first-time messages", 18);
        plot.XLabel($"capacity of a phone's replay cache, entries of {outcome.EntryBytes} bytes");
        plot.YLabel("share refused");
        var most = Math.Log10(Math.Max(10, outcome.Variants.Select(static variant => variant.Curve.MinCapacity).Append(curve.MinCapacity).Max()));
        plot.Axes.SetLimits(-0.05, most + 0.25, floor, 0.25);
        plot.Axes.Bottom.TickGenerator = Decades(0, (int)Math.Ceiling(most), static power => Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture));
        plot.Axes.Left.TickGenerator = Decades(
            (int)Math.Ceiling(floor), 0, static power => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power + 2):0.#########} %"));
        plot.ShowLegend(Alignment.LowerLeft);

        return plot;
    }

    private static (double[] X, double[] Y) Points(CapacityCurve curve, double floor)
    {
        var steps = curve.Steps.ToList();
        var stride = Math.Max(1, steps.Count / MostPoints);
        List<int> capacities = [1, .. steps.Where((_, index) => index % stride == 0 && steps[index] > 1)];
        if (curve.MinCapacity > 1 && capacities[^1] != curve.MinCapacity)
        {
            capacities.Add(curve.MinCapacity);
        }

        var shares = capacities.Select(capacity => curve.Messages == 0 ? 0 : (double)curve.RejectedAt(capacity) / curve.Messages);
        return ([.. capacities.Select(static capacity => Math.Log10(capacity))], [.. shares.Select(share => share > 0 ? Math.Log10(share) : floor)]);
    }

    private static void Mark(Plot plot, int capacity, string name, string color)
    {
        if (capacity > 0)
        {
            var mark = plot.Add.VerticalLine(Math.Log10(capacity), 1.5f, Color.FromHex(color), LinePattern.Dotted);
            mark.LegendText = string.Create(CultureInfo.InvariantCulture, $"{name}: {capacity:N0} entries");
        }
    }

    private static NumericManual Decades(int first, int last, Func<int, string> label)
    {
        var ticks = new NumericManual();
        for (var power = first; power <= last; power++)
        {
            ticks.AddMajor(power, label(power));
            for (var minor = 2; minor < 10 && power < last; minor++)
            {
                ticks.AddMinor(power + Math.Log10(minor));
            }
        }

        return ticks;
    }
}
