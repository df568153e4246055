namespace UeFarm.Protocol.Sip;

/// <summary>
/// Finds message boundaries in a stream (RFC 3261 sections 7.5 and 18.3): header up to the empty line, then Content-Length bytes. Content-Length is
/// compulsory. Looks at nothing else; what it calls a message is then parsed.
/// </summary>
public static class SipStreamFramer
{
    /// <summary>
    /// Complete: bytes [start, start+length) are one message and start+length bytes are consumed. KeepAlive: CRLFCRLF (a server answers CRLF, RFC 5626
    /// section 3.5.1; a client that pings itself just drops it), start is 0, length consumed. NeedMore: nothing is consumed; when the header is known,
    /// the message needs start+length bytes in the buffer (length 0: not known yet). Invalid: close the connection; when length is not 0,
    /// [start, start+length) is the header section, enough for <see cref="SipForwarding.TryReject"/>.
    /// </summary>
    public static SipFrameStatus TryFrame(ReadOnlySpan<byte> buffer, SipLimits limits, out int start, out int length)
    {
        var scanned = 0;
        return TryFrame(buffer, limits, ref scanned, out start, out length);
    }

    /// <summary>The same for a caller that keeps, with its buffer, how far the search for the end of the header came (0 at first and again after
    /// each consumption): bytes that trickle in are then looked at once.</summary>
    public static SipFrameStatus TryFrame(ReadOnlySpan<byte> buffer, SipLimits limits, ref int scanned, out int start, out int length)
    {
        ArgumentNullException.ThrowIfNull(limits);
        start = 0;
        length = 0;
        if (buffer.StartsWith("\r\n\r\n"u8))
        {
            length = 4;
            scanned = 0;
            return SipFrameStatus.KeepAlive;
        }

        while (buffer.Length >= start + 2 && buffer[start] == '\r' && buffer[start + 1] == '\n')
        {
            start += 2;
        }

        if (start == buffer.Length || (start + 1 == buffer.Length && buffer[start] == '\r'))
        {
            return SipFrameStatus.NeedMore;
        }

        if (!SipCharacters.Token.Contains(buffer[start]))
        {
            return SipFrameStatus.Invalid;
        }

        var from = Math.Max(start, scanned - 3);
        var found = buffer[from..].IndexOf("\r\n\r\n"u8);
        if (found < 0)
        {
            scanned = buffer.Length;
            return buffer.Length - start > limits.MaxHeaderBytes ? SipFrameStatus.Invalid : SipFrameStatus.NeedMore;
        }

        scanned = from + found;
        var headerLength = scanned + 4 - start;
        if (headerLength > limits.MaxHeaderBytes)
        {
            return SipFrameStatus.Invalid;
        }

        length = headerLength;
        if (!TryReadContentLength(buffer.Slice(start, headerLength), out var contentLength)
            || contentLength > limits.MaxBodyBytes || headerLength + contentLength > limits.MaxMessageBytes)
        {
            return SipFrameStatus.Invalid;
        }

        length += contentLength;
        if (buffer.Length - start < length)
        {
            return SipFrameStatus.NeedMore;
        }

        scanned = 0;
        return SipFrameStatus.Complete;
    }

    // Exactly one Content-Length field may be there (RFC 4475 section 3.3.9: two of them leave the end of the message open).
    private static bool TryReadContentLength(ReadOnlySpan<byte> header, out int contentLength)
    {
        contentLength = -1;
        var at = header.IndexOf("\r\n"u8) + 2;
        while (at < header.Length - 2)
        {
            var end = at + FindLineEnd(header[at..]);
            var line = header[at..end];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && IsContentLength(SipCharacters.Trim(line[..colon])))
            {
                var value = line[(colon + 1)..].Trim(" \t\r\n"u8);
                if (contentLength >= 0 || !SipCharacters.TryParseNumber(value, int.MaxValue / 2, out contentLength))
                {
                    return false;
                }
            }

            at = end + 2;
        }

        return contentLength >= 0;
    }

    private static bool IsContentLength(ReadOnlySpan<byte> name) => name.Length is 1 or 14 && SipHeaderNames.Parse(name) == SipHeaderId.ContentLength;

    // The end of a header line together with its continuation lines.
    private static int FindLineEnd(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            at += text[at..].IndexOf("\r\n"u8);
            if (at + 2 >= text.Length || !SipCharacters.IsBlank(text[at + 2]))
            {
                return at;
            }

            at += 2;
        }
    }
}
