using System.Buffers;

namespace UeFarm.Protocol.Sip;

/// <summary>The character classes of RFC 3261 section 25.1 and the few scanning steps that all readers share.</summary>
internal static class SipCharacters
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Unreserved = Alphanumeric + "-_.!~*'()";

    public static readonly SearchValues<byte> Token = Of(Alphanumeric + "-.!%*_+`'~");
    public static readonly SearchValues<byte> DisplayName = Of(Alphanumeric + "-.!%*_+`'~ \t");
    public static readonly SearchValues<byte> Scheme = Of(Alphanumeric + "+-.");
    public static readonly SearchValues<byte> User = Of(Unreserved + "&=+$,;?/%");
    public static readonly SearchValues<byte> Password = Of(Unreserved + "&=+$,%");
    public static readonly SearchValues<byte> UriParameter = Of(Unreserved + "[]/:&+$%");
    public static readonly SearchValues<byte> UriHeader = Of(Unreserved + "[]/?:+$%");
    public static readonly SearchValues<byte> Opaque = Of(Unreserved + ";/?:@&=+$,%#[]");
    public static readonly SearchValues<byte> Telephone = Of("0123456789ABCDEFabcdef*#-.()+");
    public static readonly SearchValues<byte> Ipv6 = Of("0123456789ABCDEFabcdef:.");
    public static readonly SearchValues<byte> Digits = Of("0123456789");

    public static readonly SearchValues<byte> Version = Of("0123456789.");
    public static readonly SearchValues<byte> TelephoneDigits = Of("0123456789ABCDEFabcdef*#");

    // Interpretation: '_' is not in the grammar of a host name, but container and lab networks use it in names; it can end nothing early.
    public static readonly SearchValues<byte> HostName = Of(Alphanumeric + "-._");

    // Interpretation: a gen-value is a token, a host or a quoted string; tags in base64 ('/', '=') occur in the field. Taken is every visible ASCII
    // character that cannot end the value or be mistaken for the end of a URI.
    public static readonly SearchValues<byte> ParameterValue = Of(Alphanumeric + "-.!%*_+`'~[]:/=@&$#()|^{}");

    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    public static int SkipBlanks(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && IsBlank(text[position]))
        {
            position++;
        }

        return position;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = SkipBlanks(text, 0);
        var end = text.Length;
        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>The position after the closing quote of the quoted string that opens at the position; -1 when it never closes.</summary>
    public static int SkipQuoted(ReadOnlySpan<byte> text, int position)
    {
        position++;
        while (position < text.Length)
        {
            var next = text[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            position += next + 1;
            if (text[position - 1] == '"')
            {
                return position;
            }

            position++;
        }

        return -1;
    }

    /// <summary>True when every '%' starts an escape of two hexadecimal digits.</summary>
    public static bool HasValidEscapes(ReadOnlySpan<byte> text)
    {
        for (var next = text.IndexOf((byte)'%'); next >= 0; next = text.IndexOf((byte)'%'))
        {
            if (next + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[next + 1]) || !char.IsAsciiHexDigit((char)text[next + 2]))
            {
                return false;
            }

            text = text[(next + 3)..];
        }

        return true;
    }

    /// <summary>A host name, an IPv4 address or an IPv6 reference in brackets. The numbers of an address are not checked: who connects, resolves.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return false;
        }

        if (text[0] == '[')
        {
            return text.Length > 3 && text[^1] == ']' && !text[1..^1].ContainsAnyExcept(Ipv6) && text[1..^1].Count((byte)':') >= 2;
        }

        return text[0] != '.' && text[0] != '-' && !text.ContainsAnyExcept(HostName) && text.IndexOf(".."u8) < 0;
    }

    /// <summary>Decimal digits only, 1 to 65535.</summary>
    public static bool TryParsePort(ReadOnlySpan<byte> text, out int port) => TryParseNumber(text, 65535, out port) && port > 0;

    /// <summary>Decimal digits only, any number of leading zeros, 0 to the maximum.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, int maximum, out int value)
    {
        var result = 0L;
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            result = (result * 10) + (digit - '0');
            if (result > maximum)
            {
                return false;
            }
        }

        value = (int)result;
        return !text.IsEmpty;
    }

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(Array.ConvertAll(characters.ToCharArray(), character => (byte)character));
}
