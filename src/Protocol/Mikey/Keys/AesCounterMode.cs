using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>AES counter mode of KEMAC (RFC 3830 section 4.2.3): the IV is the first value of a 128-bit big-endian counter.</summary>
internal static class AesCounterMode
{
    public const int BlockBytes = 16;

    /// <summary>IV = (salt XOR (0x0000 || CSB ID || T)) || 0x0000; a base ticket puts FFFFFFFF in place of the CSB ID (RFC 6043 appendix A).</summary>
    public static void WriteIv(ReadOnlySpan<byte> salt, uint csbId, ulong timestamp, Span<byte> iv)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, MikeySuites.SaltBytes);
        iv[..BlockBytes].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(iv[2..], csbId);
        BinaryPrimitives.WriteUInt64BigEndian(iv[6..], timestamp);
        for (var i = 0; i < salt.Length; i++)
        {
            iv[i] ^= salt[i];
        }
    }

    /// <summary>Encrypts or decrypts, which is the same; output as long as input.</summary>
    public static void Transform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var blocks = (input.Length + BlockBytes - 1) / BlockBytes;
        var stream = ArrayPool<byte>.Shared.Rent(blocks * BlockBytes);
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        for (var i = 0; i < blocks; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(stream.AsSpan(i * BlockBytes), counter + (uint)i);
        }

        using var aes = Aes.Create();
        aes.SetKey(key);
        var keystream = stream.AsSpan(0, blocks * BlockBytes);
        aes.EncryptEcb(keystream, keystream, PaddingMode.None);
        for (var i = 0; i < input.Length; i++)
        {
            output[i] = (byte)(input[i] ^ keystream[i]);
        }

        CryptographicOperations.ZeroMemory(keystream);
        ArrayPool<byte>.Shared.Return(stream);
    }
}
