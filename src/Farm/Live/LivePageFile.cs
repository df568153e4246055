using System.Text;
using UeFarm.Farm.Report.Html;

namespace UeFarm.Farm.Live;

/// <summary>A file of the live page, which is part of the program.</summary>
internal sealed record LivePageFile(string Path, string ContentType, ReadOnlyMemory<byte> Content, string Tag)
{
    /// <summary>The look is the report's, and so is its dark side; the page adds what only it has.</summary>
    public static IReadOnlyList<LivePageFile> All { get; } =
    [
        Of("/", "text/html", "page.html"), Of("/live/report.css", "text/css", PageStyle.Base), Of("/live/dark.css", "text/css", PageStyle.Dark),
        Of("/live/page.css", "text/css", "page.css"), Of("/live/page.js", "text/javascript", "page.js"), Of("/live/rows.js", "text/javascript", "rows.js"),
        Of("/live/view.js", "text/javascript", "view.js"), Of("/live/chart.js", "text/javascript", "chart.js"), Of("/live/text.js", "text/javascript", "text.js"),
        Of("/live/icon.svg", "image/svg+xml", "icon.svg"),
    ];

    private static LivePageFile Of(string path, string contentType, string resource)
    {
        var content = Encoding.UTF8.GetBytes(PageStyle.Read(resource));
        return new LivePageFile(path, contentType + "; charset=utf-8", content, EntityTag.Of(content));
    }
}
