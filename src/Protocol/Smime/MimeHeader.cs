using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// The header of a MIME entity or body part (RFC 2045 section 3), read from bytes: S/MIME bodies are binary and must never
/// pass through text. Values are slices of the source; folds stay in them.
/// </summary>
internal ref struct MimeHeader
{
    public ReadOnlySpan<byte> ContentType;
    public ReadOnlySpan<byte> TransferEncoding;
    public ReadOnlySpan<byte> Disposition;
    public ReadOnlySpan<byte> MessageId;

    /// <summary>Where the content begins, behind the empty line.</summary>
    public int ContentOffset;

    /// <summary>False without an empty line, for lines that are no header fields, beyond the limits and for fields given twice.</summary>
    public static bool TryRead(ReadOnlySpan<byte> entity, out MimeHeader header)
    {
        header = default;
        var position = 0;
        for (var count = 0; ; count++)
        {
            var line = entity[position..Math.Min(entity.Length, SmimeLimits.MaxHeaderBytes)];
            if (line.StartsWith("\r\n"u8))
            {
                header.ContentOffset = position + 2;
                return true;
            }

            var length = FieldLength(line);
            if (length < 0 || count == SmimeLimits.MaxHeaders || !header.TrySet(line[..length]))
            {
                return false;
            }

            position += length + 2;
        }
    }

    /// <summary>Undoes the Content-Transfer-Encoding (RFC 2045 section 6); what is not encoded is not copied.</summary>
    public readonly bool TryDecode(ReadOnlyMemory<byte> entity, out ReadOnlyMemory<byte> content)
    {
        content = entity[ContentOffset..];
        if (TransferEncoding.IsEmpty || Ascii.EqualsIgnoreCase(TransferEncoding, "binary"u8) || Ascii.EqualsIgnoreCase(TransferEncoding, "8bit"u8)
            || Ascii.EqualsIgnoreCase(TransferEncoding, "7bit"u8))
        {
            return true;
        }

        var encoded = content.Span;
        content = default;
        if (!Ascii.EqualsIgnoreCase(TransferEncoding, "base64"u8))
        {
            return false;
        }

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        content = decoded.AsMemory(0, written);
        return true;
    }

    /// <summary>Whether the media type is application/pkcs7-mime or the older application/x-pkcs7-mime; smime-type is ignored.</summary>
    public readonly bool IsCms()
    {
        var type = MimeValue.TypeOf(ContentType);
        return Ascii.EqualsIgnoreCase(type, "application/pkcs7-mime"u8) || Ascii.EqualsIgnoreCase(type, "application/x-pkcs7-mime"u8);
    }

    /// <summary>Length of a field with its continuation lines (RFC 5322 section 2.2.3), without the last CRLF; -1: it does not end.</summary>
    private static int FieldLength(ReadOnlySpan<byte> lines)
    {
        for (var position = 0; ;)
        {
            var end = lines[position..].IndexOf("\r\n"u8);
            if (end < 0)
            {
                return -1;
            }

            end += position;
            if (end + 2 >= lines.Length || lines[end + 2] is not ((byte)' ' or (byte)'\t'))
            {
                return end;
            }

            position = end + 2;
        }
    }

    private bool TrySet(ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        if (colon <= 0 || field[..colon].ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return false;
        }

        var name = field[..colon];
        var value = MimeValue.Trim(field[(colon + 1)..]);
        if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8))
        {
            return TrySetOnce(ref ContentType, value);
        }

        if (Ascii.EqualsIgnoreCase(name, "Content-Transfer-Encoding"u8))
        {
            return TrySetOnce(ref TransferEncoding, value);
        }

        if (Ascii.EqualsIgnoreCase(name, "Content-Disposition"u8))
        {
            return TrySetOnce(ref Disposition, value);
        }

        return !Ascii.EqualsIgnoreCase(name, "Message-ID"u8) || TrySetOnce(ref MessageId, value);
    }

    private static bool TrySetOnce(ref ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (!field.IsEmpty)
        {
            return false;
        }

        field = value;
        return true;
    }
}
