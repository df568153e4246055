using System.Formats.Asn1;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// A phone's P-256 key pair and X.509 certificate, whose subjectAltName URI is its SIP URI (RFC 8591 section 4.4.1). Belongs to one phone:
/// not safe for use by two threads at a time.
/// </summary>
public sealed class UeCertificate : IDisposable
{
    /// <summary>A DER signature with P-256: two integers of up to 33 bytes.</summary>
    internal const int MaxSignatureLength = 72;

    private readonly ECDsa _key;
    private readonly byte[] _der;
    private readonly Range _issuerName;
    private readonly Range _serialNumber;

    internal UeCertificate(string identity, byte[] der, ECDsa key)
    {
        Identity = identity;
        _der = der;
        _key = key;
        Locate(der, out _issuerName, out _serialNumber);
    }

    /// <summary>The SIP URI that the certificate names.</summary>
    public string Identity { get; }

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der => _der;

    /// <summary>DER of the issuer's name.</summary>
    internal ReadOnlySpan<byte> IssuerName => _der.AsSpan(_issuerName);

    /// <summary>DER of the serial number.</summary>
    internal ReadOnlySpan<byte> SerialNumber => _der.AsSpan(_serialNumber);

    /// <summary>A certificate and key from elsewhere.</summary>
    /// <param name="certificate">DER.</param>
    /// <param name="pkcs8PrivateKey">The private key as PKCS #8, not encrypted.</param>
    /// <exception cref="ArgumentException">The certificate has no URI or is not a certificate for P-256.</exception>
    /// <exception cref="CryptographicException">The key cannot be read.</exception>
    public static UeCertificate Import(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> pkcs8PrivateKey)
    {
        if (!SignerCertificate.TryParse(certificate, out var parsed) || parsed.Identity.Length == 0)
        {
            throw new ArgumentException("Not a P-256 certificate with a URI.", nameof(certificate));
        }

        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8PrivateKey, out _);
        return new UeCertificate(parsed.Identity, certificate.ToArray(), key);
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Signs the SHA-256 of the data; writes DER and returns its length.</summary>
    internal int Sign(ReadOnlySpan<byte> data, Span<byte> destination) =>
        _key.TrySignData(data, destination, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence, out var written)
            ? written
            : throw new ArgumentException("Too short for a signature.", nameof(destination));

    /// <summary>Finds two fields of TBSCertificate (RFC 5280 section 4.1): [0] version, serialNumber, signature, issuer.</summary>
    private static void Locate(ReadOnlySpan<byte> der, out Range issuerName, out Range serialNumber)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var position, out _, out _);
        AsnDecoder.ReadSequence(der[position..], AsnEncodingRules.DER, out var offset, out _, out _);
        position += offset;
        if (Asn1Tag.Decode(der[position..], out _).TagClass == TagClass.ContextSpecific)
        {
            position += LengthAt(der, position);
        }

        var serialLength = LengthAt(der, position);
        serialNumber = position..(position + serialLength);
        position += serialLength;
        position += LengthAt(der, position);
        issuerName = position..(position + LengthAt(der, position));
    }

    private static int LengthAt(ReadOnlySpan<byte> der, int position)
    {
        AsnDecoder.ReadEncodedValue(der[position..], AsnEncodingRules.DER, out _, out _, out var consumed);
        return consumed;
    }
}
