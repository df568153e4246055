using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>
/// HMAC (RFC 2104) with SHA-1 or SHA-256 from two plain hashes. The platform's one-shot HMAC sets up and tears down a context per call, which costs more
/// than the hashing of such short inputs, and MIKEY needs five of them per message. To save a copy, the caller leaves <see cref="FreeBytes"/> bytes free in
/// front of the input.
/// </summary>
internal static class InPlaceHmac
{
    /// <summary>Block length of both hashes.</summary>
    public const int FreeBytes = 64;

    private const int MaxHashBytes = 32;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5C;

    /// <summary>HMAC-SHA-1 of what follows the free bytes: 20 bytes. The free bytes are cleared again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key is longer than a block; none of MIKEY is.</exception>
    public static void ComputeSha1(ReadOnlySpan<byte> key, Span<byte> buffer, Span<byte> mac)
    {
        Span<byte> outer = stackalloc byte[FreeBytes + MaxHashBytes];
        FillPads(key, buffer, outer);
        SHA1.HashData(buffer, outer[FreeBytes..]);
        SHA1.HashData(outer[..(FreeBytes + SHA1.HashSizeInBytes)], mac);
        Clear(buffer, outer);
    }

    /// <summary>HMAC-SHA-256 of what follows the free bytes: 32 bytes. The free bytes are cleared again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key is longer than a block; none of MIKEY is.</exception>
    public static void ComputeSha256(ReadOnlySpan<byte> key, Span<byte> buffer, Span<byte> mac)
    {
        Span<byte> outer = stackalloc byte[FreeBytes + MaxHashBytes];
        FillPads(key, buffer, outer);
        SHA256.HashData(buffer, outer[FreeBytes..]);
        SHA256.HashData(outer, mac);
        Clear(buffer, outer);
    }

    private static void FillPads(ReadOnlySpan<byte> key, Span<byte> inner, Span<byte> outer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, FreeBytes, nameof(key));
        inner[key.Length..FreeBytes].Fill(InnerPad);
        outer[key.Length..FreeBytes].Fill(OuterPad);
        for (var i = 0; i < key.Length; i++)
        {
            inner[i] = (byte)(key[i] ^ InnerPad);
            outer[i] = (byte)(key[i] ^ OuterPad);
        }
    }

    /// <summary>A pad is the key.</summary>
    private static void Clear(Span<byte> inner, Span<byte> outer)
    {
        CryptographicOperations.ZeroMemory(inner[..FreeBytes]);
        CryptographicOperations.ZeroMemory(outer[..FreeBytes]);
    }
}
