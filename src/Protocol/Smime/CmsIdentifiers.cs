namespace UeFarm.Protocol.Smime;

/// <summary>Object identifiers as the content bytes of their DER encoding, so that they are compared and written without text.</summary>
internal static class CmsIdentifiers
{
    /// <summary>1.2.840.113549.1.7.1 (RFC 5652 section 4).</summary>
    public static ReadOnlySpan<byte> Data => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];

    /// <summary>1.2.840.113549.1.7.2 (RFC 5652 section 5.1).</summary>
    public static ReadOnlySpan<byte> SignedData => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

    /// <summary>1.2.840.113549.1.9.16.1.23 (RFC 5083 section 2.1).</summary>
    public static ReadOnlySpan<byte> AuthEnvelopedData => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17];

    /// <summary>1.2.840.113549.1.9.3 (RFC 5652 section 11.1).</summary>
    public static ReadOnlySpan<byte> ContentTypeAttribute => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];

    /// <summary>1.2.840.113549.1.9.4 (RFC 5652 section 11.2).</summary>
    public static ReadOnlySpan<byte> MessageDigestAttribute => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];

    /// <summary>1.2.840.113549.1.9.5 (RFC 5652 section 11.3).</summary>
    public static ReadOnlySpan<byte> SigningTimeAttribute => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];

    /// <summary>2.16.840.1.101.3.4.2.1.</summary>
    public static ReadOnlySpan<byte> Sha256 => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

    /// <summary>1.2.840.10045.4.3.2.</summary>
    public static ReadOnlySpan<byte> EcdsaWithSha256 => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];

    /// <summary>2.16.840.1.101.3.4.1.5 (RFC 3565).</summary>
    public static ReadOnlySpan<byte> Aes128Wrap => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x05];

    /// <summary>2.16.840.1.101.3.4.1.45 (RFC 3565).</summary>
    public static ReadOnlySpan<byte> Aes256Wrap => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2D];

    /// <summary>2.16.840.1.101.3.4.1.x (RFC 5084 section 3): only the last byte differs between the four.</summary>
    public static ReadOnlySpan<byte> Of(SmimeCipher cipher) => cipher switch
    {
        SmimeCipher.Aes128Gcm => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x06],
        SmimeCipher.Aes256Gcm => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E],
        SmimeCipher.Aes128Ccm => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x07],
        SmimeCipher.Aes256Ccm => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2F],
        _ => throw new ArgumentOutOfRangeException(nameof(cipher), cipher, "Not a cipher."),
    };

    public static bool TryReadCipher(ReadOnlySpan<byte> identifier, out SmimeCipher cipher)
    {
        for (cipher = SmimeCipher.Aes128Gcm; cipher <= SmimeCipher.Aes256Ccm; cipher++)
        {
            if (identifier.SequenceEqual(Of(cipher)))
            {
                return true;
            }
        }

        return false;
    }

    public static int KeyLengthOf(SmimeCipher cipher) => cipher is SmimeCipher.Aes128Gcm or SmimeCipher.Aes128Ccm ? 16 : 32;

    public static bool IsGcm(SmimeCipher cipher) => cipher is SmimeCipher.Aes128Gcm or SmimeCipher.Aes256Gcm;
}
