using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace UeFarm.Actors.Cluster;

/// <summary>The certificate of a node, and whom it trusts: see <see cref="ClusterTls"/>.</summary>
internal sealed class ClusterCertificate
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities = [];

    private ClusterCertificate(X509Certificate2Collection certificates, X509Certificate2 own)
    {
        _own = own;
        _authorities.AddRange(certificates.Where(certificate => certificate != own).ToArray());
    }

    /// <exception cref="ClusterFaultException">The file cannot be used.</exception>
    public static ClusterCertificate Load(ClusterTls tls)
    {
        const string Remedy = "give a PKCS #12 file (.pfx, .p12) with the node's certificate, its private key and the authority that issued it, and its password";
        X509Certificate2Collection certificates;
        try
        {
            certificates = X509CertificateLoader.LoadPkcs12CollectionFromFile(tls.CertificateFile, tls.Password, X509KeyStorageFlags.EphemeralKeySet);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterFaultException(new ClusterFault("certificate", tls.CertificateFile, $"cannot be read: {exception.Message}", Remedy), exception);
        }

        var own = certificates.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw new ClusterFaultException(new ClusterFault("certificate", tls.CertificateFile, "has no private key", Remedy));
        return DateTime.Now < own.NotAfter
            ? new ClusterCertificate(certificates, own)
            : throw new ClusterFaultException(new ClusterFault(
                "certificate", tls.CertificateFile, $"has expired at {own.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC", "renew it on all nodes"));
    }

    public DotNettySslSetup ToSetup() => new(_own, suppressValidation: false, requireMutualAuthentication: true, Accept);

    private bool Accept(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        if (certificate is not null && (_authorities.Count == 0 ? _own.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span) : IsIssued(certificate)))
        {
            return true;
        }

        log.Warning("{0} has no certificate that this node trusts: {1}", peer, certificate?.Subject ?? "none");
        return false;
    }

    private bool IsIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
