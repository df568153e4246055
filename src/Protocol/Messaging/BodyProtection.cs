namespace UeFarm.Protocol.Messaging;

/// <summary>How a phone protects the bodies that it sends.</summary>
public enum BodyProtection : byte
{
    /// <summary>text/plain.</summary>
    Plain,

    /// <summary>S/MIME under a key carried in a TRANSFER_INIT.</summary>
    Protected,

    /// <summary>The same, signed inside (RFC 8591 section 4.3: sign first, then encrypt).</summary>
    ProtectedAndSigned,
}
