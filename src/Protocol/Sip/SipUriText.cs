using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>Escapes, parameters and comparisons within the text of a checked URI.</summary>
internal static class SipUriText
{
    private const string Reserved = ";/?:@&=+$,";
    private const string UserExtra = "-_.!~*'()&=+$,;?/";

    /// <summary>%HH undone; the bytes are read as UTF-8.</summary>
    public static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return text.ToString();
        }

        var bytes = new byte[text.Length];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            bytes[length++] = (byte)ReadUnit(text, ref at, out _);
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Escapes of characters that may stand unescaped in a user part undone, all others in upper case.</summary>
    public static string NormalizeUser(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return text.ToString();
        }

        var builder = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var unit = ReadUnit(text, ref at, out var escaped);
            if (!escaped || char.IsAsciiLetterOrDigit(unit) || UserExtra.Contains(unit))
            {
                builder.Append(unit);
            }
            else
            {
                builder.Append('%').Append(((int)unit).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return builder.ToString();
    }

    /// <summary>RFC 3966 section 3: "-", ".", "(" and ")" carry no meaning; letters are taken in lower case.</summary>
    public static string RemoveVisualSeparators(ReadOnlySpan<char> number)
    {
        var builder = new StringBuilder(number.Length);
        foreach (var character in number)
        {
            if (character is not ('-' or '.' or '(' or ')'))
            {
                builder.Append(char.ToLowerInvariant(character));
            }
        }

        return builder.ToString();
    }

    /// <summary>RFC 3261 section 19.1.4: a character outside the reserved set equals its escape, one within it does not.</summary>
    public static bool EquivalentEscaped(ReadOnlySpan<char> left, ReadOnlySpan<char> right, bool ignoreCase)
    {
        int i = 0, j = 0;
        for (; i < left.Length && j < right.Length; i++, j++)
        {
            var a = ReadUnit(left, ref i, out var leftEscaped);
            var b = ReadUnit(right, ref j, out var rightEscaped);
            var same = a == b || (ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b) && char.IsAscii(a));
            if (!same || (leftEscaped != rightEscaped && Reserved.Contains(a)))
            {
                return false;
            }
        }

        return i == left.Length && j == right.Length;
    }

    /// <summary>
    /// A parameter in both must match. One in a single URI is ignored, but user, ttl, method, maddr and transport are not. Interpretation: the rule's
    /// text does not list transport, its examples do (sip:bob@biloxi.com against sip:bob@biloxi.com;transport=udp).
    /// </summary>
    public static bool EquivalentParameters(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        ParametersMatch(left, right, allMustBePresent: false) && ParametersMatch(right, left, allMustBePresent: false);

    public static bool SameParameters(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        ParametersMatch(left, right, allMustBePresent: true) && ParametersMatch(right, left, allMustBePresent: true);

    /// <summary>All header components must be in both, in any order. Values are compared by their text (the header-specific rules are not applied).</summary>
    public static bool EquivalentHeaders(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.Count('&') == right.Count('&') && left.IsEmpty == right.IsEmpty && HeadersMatch(left, right) && HeadersMatch(right, left);

    /// <summary>Finds a name in "name=value" pieces between separators.</summary>
    public static bool TryFind(ReadOnlySpan<char> text, char separator, ReadOnlySpan<char> name, out ReadOnlySpan<char> value, out bool hasValue)
    {
        foreach (var range in text.Split(separator))
        {
            SplitPair(text[range], out var candidate, out value, out hasValue);
            if (!candidate.IsEmpty && EquivalentEscaped(candidate, name, ignoreCase: true))
            {
                return true;
            }
        }

        value = default;
        hasValue = false;
        return false;
    }

    private static bool ParametersMatch(ReadOnlySpan<char> left, ReadOnlySpan<char> right, bool allMustBePresent)
    {
        foreach (var range in left.Split(';'))
        {
            SplitPair(left[range], out var name, out var value, out _);
            if (name.IsEmpty)
            {
                continue;
            }

            if (TryFind(right, ';', name, out var otherValue, out _))
            {
                if (!EquivalentEscaped(value, otherValue, ignoreCase: true))
                {
                    return false;
                }
            }
            else if (allMustBePresent || MustBeInBoth(name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HeadersMatch(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        foreach (var range in left.Split('&'))
        {
            SplitPair(left[range], out var name, out var value, out _);
            if (!name.IsEmpty && (!TryFind(right, '&', name, out var otherValue, out _) || !EquivalentEscaped(value, otherValue, ignoreCase: false)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MustBeInBoth(ReadOnlySpan<char> name) =>
        name.Equals("user", StringComparison.OrdinalIgnoreCase) || name.Equals("ttl", StringComparison.OrdinalIgnoreCase)
        || name.Equals("method", StringComparison.OrdinalIgnoreCase) || name.Equals("maddr", StringComparison.OrdinalIgnoreCase)
        || name.Equals("transport", StringComparison.OrdinalIgnoreCase);

    private static void SplitPair(ReadOnlySpan<char> pair, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value, out bool hasValue)
    {
        var equals = pair.IndexOf('=');
        hasValue = equals >= 0;
        name = hasValue ? pair[..equals] : pair;
        value = hasValue ? pair[(equals + 1)..] : default;
    }

    // One character or one escape; the caller's loop steps over its last character. The text has passed the scan: an escape is complete.
    private static char ReadUnit(ReadOnlySpan<char> text, ref int at, out bool escaped)
    {
        escaped = text[at] == '%' && at + 2 < text.Length;
        if (!escaped)
        {
            return text[at];
        }

        at += 2;
        return (char)((HexValue(text[at - 1]) << 4) | HexValue(text[at]));
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
