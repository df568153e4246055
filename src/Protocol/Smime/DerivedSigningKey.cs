using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// P-256 private keys that are a function of a secret and their owner's name: HKDF-SHA-256 (RFC 5869) without salt, the info names use, try and owner; what is no private
/// key is tried again (FIPS 186-5 appendix A.2.2).
/// </summary>
internal static class DerivedSigningKey
{
    private const int Bytes = 32;

    /// <summary>The order of the curve (SP 800-186 section 3.2.1.3).</summary>
    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    private static ReadOnlySpan<byte> Use => "uefarm signing key"u8;

    public static ECDsa Derive(ReadOnlySpan<byte> secret, string owner)
    {
        // use || 0 || try || owner: the use contains no zero byte and the try has a fixed length, so that no two inputs collide.
        byte[] info = [.. Use, 0, 0, .. Encoding.UTF8.GetBytes(owner)];
        var key = new byte[Bytes];
        do
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, default, info);
            info[Use.Length + 1]++;
        }
        while (!IsPrivateKey(key));

        var pair = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = key });
        CryptographicOperations.ZeroMemory(key);
        return pair;
    }

    /// <summary>1 to the order less 1.</summary>
    internal static bool IsPrivateKey(ReadOnlySpan<byte> key) => key.IndexOfAnyExcept((byte)0) >= 0 && key.SequenceCompareTo(Order) < 0;
}
