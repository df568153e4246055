using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Reads what <see cref="ClusterWriter"/> wrote. Whatever the bytes are, it reads within them and allocates no more than a small multiple of them, or throws a
/// <see cref="SerializationException"/>.
/// </summary>
internal sealed class ClusterReader(ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _position;

    private int Remaining => bytes.Length - _position;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var value => throw new SerializationException($"{value} at byte {_position - 1} is neither 0 nor 1"),
    };

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public byte[] Bytes() => Take(Int32()).ToArray();

    public string Text()
    {
        try
        {
            return StrictUtf8.GetString(Take(Int32()));
        }
        catch (DecoderFallbackException exception)
        {
            throw new SerializationException($"a text before byte {_position} is not UTF-8", exception);
        }
    }

    public T Enumeration<T>()
        where T : struct, Enum
    {
        var value = Byte();
        var result = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(result) ? result : throw new SerializationException($"{value} at byte {_position - 1} is no {typeof(T).Name}");
    }

    /// <param name="smallest">How many bytes the shortest item has: a count that cannot be true is refused before anything is made for it.</param>
    /// <param name="read">Reads one item.</param>
    public T[] List<T>(int smallest, Func<ClusterReader, T> read)
    {
        var count = Int32();
        if (count < 0 || (long)count * smallest > Remaining)
        {
            throw new SerializationException($"{count} items before byte {_position} do not fit into the {Remaining} bytes that are left");
        }

        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = read(this);
        }

        return items;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)Remaining)
        {
            throw new SerializationException($"{length} bytes at byte {_position} do not fit into the {Remaining} bytes that are left");
        }

        var taken = bytes.Span.Slice(_position, length);
        _position += length;
        return taken;
    }
}
