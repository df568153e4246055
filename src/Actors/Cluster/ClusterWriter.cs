using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace UeFarm.Actors.Cluster;

/// <summary>Writes the binary forms: integers in network order, texts in UTF-8 and lists behind a count of four bytes.</summary>
internal sealed class ClusterWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(sizeof(int)), value);
        _buffer.Advance(sizeof(int));
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _buffer.Write(value);
    }

    public void Text(string value)
    {
        Int32(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _buffer);
    }

    public void List<T>(IReadOnlyCollection<T> items, Action<ClusterWriter, T> write)
    {
        Int32(items.Count);
        foreach (var item in items)
        {
            write(this, item);
        }
    }
}
