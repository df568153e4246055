using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// Nonces without state: number || HMAC-SHA-256(key, kind, number, scope), cut. The number is the time of issue in milliseconds
/// shifted by 16, plus a counter, so it is unique and grows. The scope is the address of record, which keeps a nonce from being
/// carried to another identity. For AKA the 16 bytes are RAND itself (8 of number, 8 of HMAC): the nonce stays RAND||AUTN of
/// exactly 32 bytes, which every client reads, and RAND cannot be foreseen or made up by others.
/// </summary>
internal sealed class NonceIssuer
{
    public const int PasswordNonceBytes = 24;

    private const int MaxScopeBytes = 1024;

    private readonly byte[] _key = new byte[32];
    private ulong _last;

    public NonceIssuer(IRandomSource random) => random.Fill(_key);

    /// <summary>Fills 24 bytes (password) or 16 bytes (RAND).</summary>
    public void Issue(Span<byte> nonce, string scope, Instant now)
    {
        _last = Math.Max(_last + 1, (ulong)Math.Max(0, now.Ticks / TimeSpan.TicksPerMillisecond) << 16);
        BinaryPrimitives.WriteUInt64BigEndian(nonce, _last);
        WriteMac(nonce[..8], nonce.Length, scope, nonce[8..]);
    }

    /// <summary>True: made here for this scope. The number says when.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, string scope, out ulong number, out Instant issued)
    {
        number = BinaryPrimitives.ReadUInt64BigEndian(nonce);
        issued = new Instant((long)(number >> 16) * TimeSpan.TicksPerMillisecond);
        Span<byte> expected = stackalloc byte[PasswordNonceBytes - 8];
        expected = expected[..(nonce.Length - 8)];
        WriteMac(nonce[..8], nonce.Length, scope, expected);
        return CryptographicOperations.FixedTimeEquals(expected, nonce[8..]);
    }

    private void WriteMac(ReadOnlySpan<byte> number, int kind, string scope, Span<byte> mac)
    {
        if (scope.Length > MaxScopeBytes / 3)
        {
            throw new ArgumentOutOfRangeException(nameof(scope), scope.Length, "longer than an address of record may be");
        }

        Span<byte> input = stackalloc byte[9 + MaxScopeBytes];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        input[0] = (byte)kind;
        number.CopyTo(input[1..]);
        var length = 9 + Encoding.UTF8.GetBytes(scope, input[9..]);
        HMACSHA256.HashData(_key, input[..length], hash);
        hash[..mac.Length].CopyTo(mac);
    }
}
