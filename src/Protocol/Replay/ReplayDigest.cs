using System.Buffers.Binary;

namespace UeFarm.Protocol.Replay;

/// <summary>
/// The 20-byte identity of a protected message: SHA-256, truncated to 160 bits, over the exact bytes that the MAC of the
/// TRANSFER_INIT covers (including the two identities). Bytes outside the MAC never change it, so an altered copy of a
/// message has the identity of its original. Ordered as an unsigned big-endian number.
/// </summary>
public readonly record struct ReplayDigest(ulong High, ulong Middle, uint Low) : IComparable<ReplayDigest>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 20;

    /// <summary>Reads the first 20 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 20 bytes are given.</exception>
    public static ReplayDigest Read(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, Length);
        return new ReplayDigest(
            BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[16..]));
    }

    /// <summary>Writes 20 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Low);
    }

    public int CompareTo(ReplayDigest other)
    {
        var order = High.CompareTo(other.High);
        if (order != 0)
        {
            return order;
        }

        order = Middle.CompareTo(other.Middle);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }

    public static bool operator <(ReplayDigest left, ReplayDigest right) => left.CompareTo(right) < 0;

    public static bool operator >(ReplayDigest left, ReplayDigest right) => left.CompareTo(right) > 0;

    public static bool operator <=(ReplayDigest left, ReplayDigest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ReplayDigest left, ReplayDigest right) => left.CompareTo(right) >= 0;

    /// <summary>40 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
