using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace UeFarm.Farm.Tests.Support;

/// <summary>Pages as a browser reads them.</summary>
internal static class HtmlDocuments
{
    /// <summary>Everything that a report is made of; what is not here could load or run something.</summary>
    private static readonly HashSet<string> Known =
    [
        "html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "h3", "p", "strong", "small", "code", "pre", "span", "data", "div", "dl", "dt",
        "dd", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "desc", "path", "rect", "text",
    ];

    private static readonly HashSet<string> Referring = ["src", "href", "xlink:href", "srcset", "action", "poster", "background"];

    public static IDocument Read(string text) => new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(text);

    /// <summary>Well-formed as HTML and as XML, without anything active, with names for tables and pictures and headings in order.</summary>
    public static void AssertSound(string text)
    {
        XDocument.Parse(text);
        var document = Read(text);
        Assert.All(document.All, static element =>
        {
            Assert.Contains(element.LocalName, Known);
            Assert.DoesNotContain(
                element.Attributes, static attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || Referring.Contains(attribute.Name));
        });
        var ids = document.QuerySelectorAll("[id]").Select(static element => element.Id!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(
            document.QuerySelectorAll("[aria-labelledby]").SelectMany(static element => element.GetAttribute("aria-labelledby")!.Split(' ')),
            reference => Assert.Contains(reference, ids));

        var levels = document.QuerySelectorAll("h1, h2, h3").Select(static heading => heading.LocalName[1] - '0').ToList();
        Assert.Equal(1, levels.Count(static level => level == 1));
        Assert.All(levels.Zip(levels.Skip(1)), static pair => Assert.True(pair.Second <= pair.First + 1));
        Assert.All(document.QuerySelectorAll("table"), static table =>
        {
            Assert.NotEqual("", table.QuerySelector("caption")!.TextContent);
            var columns = table.QuerySelectorAll("thead th[scope=col]").Length;
            Assert.All(table.QuerySelectorAll("tbody tr"), row => Assert.Equal((columns, "row"), (row.Children.Length, row.Children[0].GetAttribute("scope"))));
        });
        Assert.All(document.QuerySelectorAll("svg:not([aria-hidden])"), static picture =>
        {
            Assert.Equal("img", picture.GetAttribute("role"));
            Assert.NotEqual("", picture.QuerySelector("title")!.TextContent);
        });
    }
}
