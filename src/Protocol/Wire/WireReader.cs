using System.Buffers.Binary;

namespace UeFarm.Protocol.Wire;

/// <summary>
/// A cursor over received bytes; every bounds check of the binary codecs is made here. A read that does not fit returns
/// false and moves nothing. Slices share the memory of the buffer and keep counting offsets from its start.
/// </summary>
internal ref struct WireReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private readonly int _origin;
    private int _position;

    public WireReader(ReadOnlyMemory<byte> buffer)
        : this(buffer, 0)
    {
    }

    private WireReader(ReadOnlyMemory<byte> buffer, int origin)
    {
        _memory = buffer;
        _span = buffer.Span;
        _origin = origin;
    }

    /// <summary>Position counted from the start of the outermost buffer.</summary>
    public readonly int Offset => _origin + _position;

    public readonly int Remaining => _span.Length - _position;

    public readonly bool IsAtEnd => _position == _span.Length;

    public bool TryReadByte(out byte value)
    {
        if (Remaining < 1)
        {
            value = 0;
            return false;
        }

        value = _span[_position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_span[_position..], out value))
        {
            return false;
        }

        _position += sizeof(ushort);
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_span[_position..], out value))
        {
            return false;
        }

        _position += sizeof(uint);
        return true;
    }

    public bool TryReadUInt64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_span[_position..], out value))
        {
            return false;
        }

        _position += sizeof(ulong);
        return true;
    }

    /// <summary>Hands out a part of the buffer itself; nothing is copied.</summary>
    public bool TryReadBytes(int length, out ReadOnlyMemory<byte> bytes)
    {
        if ((uint)length > (uint)Remaining)
        {
            bytes = default;
            return false;
        }

        bytes = _memory.Slice(_position, length);
        _position += length;
        return true;
    }

    /// <summary>A reader confined to the next <paramref name="length"/> bytes, which this reader passes over.</summary>
    public bool TrySlice(int length, out WireReader inner)
    {
        var start = Offset;
        if (!TryReadBytes(length, out var bytes))
        {
            inner = default;
            return false;
        }

        inner = new WireReader(bytes, start);
        return true;
    }
}
