namespace UeFarm.Actors.Cluster;

/// <summary>
/// Mutual TLS between nodes. The PKCS #12 file has the node's certificate with its key. Trusted are the authorities in the same file; with none, nothing but this
/// certificate, which all nodes then share. The machine's own authorities count for nothing here.
/// </summary>
public sealed record ClusterTls(string CertificateFile, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => CertificateFile;
}
