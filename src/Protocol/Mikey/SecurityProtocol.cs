namespace UeFarm.Protocol.Mikey;

/// <summary>Prot type of SP and of the GENERIC-ID map (RFC 3830 section 6.10); 241 to 255 are for private use.</summary>
internal enum SecurityProtocol : byte
{
    Srtp = 0,

    /// <summary>Interpretation: no public number for "key of an S/MIME body" was found, so the first private one is used.</summary>
    MessageBody = 241,
}
