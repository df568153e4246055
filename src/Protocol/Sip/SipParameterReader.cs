namespace UeFarm.Protocol.Sip;

/// <summary>Walks ";name", ";name=value" and ";name="quoted"" (generic-param, RFC 3261 section 25.1) from a position up to the end or a comma.</summary>
internal ref struct SipParameterReader(ReadOnlySpan<byte> text, int position)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>After the last parameter read.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Where the last parameter's semicolon stands.</summary>
    public int Start { get; private set; } = position;

    public bool IsMalformed { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Quoted values keep their quotes; empty without '='.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the value starts; 0 without '='.</summary>
    public int ValueStart { get; private set; }

    /// <summary>False at the end, at a comma and when malformed.</summary>
    public bool TryRead()
    {
        var at = SipCharacters.SkipBlanks(_text, Position);
        if (at == _text.Length || _text[at] == ',')
        {
            Position = at;
            return false;
        }

        if (_text[at] != ';')
        {
            return Malformed(at);
        }

        Start = at;
        at = SipCharacters.SkipBlanks(_text, at + 1);
        var length = _text[at..].IndexOfAnyExcept(SipCharacters.Token);
        length = length < 0 ? _text.Length - at : length;
        if (length == 0)
        {
            return Malformed(at);
        }

        Name = _text.Slice(at, length);
        Value = default;
        ValueStart = 0;
        Position = at + length;
        at = SipCharacters.SkipBlanks(_text, Position);
        return at >= _text.Length || _text[at] != '=' || TryReadValue(SipCharacters.SkipBlanks(_text, at + 1));
    }

    private bool TryReadValue(int at)
    {
        int end;
        if (at < _text.Length && _text[at] == '"')
        {
            end = SipCharacters.SkipQuoted(_text, at);
        }
        else
        {
            var length = _text[at..].IndexOfAnyExcept(SipCharacters.ParameterValue);
            end = length < 0 ? _text.Length : at + length;
        }

        if (end <= at)
        {
            return Malformed(at);
        }

        Value = _text[at..end];
        ValueStart = at;
        Position = end;
        return true;
    }

    private bool Malformed(int at)
    {
        IsMalformed = true;
        Position = at;
        return false;
    }
}
