using System.Formats.Asn1;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// Composes and verifies SignedData (RFC 5652 section 5) in the profile of RFC 8591 section 4.1: SHA-256, ECDSA P-256, encapsulated
/// id-data, signed attributes. What we compose has one layout; what we receive may have many and is read by
/// <see cref="SignedDataParts"/>. Both are on the path of every message and use the platform's ASN.1 and ECDSA: BouncyCastle's
/// objects and arithmetic cost a multiple.
/// </summary>
internal static class SignedData
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    [ThreadStatic]
    private static AsnWriter? _writer;

    [ThreadStatic]
    private static AsnWriter? _attributes;

    /// <summary>The prefix followed by the DER of the ContentInfo, in one array.</summary>
    public static byte[] Compose(
        ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> content, UeCertificate signer, DateTimeOffset signingTime, bool includeCertificate)
    {
        // RFC 5652 section 5.4: the signature covers the attributes as a SET OF; in the message the same bytes carry the tag [0].
        var attributes = _attributes ??= new AsnWriter(AsnEncodingRules.DER, 256);
        WriteAttributes(attributes, content, signingTime);
        Span<byte> signed = stackalloc byte[256];
        signed = signed[..attributes.Encode(signed)];
        Span<byte> signature = stackalloc byte[UeCertificate.MaxSignatureLength];
        signature = signature[..signer.Sign(signed, signature)];
        signed[0] = 0xA0;

        var writer = _writer ??= new AsnWriter(AsnEncodingRules.DER, 2048);
        writer.Reset();
        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.SignedData);
        writer.PushSequence(Context0);
        writer.PushSequence();
        writer.WriteInteger(1);
        writer.PushSetOf();
        WriteAlgorithm(writer, CmsIdentifiers.Sha256);
        writer.PopSetOf();

        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.Data);
        writer.PushSequence(Context0);
        writer.WriteOctetString(content);
        writer.PopSequence(Context0);
        writer.PopSequence();
        if (includeCertificate)
        {
            writer.PushSetOf(Context0);
            writer.WriteEncodedValue(signer.Der.Span);
            writer.PopSetOf(Context0);
        }

        writer.PushSetOf();
        writer.PushSequence();
        writer.WriteInteger(1);
        writer.PushSequence();
        writer.WriteEncodedValue(signer.IssuerName);
        writer.WriteEncodedValue(signer.SerialNumber);
        writer.PopSequence();
        WriteAlgorithm(writer, CmsIdentifiers.Sha256);
        writer.WriteEncodedValue(signed);
        WriteAlgorithm(writer, CmsIdentifiers.EcdsaWithSha256);
        writer.WriteOctetString(signature);
        writer.PopSequence();
        writer.PopSetOf();

        writer.PopSequence();
        writer.PopSequence(Context0);
        writer.PopSequence();
        var result = new byte[prefix.Length + writer.GetEncodedLength()];
        prefix.CopyTo(result);
        writer.Encode(result.AsSpan(prefix.Length));
        return result;
    }

    /// <summary>Verifies the inside of a SignedData SEQUENCE whose bounds are checked, down to the authority's certificate.</summary>
    public static bool TryVerify(
        BerCursor signedData, UeCertificateAuthority? trust, DateTimeOffset utcNow, out byte[] content, out string identity, out SmimeFault fault)
    {
        content = [];
        identity = string.Empty;
        if (trust is null)
        {
            fault = SmimeFault.UntrustedCertificate;
            return false;
        }

        if (!SignedDataParts.TryRead(signedData, out var parts, out fault))
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(parts.Content, digest);
        if (!digest.SequenceEqual(parts.MessageDigest))
        {
            fault = SmimeFault.BadSignature;
            return false;
        }

        if (!trust.TryFindSigner(parts, utcNow, out var signer))
        {
            fault = SmimeFault.UntrustedCertificate;
            return false;
        }

        if (!signer.Verify(parts.SignedAttributes, parts.Signature))
        {
            fault = SmimeFault.BadSignature;
            return false;
        }

        content = parts.Content.ToArray();
        identity = signer.Identity;
        return true;
    }

    private static void WriteAttributes(AsnWriter writer, ReadOnlySpan<byte> content, DateTimeOffset signingTime)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        writer.Reset();
        writer.PushSetOf();

        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.ContentTypeAttribute);
        writer.PushSetOf();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.Data);
        writer.PopSetOf();
        writer.PopSequence();

        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.SigningTimeAttribute);
        writer.PushSetOf();
        // RFC 5652 section 11.3: UTCTime up to 2049, GeneralizedTime without fractions after.
        if (signingTime.UtcDateTime.Year is >= 1950 and < 2050)
        {
            writer.WriteUtcTime(signingTime, 2049);
        }
        else
        {
            writer.WriteGeneralizedTime(signingTime, omitFractionalSeconds: true);
        }

        writer.PopSetOf();
        writer.PopSequence();

        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, CmsIdentifiers.MessageDigestAttribute);
        writer.PushSetOf();
        writer.WriteOctetString(digest);
        writer.PopSetOf();
        writer.PopSequence();

        writer.PopSetOf();
    }

    private static void WriteAlgorithm(AsnWriter writer, ReadOnlySpan<byte> identifier)
    {
        writer.PushSequence();
        AuthEnvelopedData.WriteIdentifier(writer, identifier);
        writer.PopSequence();
    }
}
