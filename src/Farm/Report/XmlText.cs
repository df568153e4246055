using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace UeFarm.Farm.Report;

/// <summary>Makes text of other people fit for XML and for a reader's eyes.</summary>
internal static class XmlText
{
    /// <summary>Cleans all text and attributes of an element.</summary>
    public static void Clean(XElement root)
    {
        foreach (var text in root.DescendantNodes().OfType<XText>())
        {
            text.Value = Clean(text.Value);
        }

        foreach (var attribute in root.DescendantsAndSelf().Attributes())
        {
            attribute.Value = Clean(attribute.Value);
        }
    }

    /// <summary>Replaces characters that XML does not allow, and those that turn the direction of the text around them.</summary>
    private static string Clean(string text)
    {
        StringBuilder? clean = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\r')
            {
                (clean ??= new StringBuilder(text))[i] = ' ';
            }
            else if (!XmlConvert.IsXmlChar(text[i]) || text[i] is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                (clean ??= new StringBuilder(text))[i] = '\uFFFD';
            }
        }

        return clean?.ToString() ?? text;
    }
}
