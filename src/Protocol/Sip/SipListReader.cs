namespace UeFarm.Protocol.Sip;

/// <summary>Splits a comma list; commas within quotes and angle brackets do not count, empty elements are skipped.</summary>
internal ref struct SipListReader(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    /// <summary>Start of the current element in the text.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Current => _text.Slice(Start, Length);

    public bool MoveNext()
    {
        while (_position < _text.Length)
        {
            var start = SipCharacters.SkipBlanks(_text, _position);
            var end = FindEnd(start);
            _position = end + 1;
            while (end > start && SipCharacters.IsBlank(_text[end - 1]))
            {
                end--;
            }

            if (end > start)
            {
                Start = start;
                Length = end - start;
                return true;
            }
        }

        return false;
    }

    private readonly int FindEnd(int at)
    {
        while (at < _text.Length)
        {
            var next = _text[at..].IndexOfAny((byte)',', (byte)'"', (byte)'<');
            if (next < 0)
            {
                return _text.Length;
            }

            at += next;
            if (_text[at] == ',')
            {
                return at;
            }

            if (_text[at] == '"')
            {
                at = SipCharacters.SkipQuoted(_text, at);
            }
            else
            {
                var close = _text[at..].IndexOf((byte)'>');
                at = close < 0 ? -1 : at + close + 1;
            }

            if (at < 0)
            {
                return _text.Length;
            }
        }

        return at;
    }
}
