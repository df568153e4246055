namespace UeFarm.Protocol.Mikey;

/// <summary>ID type (RFC 3830 table 6.7.a, RFC 6043 section 6.5).</summary>
internal enum IdType : byte
{
    Nai = 0,
    Uri = 1,

    /// <summary>Names a PSK; no rules of encoding.</summary>
    ByteString = 2,
}
