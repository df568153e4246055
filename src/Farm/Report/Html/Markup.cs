using System.Globalization;
using System.Xml.Linq;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Report.Html;

/// <summary>The few shapes that the pages are made of.</summary>
internal static class Markup
{
    public static XElement Section(string id, string heading, params object?[] content) =>
        new("section", new XAttribute("aria-labelledby", id), new XElement("h2", new XAttribute("id", id), heading), content);

    public static XElement Paragraph(params object?[] content) => new("p", content);

    public static XElement Note(params object?[] content) => new("p", new XAttribute("class", "note"), content);

    /// <summary>
    /// A table with a caption; the first cell of each row is its heading. A table wider than a phone scrolls by itself, also by keyboard, and the page does not.
    /// </summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Their headings; one that begins with # holds figures.</param>
    /// <param name="rows">Cells: text, elements, or null.</param>
    public static XElement Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows) =>
        new(
            "div",
            new XAttribute("class", "scroll"),
            new XAttribute("role", "group"),
            new XAttribute("aria-label", caption),
            new XAttribute("tabindex", "0"),
            new XElement(
                "table",
                new XElement("caption", caption),
                new XElement("thead", new XElement("tr", columns.Select(Heading))),
                new XElement("tbody", rows.Select(row => new XElement("tr", row.Select((cell, index) => Cell(columns[index], cell, index == 0)))))));

    /// <summary>A figure that stands in result.json at the path, so that a program can find and compare it.</summary>
    public static XElement Figure(string path, double value, string shown) => new(
        "data", new XAttribute("value", value.ToString("R", CultureInfo.InvariantCulture)), new XAttribute("data-path", path), shown);

    public static XElement Count(string path, long value) => Figure(path, value, UnitText.Count(value));

    public static XElement Latency(string path, double seconds) => Figure(path, seconds, UnitText.Latency(seconds));

    public static XElement Bytes(string path, double bytes) => Figure(path, bytes, UnitText.Bytes(bytes));

    /// <summary>A word with a colour that says the same.</summary>
    public static XElement Badge(string kind, string word) => new("span", new XAttribute("class", $"badge {kind}"), word);

    public static string Share(double part, double whole) => whole == 0 ? "-"
        : part > 0 && part / whole < 0.00005 ? "< 0.01 %" : (part / whole * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static XElement Heading(string column) => new("th", new XAttribute("scope", "col"), ClassOf(column), column.TrimStart('#'));

    private static XElement Cell(string column, object? content, bool isHeading) =>
        isHeading ? new XElement("th", new XAttribute("scope", "row"), content) : new XElement("td", ClassOf(column), content);

    private static XAttribute? ClassOf(string column) => column.StartsWith('#') ? new XAttribute("class", "n") : null;
}
