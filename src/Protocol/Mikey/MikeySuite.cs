namespace UeFarm.Protocol.Mikey;

/// <summary>
/// The two sets of algorithms of MIKEY-TICKET; they are never mixed (RFC 6043 section 12.1):
/// {PRF 0, AES-CM-128, HMAC-SHA-1-160} or {PRF 1, AES-CM-256, HMAC-SHA-256-256}.
/// </summary>
public enum MikeySuite : byte
{
    Aes128Sha1,
    Aes256Sha256,
}
