namespace UeFarm.Protocol.Mikey;

/// <summary>Type of a General Extension payload (RFC 3830 section 6.15, RFC 4563 section 4, RFC 4738).</summary>
internal enum ExtensionType : byte
{
    VendorId = 0,
    SdpIds = 1,
    KeyId = 3,
    CsbId = 4,
}
