using System.Buffers.Binary;

namespace UeFarm.Protocol.Wire;

/// <summary>
/// A cursor that fills a buffer of known size. Writing past its end, or a length that its length field cannot hold, is a
/// programming error and throws; nothing is ever cut silently.
/// </summary>
internal ref struct WireWriter
{
    private readonly Span<byte> _span;
    private int _position;

    public WireWriter(Span<byte> destination)
    {
        _span = destination;
    }

    public readonly int Position => _position;

    public readonly int Remaining => _span.Length - _position;

    public void WriteByte(byte value) => _span[_position++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_span[_position..], value);
        _position += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_span[_position..], value);
        _position += sizeof(uint);
    }

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_span[_position..], value);
        _position += sizeof(ulong);
    }

    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_span[_position..]);
        _position += bytes.Length;
    }

    /// <summary>One length byte, then the bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 255 bytes.</exception>
    public void WriteBytesWithLength8(scoped ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, byte.MaxValue);
        WriteByte((byte)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>Two length bytes, then the bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 65,535 bytes.</exception>
    public void WriteBytesWithLength16(scoped ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, ushort.MaxValue);
        WriteUInt16((ushort)bytes.Length);
        WriteBytes(bytes);
    }
}
