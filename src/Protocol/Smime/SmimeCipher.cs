namespace UeFarm.Protocol.Smime;

/// <summary>Content encryption of AuthEnvelopedData (RFC 5084); the number is the length of the content key in bits.</summary>
public enum SmimeCipher : byte
{
    /// <summary>2.16.840.1.101.3.4.1.6, mandatory in RFC 8591 section 4.2.</summary>
    Aes128Gcm,

    /// <summary>2.16.840.1.101.3.4.1.46.</summary>
    Aes256Gcm,

    /// <summary>2.16.840.1.101.3.4.1.7.</summary>
    Aes128Ccm,

    /// <summary>2.16.840.1.101.3.4.1.47.</summary>
    Aes256Ccm,
}
