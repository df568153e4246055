namespace UeFarm.Protocol.Mikey;

/// <summary>TS type (RFC 3830 table 6.6, RFC 6043 section 6.3).</summary>
internal enum TimestampType : byte
{
    NtpUtc = 0,
    Ntp = 1,
    Counter = 2,
    NtpUtc32 = 3,
}
