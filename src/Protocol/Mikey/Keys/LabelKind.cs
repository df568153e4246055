namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>The kind byte of a label (RFC 6043 sections 5.1 and 6.10, appendix A).</summary>
internal enum LabelKind : byte
{
    Fork = 0,
    InitialMessage = 1,
    ResponseMessage = 2,
    SessionKey = 3,

    /// <summary>The key of Vr in Initiator Data.</summary>
    ResponderVerification = 4,

    BaseTicket = 5,

    /// <summary>MPKi and MPKr from MPK.</summary>
    ProtectionKeys = 6,
}
