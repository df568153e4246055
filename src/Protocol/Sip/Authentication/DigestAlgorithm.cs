namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>Digest algorithms served: MD5 and SHA-256 with a password (RFC 3261 section 22.4, RFC 8760), AKAv1-MD5 (RFC 3310).</summary>
public enum DigestAlgorithm : byte
{
    Md5,
    Sha256,
    AkaV1Md5,
}
