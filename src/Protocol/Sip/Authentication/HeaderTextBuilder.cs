using System.Buffers;
using System.Globalization;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>Joins the parts of a header value on the stack, so that only the final string is allocated.</summary>
internal ref struct HeaderTextBuilder(Span<char> initial)
{
    private Span<char> _buffer = initial;
    private char[]? _rented;
    private int _length;

    public void Append(scoped ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    public void AppendUtf8(scoped ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        _length += Encoding.UTF8.GetChars(text, _buffer[_length..]);
    }

    public void Append(long number)
    {
        Reserve(20);
        number.TryFormat(_buffer[_length..], out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void AppendBase64(scoped ReadOnlySpan<byte> data)
    {
        Reserve((data.Length + 2) / 3 * 4);
        Convert.TryToBase64Chars(data, _buffer[_length..], out var written);
        _length += written;
    }

    /// <summary>Hands out the text and gives the buffer back; the builder is done.</summary>
    public string Finish()
    {
        var text = new string(_buffer[.._length]);
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }

        return text;
    }

    private void Reserve(int count)
    {
        if (count <= _buffer.Length - _length)
        {
            return;
        }

        var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + count, 2 * _buffer.Length));
        _buffer[.._length].CopyTo(larger);
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
        }

        _rented = larger;
        _buffer = larger;
    }
}
