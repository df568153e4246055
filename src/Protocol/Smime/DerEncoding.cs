using System.Formats.Asn1;
using System.Text.Unicode;
using Org.BouncyCastle.Asn1;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// The distinguished encoding (X.690 section 10) of elements that may be received in BER but are signed or compared in DER. What is DER already, which is
/// nearly everything, is recognized without a copy; only the rest goes through BouncyCastle's objects.
/// </summary>
internal static class DerEncoding
{
    private const int LowTagNumbers = 0x1F;

    /// <summary>The element in DER; false when it is malformed. The source is one element within <see cref="SmimeLimits"/>.</summary>
    public static bool TryNormalize(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> der)
    {
        der = element;
        if (IsDer(element))
        {
            return true;
        }

        try
        {
            der = Asn1Object.FromByteArray(element.ToArray()).GetEncoded(Asn1Encodable.Der);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or InvalidOperationException or InvalidCastException or FormatException
            or IndexOutOfRangeException or NullReferenceException or ArithmeticException)
        {
            // BouncyCastle reports malformed elements by exceptions of these types.
            return false;
        }
    }

    /// <summary>
    /// Whether the bytes are elements in DER of the kinds that names and attributes consist of. False for rarer kinds too, which says nothing about them.
    /// Recursion is bounded because the nesting of the source is.
    /// </summary>
    public static bool IsDer(ReadOnlySpan<byte> elements)
    {
        while (!elements.IsEmpty)
        {
            if (!TryTake(ref elements, out var tag, out var content, out _) || !IsDerContent(tag, content))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> encoded)
    {
        tag = rest[0];
        content = encoded = default;
        if ((tag & LowTagNumbers) == LowTagNumbers
            || !AsnDecoder.TryDecodeLength(rest[1..], AsnEncodingRules.DER, out var length, out var lengthLength)
            || length is not { } count || count > rest.Length - 1 - lengthLength)
        {
            return false;
        }

        var end = 1 + lengthLength + count;
        content = rest[(1 + lengthLength)..end];
        encoded = rest[..end];
        rest = rest[end..];
        return true;
    }

    private static bool IsDerContent(byte tag, ReadOnlySpan<byte> content)
    {
        const byte constructed = 0x20;
        switch (tag)
        {
            case (byte)UniversalTagNumber.Sequence | constructed:
                return IsDer(content);
            case (byte)UniversalTagNumber.Set | constructed:
                return IsSorted(content) && IsDer(content);
            case (byte)UniversalTagNumber.ObjectIdentifier:
                return IsIdentifier(content);
            case (byte)UniversalTagNumber.Integer:
                // X.690 section 8.3.2: the first nine bits are not all alike.
                return content.Length == 1 || (content.Length > 1 && !(content[0] == 0 && content[1] < 0x80) && !(content[0] == 0xFF && content[1] >= 0x80));
            case (byte)UniversalTagNumber.UtcTime:
                return content.Length == 13 && IsTime(content, 2);
            case (byte)UniversalTagNumber.GeneralizedTime:
                return content.Length == 15 && IsTime(content, 4);
            case (byte)UniversalTagNumber.Null:
                return content.IsEmpty;
            case (byte)UniversalTagNumber.OctetString:
                return true;
            case (byte)UniversalTagNumber.UTF8String:
                return Utf8.IsValid(content);
            case (byte)UniversalTagNumber.PrintableString:
            case (byte)UniversalTagNumber.IA5String:
                return System.Text.Ascii.IsValid(content);
            default:
                return false;
        }
    }

    /// <summary>X.690 section 11.6: the elements of a SET OF ascend, the shorter one padded with zeros.</summary>
    private static bool IsSorted(ReadOnlySpan<byte> elements)
    {
        ReadOnlySpan<byte> previous = default;
        while (!elements.IsEmpty)
        {
            // Elements of different lengths differ before the shorter one ends, because the length is part of them.
            if (!TryTake(ref elements, out _, out _, out var encoded) || previous.SequenceCompareTo(encoded) > 0)
            {
                return false;
            }

            previous = encoded;
        }

        return true;
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> content)
    {
        var isStart = true;
        foreach (var value in content)
        {
            // X.690 section 8.19.2: no leading zeros in a part of the identifier.
            if (isStart && value == 0x80)
            {
                return false;
            }

            isStart = value < 0x80;
        }

        return isStart && !content.IsEmpty;
    }

    /// <summary>X.690 sections 11.7 and 11.8: down to the second, in UTC, without a fraction. Years of two digits go from 1950 to 2049.</summary>
    private static bool IsTime(ReadOnlySpan<byte> content, int yearDigits)
    {
        if (content[^1] != 'Z' || content[..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        var (century, years) = yearDigits == 4 ? (PairAt(content, 0), PairAt(content, 2)) : (PairAt(content, 0) < 50 ? 20 : 19, PairAt(content, 0));
        var year = (century * 100) + years;
        var month = PairAt(content, yearDigits);
        return year > 0 && month is >= 1 and <= 12
            && PairAt(content, yearDigits + 2) >= 1 && PairAt(content, yearDigits + 2) <= DateTime.DaysInMonth(year, month)
            && PairAt(content, yearDigits + 4) <= 23 && PairAt(content, yearDigits + 6) <= 59 && PairAt(content, yearDigits + 8) <= 59;
    }

    private static int PairAt(ReadOnlySpan<byte> digits, int index) => ((digits[index] - '0') * 10) + digits[index + 1] - '0';
}
