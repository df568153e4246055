namespace UeFarm.Protocol.Mikey;

/// <summary>RAND role of a RANDR payload (RFC 6043 section 6.8).</summary>
internal enum RandRole : byte
{
    Initiator = 1,
    Responder = 2,
    Kms = 3,
}
