using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// The test CA of a run: issues phone certificates and decides whether a signer is trusted. The chain is one step long: the signer's
/// certificate is issued by this authority. Certificates that have verified once are remembered (bounded), so that a message
/// costs one signature verification. Any thread may use it.
/// </summary>
public sealed class UeCertificateAuthority : IDisposable
{
    private const int ShortestSecret = 16;

    /// <summary>No phone is called so: a SIP URI has a colon.</summary>
    private const string AuthorityOwner = "authority";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Backdating = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly ECDsa? _key;

    /// <summary>What the phones' keys are derived from; empty: each is a fresh one.</summary>
    private readonly byte[] _secret;
    private readonly byte[] _der;
    private readonly SignerCertificate _certificate;
    private readonly X500DistinguishedName _name;
    private readonly Dictionary<CertificateKey, SignerCertificate> _verified = [];
    private readonly Queue<CertificateKey> _verifiedOrder = [];
    private readonly Dictionary<CertificateKey, SignerCertificate> _known = [];

    private UeCertificateAuthority(ReadOnlySpan<byte> certificate, ECDsa? key, ReadOnlySpan<byte> secret)
    {
        if (!SignerCertificate.TryParse(certificate, out var parsed))
        {
            throw new ArgumentException("Not a P-256 certificate.", nameof(certificate));
        }

        _der = certificate.ToArray();
        _certificate = parsed;
        _name = new X500DistinguishedName(parsed.SubjectName);
        _key = key;
        _secret = secret.ToArray();
    }

    /// <summary>The authority's own certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der => _der;

    /// <summary>A new authority with a fresh P-256 key, valid for ten years. The name becomes its common name.</summary>
    public static UeCertificateAuthority Create(string name, DateTimeOffset utcNow)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SelfSigned(name, ECDsa.Create(ECCurve.NamedCurves.nistP256), [], utcNow);
    }

    /// <summary>
    /// The authority of a secret: wherever it is made it has the same key, and gives a phone the same one. Its certificates differ, and all of them are trusted by each.
    /// </summary>
    public static UeCertificateAuthority Derive(string name, ReadOnlySpan<byte> secret, DateTimeOffset utcNow)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, ShortestSecret, nameof(secret));
        return SelfSigned(name, DerivedSigningKey.Derive(secret, AuthorityOwner), secret, utcNow);
    }

    /// <summary>An authority that only verifies, for example that of an operator.</summary>
    /// <exception cref="ArgumentException">The certificate cannot be used.</exception>
    public static UeCertificateAuthority TrustOnly(ReadOnlySpan<byte> certificate) => new(certificate, null, []);

    /// <summary>The private key as PKCS #8, not encrypted.</summary>
    /// <exception cref="InvalidOperationException">The authority only verifies.</exception>
    public byte[] ExportPrivateKey() => Key().ExportPkcs8PrivateKey();

    /// <summary>Issues a certificate with a P-256 key of its own, valid from a day ago, for phones whose clock is behind, until the authority's own end.</summary>
    /// <exception cref="InvalidOperationException">The authority only verifies.</exception>
    public UeCertificate Issue(string sipUri, DateTimeOffset utcNow)
    {
        ArgumentException.ThrowIfNullOrEmpty(sipUri);
        var issuerKey = Key();
        var key = _secret.Length == 0 ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : DerivedSigningKey.Derive(_secret, sipUri);
        var request = new CertificateRequest(new X500DistinguishedName(EmptyName), key, HashAlgorithmName.SHA256);
        // RFC 5280 section 4.2.1.6: with an empty subject the alternative name is critical. The URI is written as it is, not as the platform's Uri would.
        request.CertificateExtensions.Add(SubjectAlternativeName(sipUri));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var notBefore = utcNow - Backdating;
        notBefore = notBefore < _certificate.NotBefore ? _certificate.NotBefore : notBefore;
        Span<byte> serial = stackalloc byte[16];
        SystemRandomSource.Instance.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        byte[] der;
        lock (_lock)
        {
            using var certificate = request.Create(_name, X509SignatureGenerator.CreateForECDsa(issuerKey), notBefore, _certificate.NotAfter, serial);
            der = certificate.RawData;
        }

        return new UeCertificate(sipUri, der, key);
    }

    /// <summary>
    /// Makes a certificate known that messages leave out (RFC 8591 section 7.1). False when it is not issued by this authority or not valid now.
    /// Meant for certificates from the configuration: there is no bound on their number.
    /// </summary>
    public bool TryAddKnown(ReadOnlySpan<byte> certificate, DateTimeOffset utcNow)
    {
        var key = CertificateKey.Of(certificate);
        if (!TryRecall(key, out var verified)
            && !(SignerCertificate.TryParse(certificate, out verified) && TryAccept(key, certificate, verified)))
        {
            return false;
        }

        if (!IsTrustedAt(verified, utcNow))
        {
            return false;
        }

        lock (_lock)
        {
            _known[CertificateKey.Of(verified.IssuerAndSerialNumber)] = verified;
            if (verified.SubjectKeyIdentifier is { } identifier)
            {
                _known[CertificateKey.Of(identifier)] = verified;
            }
        }

        return true;
    }

    public void Dispose()
    {
        _key?.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>The trusted certificate of the signer: from inside the message, else from those known.</summary>
    internal bool TryFindSigner(in SignedDataParts parts, DateTimeOffset utcNow, [NotNullWhen(true)] out SignerCertificate? signer)
    {
        var certificates = parts.Certificates;
        for (var count = 0; count < SmimeLimits.MaxCertificates && SignedDataParts.TryReadCertificate(ref certificates, out var der);)
        {
            // Other choices than an X.509 certificate are tagged and cannot be the signer's.
            if (der.IsEmpty)
            {
                continue;
            }

            count++;
            if (TryGetSigner(der, parts, out signer))
            {
                return IsTrustedAt(signer, utcNow);
            }
        }

        lock (_lock)
        {
            return _known.TryGetValue(CertificateKey.Of(parts.SignerName), out signer) && signer.IsNamedBy(parts) && IsTrustedAt(signer, utcNow);
        }
    }

    private static UeCertificateAuthority SelfSigned(string name, ECDsa key, ReadOnlySpan<byte> secret, DateTimeOffset utcNow)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(utcNow - Backdating, utcNow + Lifetime);
        return new UeCertificateAuthority(certificate.RawData, key, secret);
    }

    private static ReadOnlySpan<byte> EmptyName => [0x30, 0x00];

    private static X509Extension SubjectAlternativeName(string uri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.PushSequence();
        writer.WriteCharacterString(
            UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        writer.PopSequence();
        return new X509Extension("2.5.29.17", writer.Encode(), critical: true);
    }

    /// <summary>Only the certificate that the parts name is of interest; others cost no verification.</summary>
    private bool TryGetSigner(ReadOnlySpan<byte> der, in SignedDataParts parts, [NotNullWhen(true)] out SignerCertificate? certificate)
    {
        var key = CertificateKey.Of(der);
        if (TryRecall(key, out certificate))
        {
            return certificate.IsNamedBy(parts);
        }

        if (!SignerCertificate.TryParse(der, out certificate))
        {
            return false;
        }

        if (!certificate.IsNamedBy(parts))
        {
            certificate.ReleaseKey();
            return false;
        }

        return TryAccept(key, der, certificate);
    }

    private bool TryRecall(in CertificateKey key, [NotNullWhen(true)] out SignerCertificate? certificate)
    {
        lock (_lock)
        {
            return _verified.TryGetValue(key, out certificate);
        }
    }

    /// <summary>Remembers a certificate that this authority issued, or its own; frees any other.</summary>
    private bool TryAccept(in CertificateKey key, ReadOnlySpan<byte> der, SignerCertificate certificate)
    {
        if (!der.SequenceEqual(_der) && !IsIssuedHere(certificate))
        {
            certificate.ReleaseKey();
            return false;
        }

        lock (_lock)
        {
            if (_verified.TryAdd(key, certificate))
            {
                _verifiedOrder.Enqueue(key);
                if (_verifiedOrder.Count > SmimeLimits.MaxVerifiedCertificates)
                {
                    _verified.Remove(_verifiedOrder.Dequeue());
                }
            }
        }

        return true;
    }

    private bool IsIssuedHere(SignerCertificate certificate) =>
        !certificate.IsAuthority && certificate.MaySign && certificate.Identity.Length > 0
        && certificate.IssuerName.AsSpan().SequenceEqual(_certificate.SubjectName)
        && _certificate.Verify(certificate.Signed, certificate.Signature);

    private bool IsTrustedAt(SignerCertificate certificate, DateTimeOffset utcNow) =>
        certificate.Identity.Length > 0 && certificate.MaySign && certificate.IsValidAt(utcNow) && _certificate.IsValidAt(utcNow);

    private ECDsa Key() => _key ?? throw new InvalidOperationException("This authority only verifies.");

    /// <summary>SHA-256 of what identifies a certificate.</summary>
    private readonly record struct CertificateKey(ulong A, ulong B, ulong C, ulong D)
    {
        public static CertificateKey Of(ReadOnlySpan<byte> bytes)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            return new CertificateKey(
                BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]), BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]));
        }
    }
}
