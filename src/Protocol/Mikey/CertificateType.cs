namespace UeFarm.Protocol.Mikey;

/// <summary>Cert type (RFC 3830 table 6.7.b).</summary>
internal enum CertificateType : byte
{
    X509 = 0,
    X509Url = 1,
    X509Sign = 2,
    X509Encrypt = 3,
}
