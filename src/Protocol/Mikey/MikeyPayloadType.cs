namespace UeFarm.Protocol.Mikey;

/// <summary>Next payload (RFC 3830 table 6.1.b, RFC 6043 table 6.2); other numbers stay representable, but cannot be decoded.</summary>
internal enum MikeyPayloadType : byte
{
    Last = 0,
    Kemac = 1,
    Pke = 2,
    DiffieHellman = 3,
    Signature = 4,
    Timestamp = 5,
    Id = 6,
    Certificate = 7,
    CertificateHash = 8,
    Verification = 9,
    SecurityPolicy = 10,
    Rand = 11,
    Error = 12,
    TimestampRole = 13,
    IdRole = 14,
    RandRole = 15,
    TicketPolicy = 16,
    Ticket = 17,
    KeyData = 20,
    GeneralExtension = 21,
}
