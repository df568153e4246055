namespace UeFarm.Protocol.Mikey;

/// <summary>CS ID map type (RFC 3830 section 6.1, RFC 4563 section 5, RFC 6043 table 6.4).</summary>
internal enum CsIdMapType : byte
{
    SrtpId = 0,
    Empty = 1,
    GenericId = 2,
}
