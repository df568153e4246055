namespace UeFarm.Protocol.Mikey;

/// <summary>Hash func of CHASH (RFC 3830 table 6.8.a, RFC 6043 section 6.7).</summary>
internal enum HashFunction : byte
{
    Sha1 = 0,
    Md5 = 1,
    Sha256 = 2,
}
