using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>
/// Writes one message: start line, header fields, <see cref="Finish"/>. Each thread keeps one buffer; nothing but the final array is allocated. Values
/// with CR, LF or NUL are refused with an ArgumentException, so that no value can add a line.
/// </summary>
public sealed class SipWriter
{
    private const int KeptBytes = 64 * 1024;
    private static readonly SearchValues<byte> LineBreakers = SearchValues.Create("\r\n\0"u8);

    [ThreadStatic]
    private static SipWriter? _writer;

    private byte[] _buffer = new byte[2048];
    private int _length;
    private bool _inUse;

    private SipWriter()
    {
    }

    /// <summary>The thread's writer, cleared. Use it up (Finish) before anything else on the thread rents one; a second one at a
    /// time costs an allocation.</summary>
    public static SipWriter Rent()
    {
        var writer = _writer;
        if (writer is null || writer._inUse || writer._buffer.Length > KeptBytes)
        {
            _writer = writer = new SipWriter();
        }

        writer._inUse = true;
        writer._length = 0;
        return writer;
    }

    public SipWriter Request(SipMethod method, ReadOnlySpan<char> requestUri)
    {
        var name = SipMethods.NameOf(method);
        if (name.Length == 0)
        {
            throw new ArgumentException("A request line needs a known method.", nameof(method));
        }

        AppendText(name);
        Append(" "u8);
        AppendRequestUri(requestUri);
        Append(" SIP/2.0\r\n"u8);
        return this;
    }

    /// <summary>Status code 100 to 699; without a reason its standard phrase.</summary>
    public SipWriter Response(int statusCode, string? reason = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 699);
        Append("SIP/2.0 "u8);
        AppendNumber(statusCode);
        Append(" "u8);
        AppendValue(reason ?? SipStatus.ReasonOf(statusCode));
        Append("\r\n"u8);
        return this;
    }

    /// <summary>Memory writes UDP: it is the transport that it behaves like.</summary>
    public SipWriter Via(SipTransportKind transport, ReadOnlySpan<char> sentBy, ReadOnlySpan<char> branch, bool rport = true)
    {
        Append(transport == SipTransportKind.Tcp ? "Via: SIP/2.0/TCP "u8 : "Via: SIP/2.0/UDP "u8);
        AppendValue(sentBy);
        Append(";branch="u8);
        AppendValue(branch);
        Append(rport ? ";rport\r\n"u8 : "\r\n"u8);
        return this;
    }

    public SipWriter Header(SipHeaderId id, ReadOnlySpan<char> value)
    {
        AppendName(id);
        AppendValue(value);
        Append("\r\n"u8);
        return this;
    }

    public SipWriter Header(SipHeaderId id, ReadOnlySpan<byte> value)
    {
        AppendName(id);
        AppendValue(value);
        Append("\r\n"u8);
        return this;
    }

    public SipWriter Header(SipHeaderId id, long value)
    {
        AppendName(id);
        AppendNumber(value);
        Append("\r\n"u8);
        return this;
    }

    /// <summary>"number METHOD".</summary>
    public SipWriter CSeq(uint number, SipMethod method)
    {
        AppendName(SipHeaderId.CSeq);
        AppendNumber(number);
        Append(" "u8);
        AppendText(SipMethods.NameOf(method));
        Append("\r\n"u8);
        return this;
    }

    public SipWriter Date(DateTimeOffset utc)
    {
        AppendName(SipHeaderId.Date);
        if (!Utf8Formatter.TryFormat(utc.ToUniversalTime(), Room(SipDate.Length), out var written, 'R'))
        {
            throw new InvalidOperationException("No room for a date.");
        }

        _length += written;
        Append("\r\n"u8);
        return this;
    }

    public SipWriter Header(string name, ReadOnlySpan<char> value)
    {
        var start = _length;
        AppendText(name);
        var bytes = _buffer.AsSpan(start, _length - start);
        if (!SipCharacters.IsToken(bytes) || SipHeaderNames.Parse(bytes) == SipHeaderId.ContentLength)
        {
            throw new ArgumentException("Not a field name to write: " + name, nameof(name));
        }

        Append(": "u8);
        AppendValue(value);
        Append("\r\n"u8);
        return this;
    }

    /// <summary>Writes Content-Length, the empty line and the body. The writer goes back to the thread.</summary>
    public byte[] Finish(ReadOnlySpan<byte> body = default)
    {
        Append("Content-Length: "u8);
        AppendNumber(body.Length);
        Append("\r\n\r\n"u8);
        var message = GC.AllocateUninitializedArray<byte>(_length + body.Length);
        _buffer.AsSpan(0, _length).CopyTo(message);
        body.CopyTo(message.AsSpan(_length));
        _inUse = false;
        return message;
    }

    /// <summary>Bytes of a message already checked.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    internal void AppendNumber(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var written);
        _length += written;
    }

    internal void AppendRequestUri(ReadOnlySpan<char> requestUri)
    {
        if (requestUri.IsEmpty || requestUri.ContainsAny(' ', '\t'))
        {
            throw new ArgumentException("A Request-URI is not empty and has no blanks.", nameof(requestUri));
        }

        AppendValue(requestUri);
    }

    internal void AppendValue(ReadOnlySpan<char> value)
    {
        var start = _length;
        AppendText(value);
        if (_buffer.AsSpan(start, _length - start).ContainsAny(LineBreakers))
        {
            throw new ArgumentException("A value must not contain CR, LF or NUL.");
        }
    }

    private void AppendValue(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAny(LineBreakers))
        {
            throw new ArgumentException("A value must not contain CR, LF or NUL.");
        }

        Append(value);
    }

    private void AppendName(SipHeaderId id)
    {
        if (id is SipHeaderId.Other or SipHeaderId.ContentLength)
        {
            throw new ArgumentException("Other has no name, and Content-Length is written by Finish.", nameof(id));
        }

        Append(SipHeaderNames.LinePrefixOf(id));
    }

    private void AppendText(ReadOnlySpan<char> text) => _length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }

        return _buffer.AsSpan(_length);
    }
}
