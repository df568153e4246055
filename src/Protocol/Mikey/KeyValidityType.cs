namespace UeFarm.Protocol.Mikey;

/// <summary>KV, 4 bits (RFC 3830 table 6.13.b).</summary>
internal enum KeyValidityType : byte
{
    Null = 0,
    Spi = 1,
    Interval = 2,
}
