using System.Formats.Asn1;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// Walks the elements of one BER level without exceptions and without copying, on the platform's decoder. Only for input
/// that <see cref="TryCheckBounds"/> has passed: after that nesting is bounded and every length fits.
/// </summary>
internal ref struct BerCursor(ReadOnlySpan<byte> source)
{
    private static readonly Asn1Tag OctetStringTag = Asn1Tag.PrimitiveOctetString;
    private ReadOnlySpan<byte> _rest = source;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Whether the next element has this class and number, primitive or constructed.</summary>
    public readonly bool NextIs(Asn1Tag expected) => Asn1Tag.TryDecode(_rest, out var tag, out _) && tag.HasSameClassAndValue(expected);

    /// <summary>Reads the next element whatever it is; content is without header, encoded with it.</summary>
    public bool TryReadAny(out Asn1Tag tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> encoded)
    {
        if (AsnDecoder.TryReadEncodedValue(_rest, AsnEncodingRules.BER, out tag, out var offset, out var length, out var consumed))
        {
            content = _rest.Slice(offset, length);
            encoded = _rest[..consumed];
            _rest = _rest[consumed..];
            return true;
        }

        content = encoded = default;
        return false;
    }

    /// <summary>Reads the next element, which must be constructed and have this class and number.</summary>
    public bool TryEnter(Asn1Tag expected, out BerCursor inner)
    {
        if (NextIs(expected) && TryReadAny(out var tag, out var content, out _) && tag.IsConstructed)
        {
            inner = new BerCursor(content);
            return true;
        }

        inner = default;
        return false;
    }

    /// <summary>Reads the next element, which must be primitive and have this class and number.</summary>
    public bool TryReadPrimitive(Asn1Tag expected, out ReadOnlySpan<byte> content)
    {
        if (NextIs(expected) && TryReadAny(out var tag, out content, out _) && !tag.IsConstructed)
        {
            return true;
        }

        content = default;
        return false;
    }

    /// <summary>Skips the next element when it has this class and number.</summary>
    public bool TrySkip(Asn1Tag expected) => NextIs(expected) && TryReadAny(out _, out _, out _);

    /// <summary>Reads an OBJECT IDENTIFIER as its content bytes.</summary>
    public bool TryReadIdentifier(out ReadOnlySpan<byte> identifier) => TryReadPrimitive(Asn1Tag.ObjectIdentifier, out identifier) && !identifier.IsEmpty;

    /// <summary>Reads an INTEGER from 0 to 127; everything that this profile counts fits.</summary>
    public bool TryReadSmallInteger(out int value)
    {
        if (TryReadPrimitive(Asn1Tag.Integer, out var content) && content.Length == 1 && content[0] < 0x80)
        {
            value = content[0];
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads an OCTET STRING, or one implicitly tagged as given. A constructed one (BER) is joined into a copy.</summary>
    public bool TryReadOctets(Asn1Tag expected, out ReadOnlySpan<byte> octets)
    {
        octets = default;
        if (!NextIs(expected) || !TryReadAny(out var tag, out var content, out _))
        {
            return false;
        }

        if (!tag.IsConstructed)
        {
            octets = content;
            return true;
        }

        var joined = new byte[content.Length];
        var length = 0;
        if (!TryJoin(content, joined, ref length))
        {
            return false;
        }

        octets = joined.AsSpan(0, length);
        return true;
    }

    /// <summary>
    /// Checks in one pass that the source is exactly one well-nested BER element within <see cref="SmimeLimits"/>. Does not recurse.
    /// </summary>
    public static bool TryCheckBounds(ReadOnlySpan<byte> source, out SmimeFault fault)
    {
        // Where each open constructed element ends; -1 for indefinite length, which ends at its end-of-contents octets.
        Span<int> ends = stackalloc int[SmimeLimits.MaxDepth];
        var depth = 0;
        var position = 0;
        var elements = 0;
        fault = SmimeFault.Malformed;
        do
        {
            var limit = LimitOf(ends[..depth], source.Length);
            var isEndOfContents = depth > 0 && ends[depth - 1] < 0 && limit - position >= 2 && source[position] == 0 && source[position + 1] == 0;
            if (isEndOfContents)
            {
                position += 2;
                depth--;
            }
            else
            {
                if (++elements > SmimeLimits.MaxElements)
                {
                    fault = SmimeFault.TooLarge;
                    return false;
                }

                if (!TryReadHeader(source[position..limit], out var tag, out var length, out var headerLength))
                {
                    return false;
                }

                position += headerLength;
                if (!tag.IsConstructed)
                {
                    position += length!.Value;
                }
                else if (depth == SmimeLimits.MaxDepth)
                {
                    fault = SmimeFault.TooLarge;
                    return false;
                }
                else
                {
                    ends[depth++] = length is null ? -1 : position + length.Value;
                }
            }

            while (depth > 0 && ends[depth - 1] == position)
            {
                depth--;
            }
        }
        while (depth > 0);

        if (position != source.Length)
        {
            return false;
        }

        fault = SmimeFault.None;
        return true;
    }

    private static int LimitOf(ReadOnlySpan<int> ends, int sourceLength)
    {
        for (var i = ends.Length - 1; i >= 0; i--)
        {
            if (ends[i] >= 0)
            {
                return ends[i];
            }
        }

        return sourceLength;
    }

    /// <summary>Length null: indefinite, only for constructed elements. A definite length fits into the source.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> source, out Asn1Tag tag, out int? length, out int headerLength)
    {
        length = null;
        headerLength = 0;
        if (!Asn1Tag.TryDecode(source, out tag, out var tagLength)
            || tag.HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.EndOfContents))
            || !AsnDecoder.TryDecodeLength(source[tagLength..], AsnEncodingRules.BER, out length, out var lengthLength))
        {
            return false;
        }

        headerLength = tagLength + lengthLength;
        return length is null ? tag.IsConstructed : length.Value <= source.Length - headerLength;
    }

    /// <summary>X.690 section 8.7.3.2: the segments of a constructed string are OCTET STRINGs, which may be constructed again.</summary>
    private static bool TryJoin(ReadOnlySpan<byte> segments, Span<byte> destination, ref int length)
    {
        var cursor = new BerCursor(segments);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadAny(out var tag, out var content, out _) || !tag.HasSameClassAndValue(OctetStringTag))
            {
                return false;
            }

            if (tag.IsConstructed)
            {
                if (!TryJoin(content, destination, ref length))
                {
                    return false;
                }
            }
            else
            {
                content.CopyTo(destination[length..]);
                length += content.Length;
            }
        }

        return true;
    }
}
