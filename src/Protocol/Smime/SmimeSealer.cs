namespace UeFarm.Protocol.Smime;

/// <summary>
/// Protects a MIME entity (headers, empty line, body). To sign and encrypt, sign first and seal the result (RFC 8591 section 4.3).
/// May be called from any thread; a signer's key must not be used by two threads at a time.
/// </summary>
public static class SmimeSealer
{
    private static ReadOnlySpan<byte> SignedHeader =>
        "Content-Type: application/pkcs7-mime;smime-type=signed-data\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8;

    /// <summary>
    /// DER AuthEnvelopedData with one KEKRecipientInfo and a fresh content key and nonce. The length of the KEK decides the key wrap
    /// (RFC 3565), the cipher the content key. The tag is 16 bytes.
    /// </summary>
    /// <exception cref="ArgumentException">The KEK has neither 16 nor 32 bytes.</exception>
    public static byte[] Seal(
        ReadOnlySpan<byte> mimeEntity, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, SmimeCipher cipher, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (kek.Length is not (16 or 32))
        {
            throw new ArgumentException("A KEK has 16 or 32 bytes.", nameof(kek));
        }

        return AuthEnvelopedData.Compose(mimeEntity, kek, keyIdentifier, cipher, random);
    }

    /// <summary>A MIME entity "application/pkcs7-mime;smime-type=signed-data" (RFC 8591 section 4.1): SignedData with the certificate inside.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> mimeEntity, UeCertificate signer, DateTimeOffset signingTime)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return SignedData.Compose(SignedHeader, mimeEntity, signer, signingTime, includeCertificate: true);
    }

    /// <summary>Like <see cref="Sign"/> without the certificate, which the receiver must know (RFC 8591 section 7.1); some 450 bytes shorter.</summary>
    public static byte[] SignWithoutCertificate(ReadOnlySpan<byte> mimeEntity, UeCertificate signer, DateTimeOffset signingTime)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return SignedData.Compose(SignedHeader, mimeEntity, signer, signingTime, includeCertificate: false);
    }
}
