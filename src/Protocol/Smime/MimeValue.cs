using System.Text;

namespace UeFarm.Protocol.Smime;

/// <summary>Values of MIME header fields with parameters (RFC 2045 section 5.1), as bytes.</summary>
internal static class MimeValue
{
    /// <summary>What stands before the parameters.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        return Trim(end < 0 ? value : value[..end]);
    }

    /// <summary>
    /// The value of a parameter without its quotes; empty when it is missing, given without a value or uses backslash escapes
    /// (none of the values that this profile looks at needs any).
    /// </summary>
    public static ReadOnlySpan<byte> ParameterOf(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
    {
        var rest = value;
        while (true)
        {
            var start = IndexOfUnquoted(rest, (byte)';');
            if (start < 0)
            {
                return default;
            }

            rest = rest[(start + 1)..];
            var end = IndexOfUnquoted(rest, (byte)';');
            var parameter = end < 0 ? rest : rest[..end];
            var equals = parameter.IndexOf((byte)'=');
            if (equals < 0 || !Ascii.EqualsIgnoreCase(Trim(parameter[..equals]), name))
            {
                continue;
            }

            var text = Trim(parameter[(equals + 1)..]);
            if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
            {
                text = text[1..^1];
            }

            return text.IndexOfAny((byte)'"', (byte)'\\') < 0 ? text : default;
        }
    }

    /// <summary>Without blanks, tabs and line ends on both sides.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8);

    private static int IndexOfUnquoted(ReadOnlySpan<byte> text, byte wanted)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted && text[i] == '\\')
            {
                i++;
            }
            else if (!isQuoted && text[i] == wanted)
            {
                return i;
            }
        }

        return -1;
    }
}
