namespace UeFarm.Protocol.Mikey;

/// <summary>Type of a Key data sub-payload, 4 bits (RFC 3830 table 6.13.a, RFC 6043 table 6.7).</summary>
internal enum KeyDataType : byte
{
    Tgk = 0,
    TgkWithSalt = 1,
    Tek = 2,
    TekWithSalt = 3,
    Gtgk = 4,
    GtgkWithSalt = 5,
    Mpk = 6,
}
