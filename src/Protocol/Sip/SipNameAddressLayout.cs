namespace UeFarm.Protocol.Sip;

/// <summary>Where the parts of a name-addr or addr-spec with header parameters stand (RFC 3261 section 20.10); checks the whole text, no allocation.</summary>
internal struct SipNameAddressLayout
{
    public int DisplayStart;
    public int DisplayLength;
    public int UriStart;
    public int UriLength;
    public int ParametersStart;

    public static bool TryScan(ReadOnlySpan<byte> text, out SipNameAddressLayout layout)
    {
        layout = default;
        var at = SipCharacters.SkipBlanks(text, 0);
        if (at < text.Length && text[at] == '"')
        {
            var end = SipCharacters.SkipQuoted(text, at);
            if (end < 0)
            {
                return false;
            }

            layout.DisplayStart = at;
            layout.DisplayLength = end - at;
            at = SipCharacters.SkipBlanks(text, end);
            return at < text.Length && text[at] == '<' && layout.TryScanBracketed(text, at);
        }

        var mark = text[at..].IndexOfAny((byte)'<', (byte)';', (byte)'"');
        if (mark >= 0 && text[at + mark] == '<')
        {
            var display = SipCharacters.Trim(text.Slice(at, mark));
            if (display.ContainsAnyExcept(SipCharacters.DisplayName))
            {
                return false;
            }

            layout.DisplayStart = at;
            layout.DisplayLength = display.Length;
            return layout.TryScanBracketed(text, at + mark);
        }

        return layout.TryScanBare(text, at);
    }

    private bool TryScanBracketed(ReadOnlySpan<byte> text, int open)
    {
        UriStart = open + 1;
        UriLength = text[UriStart..].IndexOf((byte)'>');
        return UriLength > 0 && SipUriLayout.TryScan(text.Slice(UriStart, UriLength), out _) && TryScanParameters(text, UriStart + UriLength + 1);
    }

    // Without brackets what follows ';' belongs to the header, and ',' and '?' are not allowed in the URI.
    private bool TryScanBare(ReadOnlySpan<byte> text, int at)
    {
        var length = text[at..].IndexOfAny((byte)';', (byte)' ', (byte)'\t');
        UriStart = at;
        UriLength = length < 0 ? text.Length - at : length;
        var uri = text.Slice(at, UriLength);
        return !uri.ContainsAny((byte)',', (byte)'?') && SipUriLayout.TryScan(uri, out _) && TryScanParameters(text, at + UriLength);
    }

    private bool TryScanParameters(ReadOnlySpan<byte> text, int at)
    {
        ParametersStart = at;
        var reader = new SipParameterReader(text, at);
        while (reader.TryRead())
        {
        }

        return !reader.IsMalformed && reader.Position == text.Length;
    }
}
