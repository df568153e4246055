using System.Globalization;
using System.Xml.Linq;

namespace UeFarm.Farm.Report.Html;

/// <summary>What became of all messages as one bar.</summary>
internal static class LedgerBar
{
    private const double Width = 1000;
    private const double Height = 34;

    public static XElement? Of(LedgerResult ledger)
    {
        (string Name, string Style, long Count)[] parts =
        [
            ("accepted", "accepted", ledger.Accepted), ("rejected", "rejected", ledger.Rejected), ("expired", "expired", ledger.Expired),
            ("failed", "failed", ledger.Failed), ("stored", "stored", ledger.Stored), ("unaccounted", "unaccounted", Math.Max(0, ledger.Unaccounted)),
        ];
        var shown = parts.Where(static part => part.Count > 0).ToList();
        var total = shown.Sum(static part => (double)part.Count);
        if (total == 0)
        {
            return null;
        }

        var picture = new XElement(
            LineChart.Svg + "svg", new XAttribute("class", "bar"), new XAttribute("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
            new XAttribute("preserveAspectRatio", "none"), new XAttribute("role", "img"), new XAttribute("aria-labelledby", "bar-t"),
            new XElement(
                LineChart.Svg + "title", new XAttribute("id", "bar-t"),
                "What became of all messages: " + string.Join(", ", shown.Select(part => $"{part.Name} {Markup.Share(part.Count, total)}"))));
        var from = 0.0;
        foreach (var (_, style, count) in shown)
        {
            var width = count / total * Width;
            picture.Add(new XElement(
                LineChart.Svg + "rect", new XAttribute("class", "part " + style), At("x", from), At("y", 0), At("width", width), At("height", Height)));
            from += width;
        }

        return new XElement(
            "figure", new XAttribute("class", "wide"), picture,
            new XElement(
                "ul", new XAttribute("class", "legend"),
                shown.Select(part => new XElement(
                    "li",
                    new XElement(
                        LineChart.Svg + "svg", new XAttribute("class", "swatch"), new XAttribute("viewBox", "0 0 28 10"), new XAttribute("aria-hidden", "true"),
                        new XElement(LineChart.Svg + "rect", new XAttribute("class", "part " + part.Style), At("x", 0), At("y", 0), At("width", 28), At("height", 10))),
                    $"{part.Name} {Markup.Share(part.Count, total)}"))));
    }

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.###", CultureInfo.InvariantCulture));
}
