using System.Text;

namespace UeFarm.Farm.Report.Html;

/// <summary>How pages look: the report's style, and the colours that take the place of its own in the dark.</summary>
internal static class PageStyle
{
    public const string Base = "report.css";

    public const string Dark = "dark.css";

    /// <summary>Both in one, for a page that follows its reader's setting; on paper it is never dark.</summary>
    public static string Whole { get; } = $"{Read(Base)}@media screen and (prefers-color-scheme: dark) {{\n{Read(Dark)}}}\n";

    /// <summary>A file that is part of the program.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(PageStyle).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
