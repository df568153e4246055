namespace UeFarm.Protocol.Mikey;

/// <summary>MAC alg of KEMAC and Auth alg of V (RFC 3830 table 6.2.b, RFC 6043 table 6.6).</summary>
internal enum MacAlgorithm : byte
{
    Null = 0,
    HmacSha1 = 1,
    HmacSha256 = 2,
}
