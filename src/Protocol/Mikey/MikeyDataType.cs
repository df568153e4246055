namespace UeFarm.Protocol.Mikey;

/// <summary>Data type of the common header (RFC 3830 table 6.1.a, RFC 6043 table 6.1); other numbers stay representable.</summary>
internal enum MikeyDataType : byte
{
    PreSharedInit = 0,
    PreSharedVerification = 1,
    PublicKeyInit = 2,
    PublicKeyVerification = 3,
    DiffieHellmanInit = 4,
    DiffieHellmanResponse = 5,
    Error = 6,
    RequestInitPsk = 11,
    RequestInitPk = 12,
    RequestResp = 13,
    TransferInit = 14,
    TransferResp = 15,
    ResolveInitPsk = 16,
    ResolveInitPk = 17,
    ResolveResp = 18,
}
