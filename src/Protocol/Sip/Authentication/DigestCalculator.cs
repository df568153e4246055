using System.Buffers;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The digest formulas of RFC 7616 section 3.4 (RFC 3261 section 22.4) over MD5 and SHA-256; results are lower-case hex in
/// ASCII. With AKAv1-MD5 the password is RES as raw bytes, not as text (RFC 3310 section 3.3). Does not allocate for usual sizes.
/// </summary>
public static class DigestCalculator
{
    public const int MaxHexLength = 64;

    private const int StackBytes = 512;

    /// <summary>32 for MD5, 64 for SHA-256.</summary>
    public static int HexLengthOf(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha256 ? 64 : 32;

    /// <summary>HA1 = H(username ":" realm ":" password). Returns the number of hex digits written.</summary>
    public static int ComputeHa1(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> username, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> password, Span<byte> hex)
    {
        var input = new HashInput(stackalloc byte[StackBytes]);
        input.Append(username);
        input.AppendAfterColon(realm);
        input.AppendAfterColon(password);
        return input.FinishHex(algorithm, hex);
    }

    /// <summary>
    /// The request-digest for <paramref name="method"/>; with an empty method the server's proof rspauth (RFC 7616 section 3.5).
    /// <paramref name="nonceCount"/> and <paramref name="cnonce"/> count only with a qop. Returns the number of hex digits written.
    /// </summary>
    public static int ComputeResponse(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> ha1, ReadOnlySpan<byte> nonce, DigestQop qop, ReadOnlySpan<byte> nonceCount,
        ReadOnlySpan<byte> cnonce, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> body, Span<byte> hex)
    {
        Span<byte> digits = stackalloc byte[MaxHexLength];
        var second = new HashInput(stackalloc byte[StackBytes]);
        second.Append(method);
        second.AppendAfterColon(uri);
        if (qop == DigestQop.AuthInt)
        {
            var bodyLength = WriteHashHex(algorithm, body, digits);
            second.AppendAfterColon(digits[..bodyLength]);
        }

        var ha2Length = second.FinishHex(algorithm, digits);

        var input = new HashInput(stackalloc byte[StackBytes]);
        input.Append(ha1);
        input.AppendAfterColon(nonce);
        if (qop != DigestQop.None)
        {
            input.AppendAfterColon(nonceCount);
            input.AppendAfterColon(cnonce);
            input.AppendAfterColon(DigestNames.BytesOf(qop));
        }

        input.AppendAfterColon(digits[..ha2Length]);
        return input.FinishHex(algorithm, hex);
    }

    private static int WriteHashHex(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> hex)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = algorithm == DigestAlgorithm.Sha256 ? SHA256.HashData(data, hash) : MD5.HashData(data, hash);
        Convert.TryToHexStringLower(hash[..length], hex, out var written);
        return written;
    }

    /// <summary>Joins the parts of one hash; moves to a rented array when they outgrow the stack.</summary>
    private ref struct HashInput(Span<byte> initial)
    {
        private Span<byte> _buffer = initial;
        private byte[]? _rented;
        private int _length;

        public void AppendAfterColon(ReadOnlySpan<byte> part)
        {
            Append(":"u8);
            Append(part);
        }

        public void Append(ReadOnlySpan<byte> part)
        {
            if (part.Length > _buffer.Length - _length)
            {
                Grow(part.Length);
            }

            part.CopyTo(_buffer[_length..]);
            _length += part.Length;
        }

        public int FinishHex(DigestAlgorithm algorithm, Span<byte> hex)
        {
            var written = WriteHashHex(algorithm, _buffer[.._length], hex);
            CryptographicOperations.ZeroMemory(_buffer[.._length]);
            Release();
            return written;
        }

        private void Grow(int needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + needed, 2 * _buffer.Length));
            _buffer[.._length].CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer[.._length]);
            Release();
            _rented = larger;
            _buffer = larger;
        }

        private void Release()
        {
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
                _rented = null;
            }
        }
    }
}
