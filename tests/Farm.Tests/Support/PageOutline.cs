using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace UeFarm.Farm.Tests.Support;

/// <summary>What a page says, as plain text: headings, paragraphs, tables, and pictures in their words.</summary>
internal static class PageOutline
{
    public static string Of(IDocument document)
    {
        var text = new StringBuilder();
        foreach (var element in document.QuerySelectorAll("h1, h2, h3, p, dl > div, ul:not(.legend) > li, caption, tr, figure.wide title, figcaption, svg desc"))
        {
            text.Append(element.LocalName switch
            {
                "h1" => $"# {Plain(element)}\n",
                "h2" => $"\n## {Plain(element)}\n",
                "h3" => $"\n### {Plain(element)}\n",
                "div" => $"- {Plain(element.Children[0])}: {Plain(element.Children[1])}\n",
                "li" => $"- {Plain(element)}\n",
                "caption" => $"[{Plain(element)}]\n",
                "tr" => string.Join(" | ", element.Children.Select(Plain)).TrimEnd() + "\n",
                "title" or "desc" => $"  picture: {Plain(element)}\n",
                _ => Plain(element) + "\n",
            });
        }

        return text.ToString();
    }

    private static string Plain(IElement element) => Regex.Replace(element.TextContent, @"\s+", " ").Trim();
}
