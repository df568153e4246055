namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// Walks the parameters of a challenge or of credentials: scheme, then name=value separated by commas (RFC 3261 section 25.1),
/// quoted or not. A quoted value is handed out without its quotes and with its escapes as they stand, because that is what is
/// hashed (RFC 7616 section 3.1, "unq").
/// </summary>
internal ref struct DigestParameterReader
{
    private const int MaxParameters = 32;

    private ReadOnlySpan<byte> _rest;
    private int _count;

    private DigestParameterReader(ReadOnlySpan<byte> rest)
    {
        _rest = rest;
        _count = 0;
        IsMalformed = false;
    }

    /// <summary>The walk ended at something that is not a parameter.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False: another authentication scheme than Digest.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> value, out DigestParameterReader reader)
    {
        reader = default;
        value = TrimStart(value);
        if (value.Length < 7 || !System.Text.Ascii.EqualsIgnoreCase(value[..6], "Digest"u8) || !IsSpace(value[6]))
        {
            return false;
        }

        reader = new DigestParameterReader(value[7..]);
        return true;
    }

    public bool TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        _rest = TrimStart(_rest);
        while (_count > 0 && !_rest.IsEmpty && _rest[0] == (byte)',')
        {
            _rest = TrimStart(_rest[1..]);
        }

        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        var equals = _rest.IndexOf((byte)'=');
        if (equals <= 0 || ++_count > MaxParameters)
        {
            return Fail();
        }

        name = _rest[..equals].TrimEnd(" \t"u8);
        _rest = TrimStart(_rest[(equals + 1)..]);
        if (name.IndexOfAny(" \t,\""u8) >= 0 || name.IsEmpty)
        {
            return Fail();
        }

        return !_rest.IsEmpty && _rest[0] == (byte)'"' ? TryReadQuoted(out value) : TryReadToken(out value);
    }

    private bool TryReadQuoted(out ReadOnlySpan<byte> value)
    {
        value = default;
        var index = 1;
        while (true)
        {
            var step = _rest[index..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return Fail();
            }

            index += step;
            if (_rest[index] == (byte)'"')
            {
                break;
            }

            index += 2;
            if (index > _rest.Length)
            {
                return Fail();
            }
        }

        value = _rest[1..index];
        _rest = TrimStart(_rest[(index + 1)..]);
        return _rest.IsEmpty || _rest[0] == (byte)',' || Fail();
    }

    private bool TryReadToken(out ReadOnlySpan<byte> value)
    {
        var end = _rest.IndexOf((byte)',');
        value = (end < 0 ? _rest : _rest[..end]).TrimEnd(" \t"u8);
        _rest = end < 0 ? default : _rest[end..];
        return value.IndexOfAny(" \t\""u8) < 0 || Fail();
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text) => text.TrimStart(" \t"u8);

    private static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t';
}
