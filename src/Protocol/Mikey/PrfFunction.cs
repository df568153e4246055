namespace UeFarm.Protocol.Mikey;

/// <summary>PRF func, 7 bits (RFC 3830 section 6.1, RFC 6043 section 6.1).</summary>
internal enum PrfFunction : byte
{
    /// <summary>MIKEY-1, on HMAC-SHA-1.</summary>
    Mikey1 = 0,

    /// <summary>PRF-HMAC-SHA-256.</summary>
    HmacSha256 = 1,
}
