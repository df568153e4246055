using System.Globalization;

namespace UeFarm.Benchmarks.Load;

/// <summary>Rows of a name and its figures, in columns.</summary>
internal static class Table
{
    public static void Head(string title, params ReadOnlySpan<string> columns)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Line("", columns);
    }

    public static void Row(string name, params ReadOnlySpan<double> figures)
    {
        var texts = new string[figures.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            var figure = figures[i];
            var format = Math.Abs(figure) >= 1000 ? "N0" : Math.Abs(figure) >= 10 ? "F1" : "F3";
            texts[i] = double.IsNaN(figure) ? "-" : figure.ToString(format, CultureInfo.InvariantCulture);
        }

        Line(name, texts);
    }

    /// <summary>A line between rows, in one part or two.</summary>
    public static void Note(FormattableString text, FormattableString? more = null) =>
        Console.WriteLine("  " + FormattableString.Invariant(text) + (more is null ? "" : FormattableString.Invariant(more)));

    private static void Line(string name, ReadOnlySpan<string> texts)
    {
        Console.Write(name.PadRight(38));
        foreach (var text in texts)
        {
            Console.Write(text.PadLeft(14));
        }

        Console.WriteLine();
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
