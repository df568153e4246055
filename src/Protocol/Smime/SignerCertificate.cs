using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;

namespace UeFarm.Protocol.Smime;

/// <summary>A certificate read for verification. Immutable apart from its key handle, which is used under a lock; any thread may use it.</summary>
internal sealed class SignerCertificate
{
    private readonly ECDsa _publicKey;

    private SignerCertificate(ECDsa publicKey) => _publicKey = publicKey;

    /// <summary>The first SIP, SIPS or other URI of subjectAltName; empty when there is none.</summary>
    public required string Identity { get; init; }

    public required byte[] IssuerName { get; init; }

    public required byte[] SubjectName { get; init; }

    public required byte[] IssuerAndSerialNumber { get; init; }

    public byte[]? SubjectKeyIdentifier { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required bool IsAuthority { get; init; }

    /// <summary>False when KeyUsage is present without digitalSignature, or an unknown extension is critical.</summary>
    public required bool MaySign { get; init; }

    /// <summary>The bytes that the issuer signed, as received.</summary>
    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Reads a version 3 certificate with a P-256 key, signed with ECDSA and SHA-256; verifies nothing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> der, [NotNullWhen(true)] out SignerCertificate? certificate)
    {
        certificate = null;
        if (der.Length > SmimeLimits.MaxCertificateBytes || !BerCursor.TryCheckBounds(der, out _))
        {
            return false;
        }

        try
        {
            certificate = Read(der);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or InvalidOperationException or InvalidCastException or FormatException
            or IndexOutOfRangeException or NullReferenceException or ArithmeticException or CryptographicException)
        {
            // BouncyCastle and the key import report malformed fields by exceptions of these types.
            return false;
        }

        return certificate is not null;
    }

    public bool IsValidAt(DateTimeOffset utcNow) => NotBefore <= utcNow && utcNow <= NotAfter;

    /// <summary>Whether this certificate's key signed the data.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_publicKey)
        {
            return _publicKey.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    /// <summary>Frees the key handle at once, for a certificate that turned out not to be trusted.</summary>
    public void ReleaseKey() => _publicKey.Dispose();

    public bool IsNamedBy(in SignedDataParts parts) =>
        parts.IsNamedByKey
            ? SubjectKeyIdentifier is { } identifier && identifier.AsSpan().SequenceEqual(parts.SignerName)
            : IssuerAndSerialNumber.AsSpan().SequenceEqual(parts.SignerName);

    private static SignerCertificate? Read(ReadOnlySpan<byte> der)
    {
        var outer = new BerCursor(der);
        if (!outer.TryEnter(Asn1Tag.Sequence, out var fields) || !fields.TryReadAny(out _, out _, out var signed))
        {
            return null;
        }

        var structure = X509CertificateStructure.GetInstance(Asn1Object.FromByteArray(der.ToArray()));
        var tbs = structure.TbsCertificate;
        var keyInfo = structure.SubjectPublicKeyInfo;
        // RFC 5280 section 4.1.1.2: the algorithm stands inside and outside of what is signed and must be the same.
        if (structure.Version != 3
            || !X9ObjectIdentifiers.ECDsaWithSha256.Equals(structure.SignatureAlgorithm.Algorithm)
            || !X9ObjectIdentifiers.ECDsaWithSha256.Equals(tbs.Signature.Algorithm)
            || !X9ObjectIdentifiers.IdECPublicKey.Equals(keyInfo.Algorithm.Algorithm)
            || !X9ObjectIdentifiers.Prime256v1.Equals(keyInfo.Algorithm.Parameters))
        {
            return null;
        }

        var extensions = tbs.Extensions;
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(keyInfo.GetDerEncoded(), out _);
        return new SignerCertificate(key)
        {
            Identity = ReadIdentity(extensions),
            IssuerName = structure.Issuer.GetDerEncoded(),
            SubjectName = structure.Subject.GetDerEncoded(),
            IssuerAndSerialNumber = new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(structure.Issuer, structure.SerialNumber).GetDerEncoded(),
            SubjectKeyIdentifier = extensions is null ? null : Org.BouncyCastle.Asn1.X509.SubjectKeyIdentifier.FromExtensions(extensions)?.GetKeyIdentifier(),
            NotBefore = new DateTimeOffset(structure.StartDate.ToDateTime().ToUniversalTime()),
            NotAfter = new DateTimeOffset(structure.EndDate.ToDateTime().ToUniversalTime()),
            IsAuthority = extensions is not null && BasicConstraints.FromExtensions(extensions)?.IsCA() == true,
            MaySign = MaySignWith(extensions),
            Signed = signed.ToArray(),
            Signature = structure.GetSignatureOctets(),
        };
    }

    private static string ReadIdentity(X509Extensions? extensions)
    {
        if (extensions is not null && GeneralNames.FromExtensions(extensions, X509Extensions.SubjectAlternativeName) is { } names)
        {
            foreach (var name in names.GetNames())
            {
                if (name.TagNo == GeneralName.UniformResourceIdentifier)
                {
                    return DerIA5String.GetInstance(name.Name).GetString();
                }
            }
        }

        return string.Empty;
    }

    private static bool MaySignWith(X509Extensions? extensions)
    {
        if (extensions is null)
        {
            return true;
        }

        foreach (var identifier in extensions.ExtensionOids)
        {
            var isKnown = identifier.Equals(X509Extensions.KeyUsage) || identifier.Equals(X509Extensions.BasicConstraints)
                || identifier.Equals(X509Extensions.SubjectAlternativeName) || identifier.Equals(X509Extensions.ExtendedKeyUsage);
            if (extensions.GetExtension(identifier).IsCritical && !isKnown)
            {
                return false;
            }
        }

        return KeyUsage.FromExtensions(extensions) is not { } usage || (usage.IntValue & KeyUsage.DigitalSignature) != 0;
    }
}
