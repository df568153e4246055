namespace UeFarm.Protocol.Mikey;

/// <summary>ID role of an IDR payload (RFC 6043 section 6.6).</summary>
internal enum IdRole : byte
{
    Initiator = 1,
    Responder = 2,
    Kms = 3,
    PreSharedKey = 4,
    Application = 5,
}
