using System.Buffers;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>
/// The two pseudo-random functions (RFC 3830 section 4.1.2, RFC 6043 section 6.1). P(s, label) is HMAC(s, A1 || label) ||
/// HMAC(s, A2 || label) || ... with A0 = label and Ai = HMAC(s, A(i-1)). A longer key is split into parts of 256 bits, for both
/// functions, and the results of the parts are combined by XOR.
/// </summary>
internal static class MikeyPrf
{
    private const int PartBytes = 32;
    private const int MaxHashBytes = 32;
    private const int StackBytes = 512;

    /// <summary>Fills <paramref name="output"/> with key bytes.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static void Derive(PrfFunction function, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, Span<byte> output)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("A key is needed.", nameof(key));
        }

        output.Clear();
        while (!key.IsEmpty)
        {
            var part = key[..Math.Min(PartBytes, key.Length)];
            AddPart(function, part, label, output);
            key = key[part.Length..];
        }
    }

    private static void AddPart(PrfFunction function, ReadOnlySpan<byte> part, ReadOnlySpan<byte> label, Span<byte> output)
    {
        var hashBytes = function == PrfFunction.HmacSha256 ? 32 : 20;
        byte[]? rented = null;
        var length = InPlaceHmac.FreeBytes + hashBytes + label.Length;

        // Free bytes, Ai, label. Each of the three HMACs has what it covers in this buffer, with enough in front of it to overwrite: that of an output
        // block the free bytes, that of the label the place of A1 too, and that of the next Ai the free bytes again.
        var buffer = length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(length);
        buffer = buffer[..length];
        label.CopyTo(buffer[(InPlaceHmac.FreeBytes + hashBytes)..]);
        Span<byte> block = stackalloc byte[MaxHashBytes];
        block = block[..hashBytes];
        Hmac(function, part, buffer[hashBytes..], block);
        while (true)
        {
            block.CopyTo(buffer[InPlaceHmac.FreeBytes..]);
            Hmac(function, part, buffer, block);
            var count = Math.Min(hashBytes, output.Length);
            for (var i = 0; i < count; i++)
            {
                output[i] ^= block[i];
            }

            output = output[count..];
            if (output.IsEmpty)
            {
                break;
            }

            Hmac(function, part, buffer[..(InPlaceHmac.FreeBytes + hashBytes)], block);
        }

        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(buffer);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Hmac(PrfFunction function, ReadOnlySpan<byte> key, Span<byte> buffer, Span<byte> output)
    {
        switch (function)
        {
            case PrfFunction.Mikey1:
                InPlaceHmac.ComputeSha1(key, buffer, output);
                break;
            case PrfFunction.HmacSha256:
                InPlaceHmac.ComputeSha256(key, buffer, output);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "Not a known PRF.");
        }
    }
}
