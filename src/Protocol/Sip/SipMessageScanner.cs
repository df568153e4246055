namespace UeFarm.Protocol.Sip;

/// <summary>One pass over a message: start line, header table, checks of the mandatory fields, length of the body.
/// Fills a table that its thread keeps.</summary>
internal ref struct SipMessageScanner
{
    private const uint MaxCSeq = int.MaxValue;

    [ThreadStatic]
    private static SipHeaderEntry[]? _spareEntries;

    public SipMessageFacts Facts;
    private readonly ReadOnlySpan<byte> _text;
    private readonly SipLimits _limits;
    private readonly SipHeaderEntry[] _entries;
    private int _count;
    private bool _hasCSeq;
    private int _contentLength;
    private int _contentLengthOffset;

    public SipMessageScanner(ReadOnlySpan<byte> text, SipLimits limits)
    {
        _text = text;
        _limits = limits;
        _entries = _spareEntries is { } kept && kept.Length >= limits.MaxHeaderCount ? kept : _spareEntries = new SipHeaderEntry[limits.MaxHeaderCount];
        _contentLength = -1;
        Facts.TopViaIndex = -1;
        Facts.FromIndex = -1;
        Facts.ToIndex = -1;
        Facts.CallIdIndex = -1;
        Facts.MaxForwards = -1;
    }

    public SipParseFailure Failure { get; private set; }

    /// <summary>A header line goes on in the next one: unfold and scan again.</summary>
    public bool HasFoldedLines { get; private set; }

    public readonly ReadOnlySpan<SipHeaderEntry> Entries => _entries.AsSpan(0, _count);

    public bool TryScan()
    {
        if (!TryFindLineEnd(0, out var end))
        {
            return false;
        }

        var good = _text.StartsWith("SIP/"u8) ? TryScanStatusLine(_text[..end]) : TryScanRequestLine(_text[..end]);
        return good && TryScanHeaders(end + 2) && HasMandatoryHeaders() && TryScanBody();
    }

    private bool TryScanRequestLine(ReadOnlySpan<byte> line)
    {
        Facts.IsRequest = true;
        var firstSpace = line.IndexOf((byte)' ');
        var lastSpace = line.LastIndexOf((byte)' ');
        if (firstSpace <= 0 || line[..firstSpace].ContainsAnyExcept(SipCharacters.Token))
        {
            return Fail(SipParseFault.Syntax, "Method", 0);
        }

        if (lastSpace == firstSpace)
        {
            return Fail(SipParseFault.Syntax, "Request-Line", firstSpace);
        }

        var version = line[(lastSpace + 1)..];
        if (!System.Text.Ascii.EqualsIgnoreCase(version, "SIP/2.0"u8))
        {
            return IsVersion(version)
                ? Fail(SipParseFault.Version, "SIP-Version", lastSpace + 1, 505)
                : Fail(SipParseFault.Syntax, "SIP-Version", lastSpace + 1);
        }

        if (lastSpace - firstSpace - 1 > SipUri.MaxLength)
        {
            return Fail(SipParseFault.TooLarge, "Request-URI", firstSpace + 1, 414);
        }

        // RFC 4475 section 3.1.2.11: header parts have no place in a Request-URI.
        var uri = line[(firstSpace + 1)..lastSpace];
        if (!SipUriLayout.TryScan(uri, out var layout) || layout.HeadersStart > 0)
        {
            return Fail(SipParseFault.BadValue, "Request-URI", firstSpace + 1);
        }

        Facts.Method = SipMethods.Parse(line[..firstSpace]);
        Facts.MethodLength = firstSpace;
        Facts.RequestUriStart = firstSpace + 1;
        Facts.RequestUriLength = uri.Length;
        return true;
    }

    // A status line without the space before an empty reason is taken too: some servers send it.
    private bool TryScanStatusLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("SIP/2.0 "u8))
        {
            return Fail(SipParseFault.Version, "SIP-Version", 0);
        }

        var rest = line[8..];
        if (rest.Length < 3 || (rest.Length > 3 && rest[3] != ' ') || !SipCharacters.TryParseNumber(rest[..3], 699, out var code) || code < 100)
        {
            return Fail(SipParseFault.BadValue, "Status-Code", 8);
        }

        Facts.StatusCode = code;
        Facts.ReasonStart = rest.Length > 3 ? 12 : 11;
        Facts.ReasonLength = line.Length - Facts.ReasonStart;
        return true;
    }

    private bool TryScanHeaders(int at)
    {
        var seen = 0UL;
        while (true)
        {
            if (!TryFindLineEnd(at, out var end))
            {
                return false;
            }

            if (end == at)
            {
                Facts.BodyStart = end + 2;
                return true;
            }

            var line = _text[at..end];
            if (SipCharacters.IsBlank(line[0]))
            {
                return Fail(SipParseFault.Syntax, "Header", at);
            }

            var colon = line.IndexOf((byte)':');
            var nameLength = colon;
            while (nameLength > 0 && SipCharacters.IsBlank(line[nameLength - 1]))
            {
                nameLength--;
            }

            if (nameLength <= 0 || nameLength > ushort.MaxValue || line[..nameLength].ContainsAnyExcept(SipCharacters.Token))
            {
                return Fail(SipParseFault.Syntax, "Header", at);
            }

            if (_count == _limits.MaxHeaderCount)
            {
                return Fail(SipParseFault.TooLarge, "Header", at, 513);
            }

            var id = SipHeaderNames.Parse(line[..nameLength]);
            var bit = 1UL << (int)id;
            if ((seen & bit) != 0 && SipHeaderNames.IsSingle(id))
            {
                return Fail(SipParseFault.DuplicateHeader, SipHeaderNames.NameOf(id), at);
            }

            seen |= bit;
            var valueStart = SipCharacters.SkipBlanks(line, colon + 1);
            var value = SipCharacters.Trim(line[valueStart..]);
            if (IsContinued(end))
            {
                HasFoldedLines = true;
                return Fail(SipParseFault.Syntax, "Header", at);
            }

            _entries[_count] = new SipHeaderEntry(id, at, nameLength, at + valueStart, value.Length);
            if (!TryCheck(id, value, at + valueStart))
            {
                return false;
            }

            _count++;
            at = end + 2;
        }
    }

    private readonly bool IsContinued(int lineEnd) => lineEnd + 2 < _text.Length && SipCharacters.IsBlank(_text[lineEnd + 2]);

    private bool TryCheck(SipHeaderId id, ReadOnlySpan<byte> value, int offset)
    {
        switch (id)
        {
            case SipHeaderId.Via:
                if (Facts.TopViaIndex >= 0)
                {
                    return true;
                }

                Facts.TopViaIndex = _count;
                return SipViaLayout.TryScan(value, out Facts.TopVia) || BadValue(id, offset);
            case SipHeaderId.From:
                Facts.FromIndex = _count;
                return SipNameAddressLayout.TryScan(value, out _) || BadValue(id, offset);
            case SipHeaderId.To:
                Facts.ToIndex = _count;
                return SipNameAddressLayout.TryScan(value, out _) || BadValue(id, offset);
            case SipHeaderId.CallId:
                Facts.CallIdIndex = _count;
                return (!value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~')) || BadValue(id, offset);
            case SipHeaderId.CSeq:
                return TryCheckCSeq(value, offset);
            case SipHeaderId.MaxForwards:
                return SipCharacters.TryParseNumber(value, 255, out Facts.MaxForwards) || BadValue(id, offset);
            case SipHeaderId.Contact:
                return AreContacts(value) || BadValue(id, offset);
            case SipHeaderId.ContentLength:
                _contentLengthOffset = offset;
                return SipCharacters.TryParseNumber(value, int.MaxValue, out _contentLength) || BadValue(id, offset);
            default:
                return true;
        }
    }

    private bool TryCheckCSeq(ReadOnlySpan<byte> value, int offset)
    {
        var blank = value.IndexOfAny((byte)' ', (byte)'\t');
        if (blank <= 0 || !SipCharacters.TryParseNumber(value[..blank], (int)MaxCSeq, out var number))
        {
            return BadValue(SipHeaderId.CSeq, offset);
        }

        var method = value[SipCharacters.SkipBlanks(value, blank)..];
        if (!SipCharacters.IsToken(method))
        {
            return BadValue(SipHeaderId.CSeq, offset);
        }

        _hasCSeq = true;
        Facts.CSeqNumber = (uint)number;
        Facts.CSeqMethod = SipMethods.Parse(method);
        return !Facts.IsRequest || method.SequenceEqual(_text[..Facts.MethodLength]) || Fail(SipParseFault.MethodMismatch, "CSeq", offset);
    }

    private static bool AreContacts(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("*"u8))
        {
            return true;
        }

        var reader = new SipListReader(value);
        while (reader.MoveNext())
        {
            if (!SipNameAddressLayout.TryScan(reader.Current, out _))
            {
                return false;
            }
        }

        return true;
    }

    private bool HasMandatoryHeaders()
    {
        var missing = Facts.TopViaIndex < 0 ? "Via"
            : Facts.FromIndex < 0 ? "From"
            : Facts.ToIndex < 0 ? "To"
            : Facts.CallIdIndex < 0 ? "Call-ID"
            : !_hasCSeq ? "CSeq" : null;
        return missing is null || Fail(SipParseFault.MissingHeader, missing, Facts.BodyStart);
    }

    private bool TryScanBody()
    {
        var available = _text.Length - Facts.BodyStart;
        var length = _contentLength < 0 ? available : _contentLength;
        if (length > _limits.MaxBodyBytes)
        {
            return Fail(SipParseFault.TooLarge, "Body", _contentLength < 0 ? Facts.BodyStart : _contentLengthOffset, 413);
        }

        if (length > available)
        {
            return Fail(SipParseFault.BodyTruncated, "Content-Length", _contentLengthOffset);
        }

        Facts.Length = Facts.BodyStart + length;
        return Facts.Length <= _limits.MaxMessageBytes || Fail(SipParseFault.TooLarge, "Message", _limits.MaxMessageBytes, 513);
    }

    // Every line of the header section ends in CRLF; a lone CR or LF is refused, because peers disagree on what it ends.
    private bool TryFindLineEnd(int start, out int end)
    {
        var window = _text.Length > _limits.MaxHeaderBytes ? _text[..Math.Max(start, _limits.MaxHeaderBytes)] : _text;
        var next = window[start..].IndexOfAny((byte)'\r', (byte)'\n');
        end = start + next;
        if (next >= 0 && end + 1 < window.Length && window[end] == '\r' && window[end + 1] == '\n')
        {
            return true;
        }

        if (window.Length < _text.Length && (next < 0 || end + 1 >= window.Length))
        {
            return Fail(SipParseFault.TooLarge, "Header", _limits.MaxHeaderBytes, 513);
        }

        return Fail(SipParseFault.Syntax, next < 0 ? "End of header" : "Line end", next < 0 ? _text.Length : end);
    }

    private static bool IsVersion(ReadOnlySpan<byte> text) =>
        text.Length >= 7 && System.Text.Ascii.EqualsIgnoreCase(text[..4], "SIP/"u8) && text[4..].IndexOf((byte)'.') > 0
        && !text[4..].ContainsAnyExcept(SipCharacters.Version);

    private bool BadValue(SipHeaderId id, int offset) => Fail(SipParseFault.BadValue, SipHeaderNames.NameOf(id), offset);

    private bool Fail(SipParseFault fault, string field, int offset, int statusCode = 400)
    {
        // A response that cannot be read is dropped (RFC 3261 section 18.1.2), and so is what does not even begin like a request.
        Failure = new SipParseFailure(fault, field, offset, Facts.IsRequest ? statusCode : 0);
        return false;
    }
}
