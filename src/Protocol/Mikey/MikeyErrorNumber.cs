namespace UeFarm.Protocol.Mikey;

/// <summary>Error no (RFC 3830 section 6.12, RFC 4738 section 6, RFC 6043 section 6.9).</summary>
internal enum MikeyErrorNumber : byte
{
    AuthenticationFailure = 0,
    InvalidTimestamp = 1,
    InvalidPrf = 2,
    InvalidMac = 3,
    InvalidEncryption = 4,
    InvalidHash = 5,
    InvalidDiffieHellman = 6,
    InvalidId = 7,
    InvalidCertificate = 8,
    InvalidSecurityPolicy = 9,
    InvalidSecurityPolicyParameter = 10,
    InvalidDataType = 11,
    Unspecified = 12,
    UnsupportedMessageType = 13,
    InvalidTicket = 14,
    InvalidTicketPolicy = 15,
}
