namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>What a derived key is for: groups of the decimals of e (RFC 3830 tables 4.1.3 and 4.1.4, RFC 6043 table 5.1 and appendix A.2).</summary>
internal enum LabelConstant : uint
{
    /// <summary>TEK from TGK.</summary>
    Tek = 0x2AD01C64,

    /// <summary>Authentication key from TGK.</summary>
    TgkAuthentication = 0x1B5C7973,

    /// <summary>Encryption key from TGK.</summary>
    TgkEncryption = 0x15798CEF,

    /// <summary>Salting key from TGK.</summary>
    TgkSalt = 0x39A2C14B,

    /// <summary>encr_key of a message or ticket.</summary>
    Encryption = 0x150533E1,

    /// <summary>auth_key of a message or ticket.</summary>
    Authentication = 0x2D22AC75,

    /// <summary>salt_key of a message or ticket.</summary>
    Salt = 0x29B88916,

    /// <summary>MPKr' by forking.</summary>
    ForkedMpkR = 0x2B288856,

    /// <summary>TGK' by forking.</summary>
    ForkedTgk = 0x1512B54A,

    /// <summary>MPKi from MPK.</summary>
    MpkI = 0x220E99A2,

    /// <summary>MPKr from MPK.</summary>
    MpkR = 0x1F4D675B,
}
