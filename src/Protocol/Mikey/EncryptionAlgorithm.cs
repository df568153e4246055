namespace UeFarm.Protocol.Mikey;

/// <summary>Encr alg of KEMAC (RFC 3830 table 6.2.a, RFC 6043 table 6.5).</summary>
internal enum EncryptionAlgorithm : byte
{
    Null = 0,
    AesCm128 = 1,
    AesKw128 = 2,
    AesCm256 = 3,
}
