using System.Globalization;
using System.Xml.Linq;

namespace UeFarm.Farm.Report.Html;

/// <summary>
/// A line chart as SVG within the page: text is text, and colours come from the page's style, so that it follows light, dark and print. (The SVG of plotting
/// libraries carries fixed colours and letters placed for one font, and differs with the fonts of the machine.)
/// </summary>
internal sealed record LineChart(string Id, string Title, string Unit, IReadOnlyList<ChartLine> Lines, ChartAxis X, ChartAxis Y)
{
    private const double Width = 440;
    private const double Height = 230;
    private const double Left = 62;
    private const double Right = 12;
    private const double Top = 20;
    private const double Bottom = 26;
    private const double LetterWidth = 6.5;
    private const int MostLines = 4;

    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Stretches of the horizontal axis with a name.</summary>
    public IReadOnlyList<PhaseResult> Phases { get; init; } = [];

    /// <summary>What is written about the highest value of a line: the value, and where it was.</summary>
    public Func<double, string> Format { get; init; } = static value => value.ToString("#,##0.##", CultureInfo.InvariantCulture);

    /// <summary>What the picture shows, in words; null: the highest value of each line.</summary>
    public string? Description { get; init; }

    public XElement ToElement() => new(
        "figure",
        new XElement("figcaption", new XElement("strong", Title), $" ({Unit})"),
        new XElement("ul", new XAttribute("class", "legend"), Lines.Take(MostLines).Select((line, index) => new XElement("li", Swatch(index), line.Name))),
        Picture());

    private XElement Picture() => new(
        Svg + "svg",
        new XAttribute("viewBox", Text($"0 0 {Width} {Height}")),
        new XAttribute("role", "img"),
        new XAttribute("aria-labelledby", $"{Id}-t {Id}-d"),
        new XElement(Svg + "title", new XAttribute("id", $"{Id}-t"), $"{Title} ({Unit})"),
        new XElement(Svg + "desc", new XAttribute("id", $"{Id}-d"), Description ?? string.Join("; ", Lines.Select(Describe))),
        PhaseBands(),
        X.Ticks.Select(tick => Tick(XOf(tick.Value), Height - Bottom, XOf(tick.Value), Top)),
        X.Ticks.Select((tick, index) => Label(XOf(tick.Value), Height - 8, index == X.Ticks.Count - 1 && XOf(tick.Value) > Width - 40 ? "end" : "middle", tick.Label)),
        Y.Ticks.Select(tick => Tick(Left, YOf(tick.Value), Width - Right, YOf(tick.Value))),
        Y.Ticks.Select(tick => Label(Left - 6, YOf(tick.Value) + 4, "end", tick.Label)),
        Lines.Take(MostLines).Select((line, index) =>
            new XElement(Svg + "path", new XAttribute("class", Text($"line c{index}")), new XAttribute("d", PathOf(line)))));

    private IEnumerable<XElement> PhaseBands()
    {
        for (var i = 0; i < Phases.Count; i++)
        {
            var phase = Phases[i];
            var (from, to) = (Math.Clamp(XOf(phase.StartSeconds), Left, Width - Right), Math.Clamp(XOf(phase.EndSeconds), Left, Width - Right));
            yield return new XElement(
                Svg + "rect", new XAttribute("class", i % 2 == 0 ? "band" : "band odd"), At("x", from), At("y", Top), At("width", Math.Max(0, to - from)),
                At("height", Height - Top - Bottom), new XElement(Svg + "title", phase.Name));
            var number = Text($"{i + 1}");
            var shown = phase.Name.Length * LetterWidth < to - from ? phase.Name : number.Length * LetterWidth < to - from ? number : null;
            if (shown is not null)
            {
                yield return Label((from + to) / 2, Top - 6, "middle", shown);
            }
        }
    }

    private string PathOf(ChartLine line)
    {
        var path = new System.Text.StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < line.Points.Count; i++)
        {
            if (PlaceOf(line, i) is not { } place)
            {
                isDrawing = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{place.X:0.#} {place.Y:0.#}");

            // A point with a gap on both sides is a dot.
            if (!isDrawing && (i + 1 == line.Points.Count || PlaceOf(line, i + 1) is null))
            {
                path.Append("h0.1");
            }

            isDrawing = true;
        }

        return path.ToString();
    }

    private (double X, double Y)? PlaceOf(ChartLine line, int index)
    {
        var (x, y) = line.Points[index];
        if (y is not { } value || !double.IsFinite(value) || (Y.IsLogarithmic && value <= 0))
        {
            return null;
        }

        var (across, up) = (X.PlaceOf(x), Y.PlaceOf(value));
        return double.IsFinite(across) && double.IsFinite(up)
            ? (Left + (Math.Clamp(across, 0, 1) * (Width - Left - Right)), Height - Bottom - (Math.Clamp(up, 0, 1) * (Height - Top - Bottom)))
            : null;
    }

    private string Describe(ChartLine line)
    {
        var values = line.Points.Where(static point => point.Y is not null).ToList();
        return values.Count == 0 ? $"{line.Name}: nothing" : $"{line.Name}: at most {Format(values.Max(static point => point.Y!.Value))}";
    }

    private double XOf(double value) => Left + (X.PlaceOf(value) * (Width - Left - Right));

    private double YOf(double value) => Height - Bottom - (Y.PlaceOf(value) * (Height - Top - Bottom));

    private static XElement Swatch(int index) => new(
        Svg + "svg", new XAttribute("class", "swatch"), new XAttribute("viewBox", "0 0 28 10"), new XAttribute("aria-hidden", "true"),
        new XElement(Svg + "path", new XAttribute("class", Text($"line c{index}")), new XAttribute("d", "M1 5L27 5")));

    private static XElement Tick(double x1, double y1, double x2, double y2) => new(
        Svg + "path", new XAttribute("class", "grid"), new XAttribute("d", Text($"M{x1:0.#} {y1:0.#}L{x2:0.#} {y2:0.#}")));

    private static XElement Label(double x, double y, string anchor, string text) => new(
        Svg + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), text);

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
