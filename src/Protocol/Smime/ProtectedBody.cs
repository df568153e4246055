using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// The body of a protected SIP MESSAGE: multipart/mixed with a part application/mikey (the TRANSFER_INIT) and a part
/// application/pkcs7-mime (the CMS object), both in binary; and the MIME entity inside the CMS object.
/// </summary>
public static class ProtectedBody
{
    private const string PlainText = "text/plain;charset=utf-8";
    private const int KeyIdentifierLength = 16;
    private const int BoundaryLength = 18;

    private static ReadOnlySpan<byte> PartHeaderEnd =>
        "Content-Transfer-Encoding: binary\r\nContent-Disposition: render;handling=required\r\n\r\n"u8;

    private static ReadOnlySpan<byte> MikeyPartType =>
        "Content-Type: application/mikey\r\n"u8;

    // RFC 8551 section 3.2.2 registers this spelling; RFC 8591 writes another. Receivers go by the CMS content type.
    private static ReadOnlySpan<byte> CmsPartType =>
        "Content-Type: application/pkcs7-mime;smime-type=authEnveloped-data\r\n"u8;

    /// <summary>Returns the Content-Type value and the body. The boundary occurs in neither part.</summary>
    public static (string ContentType, byte[] Body) Compose(ReadOnlySpan<byte> mikey, ReadOnlySpan<byte> cms, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> boundary = stackalloc byte[BoundaryLength];
        do
        {
            WriteBoundary(boundary, random.NextUInt64());
        }
        while (mikey.IndexOf(boundary) >= 0 || cms.IndexOf(boundary) >= 0);

        // Three boundary lines with dashes and line end, a line end before the second and the third, two dashes more on the last.
        var length = (3 * (BoundaryLength + 4)) + 6 + MikeyPartType.Length + mikey.Length + CmsPartType.Length + cms.Length + (2 * PartHeaderEnd.Length);
        var body = new byte[length];
        Span<byte> rest = body;
        AppendBoundary(ref rest, "--"u8, boundary, "\r\n"u8);
        AppendPart(ref rest, MikeyPartType, mikey);
        AppendBoundary(ref rest, "\r\n--"u8, boundary, "\r\n"u8);
        AppendPart(ref rest, CmsPartType, cms);
        AppendBoundary(ref rest, "\r\n--"u8, boundary, "--\r\n"u8);
        return (string.Concat("multipart/mixed;boundary=", Encoding.ASCII.GetString(boundary)), body);
    }

    /// <summary>
    /// Finds both parts in either order, binary or base64; the CMS part also without smime-type. Other parts are passed over only when they say
    /// handling=optional (RFC 3261 section 20.11). False: to be answered 415, the problem in a few words. The results are slices of the body, or
    /// copies where it was base64.
    /// </summary>
    public static bool TrySplit(
        ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> mikey, out ReadOnlyMemory<byte> cms, out string problem)
    {
        mikey = cms = default;
        var type = MimeValue.TypeOf(contentType);
        // RFC 2046 section 5.1.7: an unknown multipart subtype is treated as mixed.
        if (!Ascii.EqualsIgnoreCase(type[..Math.Min(type.Length, "multipart/".Length)], "multipart/"u8))
        {
            problem = "not a multipart body";
            return false;
        }

        if (!MultipartReader.TryOpen(contentType, body, out var reader))
        {
            problem = "no boundary";
            return false;
        }

        ReadOnlyMemory<byte>? foundMikey = null;
        ReadOnlyMemory<byte>? foundCms = null;
        for (var count = 0; reader.TryReadPart(out var part); count++)
        {
            if (count == SmimeLimits.MaxParts)
            {
                problem = "too many parts";
                return false;
            }

            if (!MimeHeader.TryRead(part.Span, out var header))
            {
                problem = "malformed part header";
                return false;
            }

            var isMikey = Ascii.EqualsIgnoreCase(MimeValue.TypeOf(header.ContentType), "application/mikey"u8);
            var isCms = header.IsCms();
            if (!isMikey && !isCms)
            {
                if (Ascii.EqualsIgnoreCase(MimeValue.ParameterOf(header.Disposition, "handling"u8), "optional"u8))
                {
                    continue;
                }

                problem = "unknown part whose handling is required";
                return false;
            }

            if ((isMikey && foundMikey is not null) || (isCms && foundCms is not null))
            {
                problem = "two parts of one type";
                return false;
            }

            if (!header.TryDecode(part, out var content))
            {
                problem = "unknown or wrong transfer encoding";
                return false;
            }

            foundMikey = isMikey ? content : foundMikey;
            foundCms = isCms ? content : foundCms;
        }

        problem = !reader.IsClosed ? "closing boundary missing"
            : foundMikey is null ? "application/mikey missing"
            : foundCms is null ? "application/pkcs7-mime missing"
            : string.Empty;
        if (problem.Length > 0)
        {
            return false;
        }

        mikey = foundMikey.GetValueOrDefault();
        cms = foundCms.GetValueOrDefault();
        return true;
    }

    /// <summary>
    /// KEKIdentifier: the first 16 bytes of SHA-256 over the TRANSFER_INIT. It helps to find the key and authenticates nothing, because
    /// the tag of AuthEnvelopedData does not cover it.
    /// </summary>
    public static byte[] KeyIdentifierOf(ReadOnlySpan<byte> transferInit)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(transferInit, hash);
        return hash[..KeyIdentifierLength].ToArray();
    }

    /// <summary>A text entity: Content-Type, Message-ID, empty line, text in UTF-8.</summary>
    /// <exception cref="ArgumentException">The Message-ID is empty, longer than 256 characters or holds other than visible ASCII characters.</exception>
    public static byte[] TextEntity(string messageId, ReadOnlySpan<byte> text)
    {
        ArgumentException.ThrowIfNullOrEmpty(messageId);
        if (messageId.Length > 256 || messageId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException("A Message-ID has up to 256 visible ASCII characters.", nameof(messageId));
        }

        var start = "Content-Type: text/plain;charset=utf-8\r\nMessage-ID: "u8;
        var entity = new byte[start.Length + messageId.Length + 4 + text.Length];
        start.CopyTo(entity);
        Ascii.FromUtf16(messageId, entity.AsSpan(start.Length), out _);
        "\r\n\r\n"u8.CopyTo(entity.AsSpan(start.Length + messageId.Length));
        text.CopyTo(entity.AsSpan(entity.Length - text.Length));
        return entity;
    }

    /// <summary>An entity with a message/cpim in it, as delivery reports are.</summary>
    public static byte[] CpimEntity(ReadOnlySpan<byte> cpim)
    {
        var start = "Content-Type: message/cpim\r\n\r\n"u8;
        var entity = new byte[start.Length + cpim.Length];
        start.CopyTo(entity);
        cpim.CopyTo(entity.AsSpan(start.Length));
        return entity;
    }

    /// <summary>
    /// Reads an entity: content type with its parameters (text/plain when absent, RFC 2045 section 5.2), Message-ID if present, decoded content.
    /// False when the header is malformed or the transfer encoding unknown.
    /// </summary>
    public static bool TryReadEntity(ReadOnlyMemory<byte> entity, out string contentType, out string? messageId, out ReadOnlyMemory<byte> content)
    {
        contentType = string.Empty;
        messageId = null;
        content = default;
        if (!MimeHeader.TryRead(entity.Span, out var header) || !header.TryDecode(entity, out content))
        {
            return false;
        }

        contentType = header.ContentType.IsEmpty ? "text/plain;charset=us-ascii"
            : header.ContentType.SequenceEqual("text/plain;charset=utf-8"u8) ? PlainText
            : Encoding.UTF8.GetString(header.ContentType).ReplaceLineEndings(string.Empty);
        messageId = header.MessageId.IsEmpty ? null : Encoding.UTF8.GetString(header.MessageId).ReplaceLineEndings(string.Empty);
        return true;
    }

    private static void WriteBoundary(Span<byte> boundary, ulong value)
    {
        boundary[0] = (byte)'m';
        boundary[1] = (byte)'k';
        Utf8Formatter.TryFormat(value, boundary[2..], out _, new StandardFormat('x', 16));
    }

    private static void AppendBoundary(
        ref Span<byte> rest, scoped ReadOnlySpan<byte> before, scoped ReadOnlySpan<byte> boundary, scoped ReadOnlySpan<byte> after)
    {
        Append(ref rest, before);
        Append(ref rest, boundary);
        Append(ref rest, after);
    }

    private static void AppendPart(ref Span<byte> rest, scoped ReadOnlySpan<byte> type, scoped ReadOnlySpan<byte> content)
    {
        Append(ref rest, type);
        Append(ref rest, PartHeaderEnd);
        Append(ref rest, content);
    }

    private static void Append(ref Span<byte> rest, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
