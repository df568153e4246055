using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace UeFarm.Farm.Report.Html;

/// <summary>
/// One HTML file that needs nothing else: its style is in it and nothing may be loaded or run (Content Security Policy). It is written by an XML writer, so that
/// no text of a scenario can become markup.
/// </summary>
internal static class HtmlPage
{
    /// <summary>Elements that have no end tag in HTML.</summary>
    private static readonly HashSet<string> Void = ["meta", "br", "col", "hr"];

    private static readonly string Style = PageStyle.Whole;

    public static string Write(string title, IEnumerable<XElement> body)
    {
        // The style is allowed by its hash; everything else that a page can load or do is not.
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
        var policy = $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'";
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", policy)),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                new XElement("title", title),
                new XElement("style", Style)),
            new XElement("body", new XElement("main", body)));
        XmlText.Clean(page);
        CloseInFull(page);
        var text = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(
            text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n", NewLineHandling = NewLineHandling.None }))
        {
            page.WriteTo(writer);
        }

        return text.Append('\n').ToString();
    }

    /// <summary>An element without content is written with an end tag: HTML has no other way for most of them.</summary>
    private static void CloseInFull(XElement page)
    {
        foreach (var element in page.Descendants().Where(static element => element.IsEmpty && element.Name.Namespace == XNamespace.None && !Void.Contains(element.Name.LocalName)))
        {
            element.Value = "";
        }
    }
}
