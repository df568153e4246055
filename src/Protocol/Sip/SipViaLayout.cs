namespace UeFarm.Protocol.Sip;

/// <summary>Where the parts of the first Via value of a field stand, counted from the start of the field's value.</summary>
internal struct SipViaLayout
{
    public int TransportStart;
    public int TransportLength;
    public int SentByStart;
    public int SentByLength;
    public int HostLength;
    public int Port;
    public int BranchStart;
    public int BranchLength;
    public int ReceivedStart;
    public int ReceivedLength;

    /// <summary>-1 absent, 0 present and empty.</summary>
    public int RPort;

    /// <summary>Where the first value ends: the end of the field or its first comma.</summary>
    public int End;

    /// <summary>Reads "SIP/2.0/UDP host:port;branch=...;..." up to the end or a comma (RFC 3261 section 20.42); every parameter is checked.</summary>
    public static bool TryScan(ReadOnlySpan<byte> text, out SipViaLayout layout)
    {
        layout = new SipViaLayout { RPort = -1 };
        var at = 0;
        return TryReadProtocolPart(text, ref at, "SIP"u8) && TryReadSlash(text, ref at)
            && TryReadProtocolPart(text, ref at, "2.0"u8) && TryReadSlash(text, ref at)
            && layout.TryReadTransport(text, ref at) && layout.TryReadSentBy(text, ref at) && layout.TryReadParameters(text, at);
    }

    private static bool TryReadProtocolPart(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> expected)
    {
        if (text.Length < at + expected.Length || !System.Text.Ascii.EqualsIgnoreCase(text.Slice(at, expected.Length), expected))
        {
            return false;
        }

        at += expected.Length;
        return true;
    }

    private static bool TryReadSlash(ReadOnlySpan<byte> text, ref int at)
    {
        at = SipCharacters.SkipBlanks(text, at);
        if (at >= text.Length || text[at] != '/')
        {
            return false;
        }

        at = SipCharacters.SkipBlanks(text, at + 1);
        return true;
    }

    private bool TryReadTransport(ReadOnlySpan<byte> text, ref int at)
    {
        var length = text[at..].IndexOfAnyExcept(SipCharacters.Token);
        if (length <= 0 || !SipCharacters.IsBlank(text[at + length]))
        {
            return false;
        }

        TransportStart = at;
        TransportLength = length;
        at = SipCharacters.SkipBlanks(text, at + length);
        return true;
    }

    private bool TryReadSentBy(ReadOnlySpan<byte> text, ref int at)
    {
        var rest = text[at..];
        int hostLength;
        if (!rest.IsEmpty && rest[0] == '[')
        {
            hostLength = rest.IndexOf((byte)']') + 1;
        }
        else
        {
            hostLength = rest.IndexOfAnyExcept(SipCharacters.HostName);
            hostLength = hostLength < 0 ? rest.Length : hostLength;
        }

        if (!SipCharacters.IsHost(rest[..hostLength]))
        {
            return false;
        }

        SentByStart = at;
        HostLength = hostLength;
        SentByLength = hostLength;
        at += hostLength;
        var colon = SipCharacters.SkipBlanks(text, at);
        if (colon >= text.Length || text[colon] != ':')
        {
            return true;
        }

        var portStart = SipCharacters.SkipBlanks(text, colon + 1);
        var portLength = text[portStart..].IndexOfAnyExcept(SipCharacters.Digits);
        portLength = portLength < 0 ? text.Length - portStart : portLength;
        if (!SipCharacters.TryParsePort(text.Slice(portStart, portLength), out Port))
        {
            return false;
        }

        at = portStart + portLength;
        SentByLength = at - SentByStart;
        return true;
    }

    private bool TryReadParameters(ReadOnlySpan<byte> text, int at)
    {
        var reader = new SipParameterReader(text, at);
        while (reader.TryRead())
        {
            switch (reader.Name.Length)
            {
                case 6 when BranchStart == 0 && System.Text.Ascii.EqualsIgnoreCase(reader.Name, "branch"u8):
                    BranchStart = reader.ValueStart;
                    BranchLength = reader.Value.Length;
                    break;
                case 8 when ReceivedStart == 0 && System.Text.Ascii.EqualsIgnoreCase(reader.Name, "received"u8):
                    ReceivedStart = reader.ValueStart;
                    ReceivedLength = reader.Value.Length;
                    break;
                case 5 when RPort < 0 && System.Text.Ascii.EqualsIgnoreCase(reader.Name, "rport"u8):
                    RPort = 0;
                    if (!reader.Value.IsEmpty && !SipCharacters.TryParsePort(reader.Value, out RPort))
                    {
                        return false;
                    }

                    break;
                default:
                    break;
            }
        }

        End = reader.Position;
        return !reader.IsMalformed;
    }
}
