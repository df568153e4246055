namespace UeFarm.Protocol.Sip;

/// <summary>Joins folded header lines (RFC 3261 section 7.3.1): the rare case is copied once, so that every header value is one plain slice.</summary>
internal static class SipUnfolding
{
    /// <summary>A copy in which each fold and the blanks around it are one space; the body and everything after a malformed line end stay as they are.
    /// Never longer than the source. The scan that calls for this has refused a folded start line.</summary>
    public static byte[] Unfold(ReadOnlySpan<byte> source, out int length)
    {
        var target = new byte[source.Length];
        var read = 0;
        var written = 0;
        var lineStart = 0;
        while (true)
        {
            var next = source[read..].IndexOfAny((byte)'\r', (byte)'\n');
            if (next < 0 || source[read + next] != '\r' || read + next + 1 >= source.Length || source[read + next + 1] != '\n')
            {
                break;
            }

            source.Slice(read, next).CopyTo(target.AsSpan(written));
            written += next;
            read += next + 2;
            var isEmptyLine = written == lineStart;
            if (!isEmptyLine && read < source.Length && SipCharacters.IsBlank(source[read]))
            {
                read = SipCharacters.SkipBlanks(source, read);
                while (written > lineStart && SipCharacters.IsBlank(target[written - 1]))
                {
                    written--;
                }

                target[written++] = (byte)' ';
                continue;
            }

            target[written++] = (byte)'\r';
            target[written++] = (byte)'\n';
            lineStart = written;
            if (isEmptyLine)
            {
                break;
            }
        }

        source[read..].CopyTo(target.AsSpan(written));
        length = written + source.Length - read;
        return target;
    }
}
