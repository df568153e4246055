using System.Buffers;
using System.Security.Cryptography;
using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>The MAC algorithms (RFC 3830 section 4.2.4, RFC 6043 section 6.2) over inputs of several parts.</summary>
internal static class MikeyMac
{
    /// <summary>The longest MAC in bytes.</summary>
    public const int MaxBytes = 32;

    /// <summary>A TRANSFER_INIT with one ticket fits; anything longer takes a pooled buffer.</summary>
    private const int StackBytes = 1024;

    /// <summary>Length of the MAC in bytes; false for an unknown number.</summary>
    public static bool TryGetLength(MacAlgorithm algorithm, out int length)
    {
        length = algorithm switch
        {
            MacAlgorithm.HmacSha1 => 20,
            MacAlgorithm.HmacSha256 => 32,
            _ => 0,
        };
        return algorithm <= MacAlgorithm.HmacSha256;
    }

    /// <exception cref="ArgumentOutOfRangeException">The algorithm is NULL or unknown.</exception>
    public static void Compute(MacAlgorithm algorithm, ReadOnlySpan<byte> key, MacInput input, Span<byte> mac)
    {
        byte[]? rented = null;
        var length = InPlaceHmac.FreeBytes + input.Length;
        var buffer = length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(length);
        buffer = buffer[..length];
        input.CopyTo(buffer[InPlaceHmac.FreeBytes..]);
        Compute(algorithm, key, buffer, mac);
        Return(rented);
    }

    /// <summary>The MAC and the digest of the same input, which is put together once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The algorithm is NULL or unknown.</exception>
    public static void ComputeWithDigest(MacAlgorithm algorithm, ReadOnlySpan<byte> key, MacInput input, Span<byte> mac, out ReplayDigest digest)
    {
        byte[]? rented = null;
        var length = InPlaceHmac.FreeBytes + input.Length;
        var buffer = length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(length);
        buffer = buffer[..length];
        input.CopyTo(buffer[InPlaceHmac.FreeBytes..]);
        Compute(algorithm, key, buffer, mac);
        digest = Digest(buffer[InPlaceHmac.FreeBytes..]);
        Return(rented);
    }

    /// <summary>Compares in constant time. NULL never verifies.</summary>
    public static bool Verify(MacAlgorithm algorithm, ReadOnlySpan<byte> key, MacInput input, ReadOnlySpan<byte> expected)
    {
        if (algorithm is not (MacAlgorithm.HmacSha1 or MacAlgorithm.HmacSha256))
        {
            return false;
        }

        _ = TryGetLength(algorithm, out var length);
        Span<byte> mac = stackalloc byte[MaxBytes];
        mac = mac[..length];
        Compute(algorithm, key, input, mac);
        return CryptographicOperations.FixedTimeEquals(mac, expected);
    }

    /// <summary>SHA-256 of the input, shortened to the 20 bytes of a replay entry.</summary>
    public static ReplayDigest Digest(MacInput input)
    {
        byte[]? rented = null;
        var length = input.Length;
        var buffer = length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(length);
        input.CopyTo(buffer);
        var digest = Digest(buffer[..length]);
        Return(rented);
        return digest;
    }

    private static ReplayDigest Digest(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return ReplayDigest.Read(hash);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Compute(MacAlgorithm algorithm, ReadOnlySpan<byte> key, Span<byte> buffer, Span<byte> mac)
    {
        switch (algorithm)
        {
            case MacAlgorithm.HmacSha1:
                InPlaceHmac.ComputeSha1(key, buffer, mac);
                break;
            case MacAlgorithm.HmacSha256:
                InPlaceHmac.ComputeSha256(key, buffer, mac);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Not an algorithm that authenticates.");
        }
    }
}
