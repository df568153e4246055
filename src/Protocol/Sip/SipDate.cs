using System.Globalization;
using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>The Date header field: RFC 1123 form, GMT only (RFC 3261 section 20.17), a resolution of one second.</summary>
public static class SipDate
{
    /// <summary>Characters of a formatted date.</summary>
    public const int Length = 29;

    /// <summary>"Fri, 17 May 2024 09:30:15 GMT"; fractions of a second are dropped.</summary>
    public static string Format(DateTimeOffset utc) => utc.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture);

    /// <summary>False for anything but the exact form with zone GMT; the name of the day must be that of the date.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset utc)
    {
        Span<char> characters = stackalloc char[Length];
        utc = default;
        if (text.Length != Length || !Encoding.ASCII.TryGetChars(text, characters, out _))
        {
            return false;
        }

        return DateTimeOffset.TryParseExact(characters, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out utc);
    }
}
