namespace UeFarm.Protocol.Sip;

/// <summary>Where the parts of a URI stand in its text; made by the one place that knows the grammar.</summary>
internal struct SipUriLayout
{
    public SipUriKind Kind;
    public ushort SchemeLength;
    public ushort UserStart;
    public ushort UserLength;
    public ushort PasswordStart;
    public ushort PasswordLength;
    public ushort HostStart;
    public ushort HostLength;
    public ushort Port;
    public ushort ParametersStart;
    public ushort ParametersLength;
    public ushort HeadersStart;
    public ushort HeadersLength;

    public readonly bool HasUser => UserStart > 0;

    /// <summary>Checks the whole text (RFC 3261 section 19.1, RFC 3966 for tel, RFC 2396 for the rest) and finds its parts. No allocation.</summary>
    public static bool TryScan(ReadOnlySpan<byte> text, out SipUriLayout layout)
    {
        layout = default;
        var colon = text.Length > SipUri.MaxLength ? -1 : text.IndexOf((byte)':');
        if (colon <= 0 || !char.IsAsciiLetter((char)text[0]) || text[..colon].ContainsAnyExcept(SipCharacters.Scheme))
        {
            return false;
        }

        layout.SchemeLength = (ushort)colon;
        var scheme = text[..colon];
        if (System.Text.Ascii.EqualsIgnoreCase(scheme, "sip"u8))
        {
            layout.Kind = SipUriKind.Sip;
        }
        else if (System.Text.Ascii.EqualsIgnoreCase(scheme, "sips"u8))
        {
            layout.Kind = SipUriKind.Sips;
        }
        else if (System.Text.Ascii.EqualsIgnoreCase(scheme, "tel"u8))
        {
            layout.Kind = SipUriKind.Tel;
            return layout.TryScanTelephone(text);
        }
        else
        {
            var opaque = text[(colon + 1)..];
            return !opaque.IsEmpty && !opaque.ContainsAnyExcept(SipCharacters.Opaque) && SipCharacters.HasValidEscapes(opaque);
        }

        return layout.TryScanSip(text);
    }

    private bool TryScanSip(ReadOnlySpan<byte> text)
    {
        var at = SchemeLength + 1;

        // '@' is legal nowhere but between userinfo and host, while ';' and '?' are legal in the user part: so look for '@' first.
        var separator = text[at..].IndexOf((byte)'@');
        if (separator >= 0 && !TryScanUserInfo(text, at, at + separator))
        {
            return false;
        }

        at += separator + 1;
        var rest = text[at..];
        int hostLength;
        if (!rest.IsEmpty && rest[0] == '[')
        {
            hostLength = rest.IndexOf((byte)']') + 1;
        }
        else
        {
            hostLength = rest.IndexOfAny((byte)':', (byte)';', (byte)'?');
            hostLength = hostLength < 0 ? rest.Length : hostLength;
        }

        if (!SipCharacters.IsHost(rest[..hostLength]))
        {
            return false;
        }

        HostStart = (ushort)at;
        HostLength = (ushort)hostLength;
        at += hostLength;
        return TryScanPort(text, ref at) && TryScanParameters(text, ref at) && TryScanHeaders(text, at);
    }

    private bool TryScanUserInfo(ReadOnlySpan<byte> text, int start, int end)
    {
        var info = text[start..end];
        var colon = info.IndexOf((byte)':');
        var user = colon < 0 ? info : info[..colon];
        if (user.IsEmpty || user.ContainsAnyExcept(SipCharacters.User) || !SipCharacters.HasValidEscapes(user))
        {
            return false;
        }

        UserStart = (ushort)start;
        UserLength = (ushort)user.Length;
        if (colon >= 0)
        {
            var password = info[(colon + 1)..];
            if (password.ContainsAnyExcept(SipCharacters.Password) || !SipCharacters.HasValidEscapes(password))
            {
                return false;
            }

            PasswordStart = (ushort)(start + colon + 1);
            PasswordLength = (ushort)password.Length;
        }

        return true;
    }

    private bool TryScanPort(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length || text[at] != ':')
        {
            return true;
        }

        var length = text[(at + 1)..].IndexOfAny((byte)';', (byte)'?');
        length = length < 0 ? text.Length - at - 1 : length;
        if (!SipCharacters.TryParsePort(text.Slice(at + 1, length), out var port))
        {
            return false;
        }

        Port = (ushort)port;
        at += length + 1;
        return true;
    }

    private bool TryScanParameters(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length || text[at] != ';')
        {
            return true;
        }

        ParametersStart = (ushort)at;
        for (var count = 0; at < text.Length && text[at] == ';'; count++)
        {
            var rest = text[(at + 1)..];
            var length = rest.IndexOfAny((byte)';', (byte)'?');
            var parameter = length < 0 ? rest : rest[..length];
            if (count == SipUri.MaxParameters || !IsPair(parameter, SipCharacters.UriParameter, valueRequired: false))
            {
                return false;
            }

            at += parameter.Length + 1;
        }

        ParametersLength = (ushort)(at - ParametersStart);
        return true;
    }

    private bool TryScanHeaders(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length)
        {
            return true;
        }

        if (Kind == SipUriKind.Tel || text[at] != '?')
        {
            return false;
        }

        HeadersStart = (ushort)(at + 1);
        HeadersLength = (ushort)(text.Length - at - 1);
        if (text[at..].Count((byte)'&') >= SipUri.MaxParameters)
        {
            return false;
        }

        foreach (var range in text[(at + 1)..].Split((byte)'&'))
        {
            if (!IsPair(text[(at + 1)..][range], SipCharacters.UriHeader, valueRequired: true))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryScanTelephone(ReadOnlySpan<byte> text)
    {
        var at = SchemeLength + 1;
        var length = text[at..].IndexOf((byte)';');
        length = length < 0 ? text.Length - at : length;
        var number = text.Slice(at, length);
        if (number.ContainsAnyExcept(SipCharacters.Telephone) || !number.ContainsAny(SipCharacters.TelephoneDigits) || number.LastIndexOf((byte)'+') > 0)
        {
            return false;
        }

        UserStart = (ushort)at;
        UserLength = (ushort)length;
        at += length;
        return TryScanParameters(text, ref at) && at == text.Length;
    }

    private static bool IsPair(ReadOnlySpan<byte> pair, System.Buffers.SearchValues<byte> characters, bool valueRequired)
    {
        var equals = pair.IndexOf((byte)'=');
        var name = equals < 0 ? pair : pair[..equals];
        var value = equals < 0 ? default : pair[(equals + 1)..];
        return !name.IsEmpty && (equals >= 0 || !valueRequired) && (valueRequired || equals < 0 || !value.IsEmpty)
            && !name.ContainsAnyExcept(characters) && !value.ContainsAnyExcept(characters)
            && SipCharacters.HasValidEscapes(name) && SipCharacters.HasValidEscapes(value);
    }
}
