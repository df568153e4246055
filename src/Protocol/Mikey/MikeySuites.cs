namespace UeFarm.Protocol.Mikey;

/// <summary>Numbers and sizes of the suites (RFC 3830 section 6.2, RFC 6043 sections 6.1 and 6.2).</summary>
internal static class MikeySuites
{
    /// <summary>Length of the salting key of AES counter mode in bytes, in both suites.</summary>
    public const int SaltBytes = 14;

    /// <summary>The longest key of either suite in bytes.</summary>
    public const int MaxKeyBytes = 32;

    public static PrfFunction Prf(this MikeySuite suite) =>
        suite == MikeySuite.Aes256Sha256 ? PrfFunction.HmacSha256 : PrfFunction.Mikey1;

    public static EncryptionAlgorithm Encryption(this MikeySuite suite) =>
        suite == MikeySuite.Aes256Sha256 ? EncryptionAlgorithm.AesCm256 : EncryptionAlgorithm.AesCm128;

    public static MacAlgorithm Mac(this MikeySuite suite) =>
        suite == MikeySuite.Aes256Sha256 ? MacAlgorithm.HmacSha256 : MacAlgorithm.HmacSha1;

    /// <summary>Length of PSK, TPK, MPK, TGK, TEK and encryption key in bytes.</summary>
    public static int KeyBytes(this MikeySuite suite) => suite == MikeySuite.Aes256Sha256 ? 32 : 16;

    /// <summary>Length of a MAC and of the authentication key in bytes.</summary>
    public static int MacBytes(this MikeySuite suite) => suite == MikeySuite.Aes256Sha256 ? 32 : 20;

    /// <summary>The suite that a PRF and a MAC algorithm belong to. False for anything unknown, NULL or mixed.</summary>
    public static bool TryFind(PrfFunction prf, MacAlgorithm mac, out MikeySuite suite)
    {
        suite = prf == PrfFunction.HmacSha256 ? MikeySuite.Aes256Sha256 : MikeySuite.Aes128Sha1;
        return suite.Prf() == prf && suite.Mac() == mac;
    }
}
