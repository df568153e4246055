using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class ClusterTlsTests : IAsyncDisposable
{
    private const string Password = "of the test";

    private static readonly ClusterTiming Short = TestCluster.Timing with { JoinTimeout = TimeSpan.FromSeconds(3) };
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TestCluster _cluster = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-tls-");
    private readonly X509Certificate2 _authority = MakeAuthority("CN=farm");

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_join_and_others_do_not()
    {
        var first = await _cluster.StartAsync(_cluster.Settings(ClusterRole.Ue) with { Tls = Issue("first", _authority) });
        await _cluster.StartAsync(_cluster.Settings(ClusterRole.Ue) with { Tls = Issue("second", _authority) });
        Assert.Equal(2, first.Cluster.State.Members.Count);

        using var foreign = MakeAuthority("CN=farm");
        foreach (var stranger in (ClusterTls?[])[Issue("stranger", foreign), null])
        {
            var settings = _cluster.Settings(ClusterRole.Ue) with { Tls = stranger, Timing = Short };
            var fault = (await Assert.ThrowsAsync<ClusterFaultException>(
                () => ClusterNode.StartAsync(settings, new RecordingObserver(), TestContext.Current.CancellationToken))).Fault;
            Assert.Equal("seeds", fault.Place);
            Assert.Contains($"{first.Address} can be connected to but does not answer", fault.Problem);
        }

        Assert.Equal(2, first.Cluster.State.Members.Count);
    }

    [Fact]
    public async Task One_certificate_without_an_authority_can_be_shared()
    {
        var path = Path.Combine(_folder.FullName, "shared.pfx");
        await File.WriteAllBytesAsync(path, _authority.Export(X509ContentType.Pfx, Password), TestContext.Current.CancellationToken);
        var first = await _cluster.StartAsync(_cluster.Settings(ClusterRole.Ue) with { Tls = new ClusterTls(path, Password) });
        await _cluster.StartAsync(_cluster.Settings(ClusterRole.Ue) with { Tls = new ClusterTls(path, Password) });
        Assert.Equal(2, first.Cluster.State.Members.Count);
    }

    [Theory]
    [InlineData("wrong password", "cannot be read")]
    [InlineData("no file", "cannot be read")]
    [InlineData("no key", "has no private key")]
    [InlineData("expired", "has expired")]
    public async Task A_certificate_that_cannot_be_used_is_named(string kind, string problem)
    {
        var tls = kind switch
        {
            "wrong password" => Issue("node", _authority) with { Password = "another" },
            "no file" => new ClusterTls(Path.Combine(_folder.FullName, "none.pfx"), Password),
            "no key" => WriteWithoutKey(),
            _ => Issue("node", _authority, Now.AddMinutes(-1)),
        };
        var fault = (await Assert.ThrowsAsync<ClusterFaultException>(() => ClusterNode.StartAsync(
            _cluster.Settings(ClusterRole.Ue) with { Tls = tls }, new RecordingObserver(), TestContext.Current.CancellationToken))).Fault;
        Assert.Equal(("certificate", tls.CertificateFile), (fault.Place, fault.Value));
        Assert.Contains(problem, fault.Problem);
        Assert.DoesNotContain(tls.Password, fault + tls.ToString());
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private ClusterTls Issue(string name, X509Certificate2 authority, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, Now.AddHours(-1), until ?? Now.AddHours(1), [1, .. RandomNumberGenerator.GetBytes(8)]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        using var withoutKey = X509CertificateLoader.LoadCertificate(authority.RawData);
        return Write(name, withKey, withoutKey);
    }

    private ClusterTls WriteWithoutKey()
    {
        using var withoutKey = X509CertificateLoader.LoadCertificate(_authority.RawData);
        return Write("keyless", withoutKey);
    }

    private ClusterTls Write(string name, params X509Certificate2[] certificates)
    {
        var path = Path.Combine(_folder.FullName, $"{name}-{Guid.NewGuid():N}.pfx");
        File.WriteAllBytes(path, new X509Certificate2Collection(certificates).Export(X509ContentType.Pfx, Password)!);
        return new ClusterTls(path, Password);
    }
}
