using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace UeFarm.Farm.Report;

/// <summary>
/// Writes rows of comma-separated fields to a stream through one buffer, without allocating per row. Fields that contain commas,
/// quotes or line breaks are quoted. For one thread; <see cref="Flush"/> or disposal writes what is left.
/// </summary>
internal sealed class CsvRowWriter : IDisposable
{
    private const int BufferBytes = 1 << 16;

    /// <summary>More than a number, a digest or a time can take.</summary>
    private const int LongestFixedField = 64;

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _length;
    private bool _isRowStarted;

    /// <summary>Takes over the stream and writes the header.</summary>
    public CsvRowWriter(Stream stream, string header)
    {
        _stream = stream;
        Append(Encoding.UTF8.GetBytes(header));
        EndRow();
    }

    public void Number(long value)
    {
        BeginField(LongestFixedField);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written);
        _length += written;
    }

    public void Number(ulong value)
    {
        BeginField(LongestFixedField);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written);
        _length += written;
    }

    /// <summary>A duration in its unit, with the given number of decimals.</summary>
    public void Decimal(TimeSpan value, long ticksPerUnit, byte decimals)
    {
        BeginField(LongestFixedField);
        Utf8Formatter.TryFormat((decimal)value.Ticks / ticksPerUnit, _buffer.AsSpan(_length), out var written, new StandardFormat('F', decimals));
        _length += written;
    }

    /// <summary>20 bytes as 40 lower-case hex digits.</summary>
    public void Digest(in Protocol.Replay.ReplayDigest digest)
    {
        BeginField(LongestFixedField);
        Span<byte> bytes = stackalloc byte[Protocol.Replay.ReplayDigest.Length];
        digest.Write(bytes);
        Convert.TryToHexStringLower(bytes, _buffer.AsSpan(_length), out var written);
        _length += written;
    }

    public void Empty() => BeginField(0);

    public void Text(ReadOnlySpan<char> value)
    {
        BeginField(0);
        if (value.ContainsAny(NeedQuotes))
        {
            Append(Encoding.UTF8.GetBytes($"\"{value.ToString().Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            return;
        }

        var needed = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (needed > BufferBytes)
        {
            Append(Encoding.UTF8.GetBytes(value.ToString()));
            return;
        }

        Reserve(needed);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    public void EndRow()
    {
        Reserve(1);
        _buffer[_length++] = (byte)'\n';
        _isRowStarted = false;
    }

    public void Flush()
    {
        Drain();
        _stream.Flush();
    }

    public void Dispose()
    {
        Drain();
        _stream.Dispose();
    }

    private void BeginField(int bytes)
    {
        Reserve(bytes + 1);
        if (_isRowStarted)
        {
            _buffer[_length++] = (byte)',';
        }

        _isRowStarted = true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferBytes)
        {
            Drain();
            _stream.Write(bytes);
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (BufferBytes - _length < bytes)
        {
            Drain();
        }
    }

    private void Drain()
    {
        _stream.Write(_buffer.AsSpan(0, _length));
        _length = 0;
    }
}
