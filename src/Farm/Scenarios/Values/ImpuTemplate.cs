using System.Globalization;
using System.Text;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// The public identity of phone number <c>index</c>: a text with <c>{index}</c> (or <c>{index:0000}</c>, padded with zeros to that
/// many digits) and <c>{domain}</c>. Parsed once, formatted per phone.
/// </summary>
internal sealed class ImpuTemplate
{
    private readonly string _text;
    private readonly List<(string Literal, Placeholder Kind, int Digits)> _parts = [];

    private ImpuTemplate(string text) => _text = text;

    private enum Placeholder { None, Index, Domain }

    public bool HasIndex => _parts.Exists(part => part.Kind == Placeholder.Index);

    public static bool TryParse(string text, out ImpuTemplate template, out string problem)
    {
        template = new ImpuTemplate(text);
        problem = "";
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf('{', position);
            var close = open < 0 ? -1 : text.IndexOf('}', open);
            if (open < 0)
            {
                template._parts.Add((text[position..], Placeholder.None, 0));
                break;
            }

            var inner = close < 0 ? text[open..] : text[(open + 1)..close];
            if (close < 0 || !template.TryAdd(text[position..open], inner))
            {
                problem = close < 0 ? "has an opening brace without a closing one" : $"has an unknown placeholder {{{inner}}}";
                return false;
            }

            position = close + 1;
        }

        return true;
    }

    public string Format(int index, string domain)
    {
        var result = new StringBuilder(_text.Length + domain.Length);
        foreach (var (literal, kind, digits) in _parts)
        {
            result.Append(literal);
            if (kind == Placeholder.Index)
            {
                result.Append(index.ToString("D" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            }
            else if (kind == Placeholder.Domain)
            {
                result.Append(domain);
            }
        }

        return result.ToString();
    }

    public override string ToString() => _text;

    private bool TryAdd(string literal, string inner)
    {
        if (inner == "domain")
        {
            _parts.Add((literal, Placeholder.Domain, 0));
            return true;
        }

        var digits = inner.StartsWith("index:", StringComparison.Ordinal) ? inner["index:".Length..] : inner == "index" ? "0" : "";
        if (digits.Length is 0 or > 12 || digits.Trim('0').Length != 0)
        {
            return false;
        }

        _parts.Add((literal, Placeholder.Index, digits.Length));
        return true;
    }
}
