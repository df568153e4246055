using System.Security.Cryptography;
using System.Text;
using UeFarm.Protocol.Mikey;

namespace UeFarm.Protocol.Kms;

/// <summary>Derives every long-term key of a KMS from its master secret: HKDF-SHA-256 (RFC 5869) without salt; the info names use, length and owner.</summary>
internal static class KmsKeyRing
{
    private static ReadOnlySpan<byte> PskUse => "uefarm kms psk"u8;

    private static ReadOnlySpan<byte> TpkUse => "uefarm kms tpk"u8;

    public static byte[] DerivePsk(ReadOnlySpan<byte> masterSecret, ReadOnlySpan<byte> identity, MikeySuite suite) =>
        Derive(masterSecret, PskUse, identity, suite);

    /// <summary>A name that was never used derives a key as well; the MAC of the ticket then does not verify.</summary>
    public static byte[] DeriveTpk(ReadOnlySpan<byte> masterSecret, ReadOnlySpan<byte> name, MikeySuite suite) =>
        Derive(masterSecret, TpkUse, name, suite);

    /// <summary>Names the TPK of a month. The names bound what one key protects; none of them ever has to be stored.</summary>
    public static byte[] TpkName(DateTimeOffset utcNow) => Encoding.ASCII.GetBytes($"tpk-{utcNow.Year:0000}-{utcNow.Month:00}");

    private static byte[] Derive(ReadOnlySpan<byte> masterSecret, ReadOnlySpan<byte> use, ReadOnlySpan<byte> owner, MikeySuite suite)
    {
        // use || 0 || suite || owner: the use contains no zero byte and the suite has a fixed length, so that no two inputs collide.
        var info = new byte[use.Length + 2 + owner.Length];
        use.CopyTo(info);
        info[use.Length + 1] = (byte)suite;
        owner.CopyTo(info.AsSpan(use.Length + 2));
        var key = new byte[suite.KeyBytes()];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterSecret, key, default, info);
        return key;
    }
}
