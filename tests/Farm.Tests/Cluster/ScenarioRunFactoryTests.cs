using System.Net;
using System.Security.Cryptography.X509Certificates;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using UeFarm.TestSupport;

namespace UeFarm.Farm.Tests.Cluster;

public sealed class ScenarioRunFactoryTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("scenarios", "cluster.yaml"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scenario_becomes_the_same_settings_on_every_node()
    {
        var (one, other) = (await Factory().CreateSettingsAsync(Text, ["seed=9"], Cancellation), await Factory().CreateSettingsAsync(Text, ["seed=9"], Cancellation));
        Assert.Equal((300, 9ul), (one.Phones, one.Seed));
        Assert.Equal(one.Kms.MasterSecret.ToArray(), other.Kms.MasterSecret.ToArray());
        Assert.Equal(one.ProfileOf(7).Psk.ToArray(), other.ProfileOf(7).Psk.ToArray());
    }

    [Fact]
    public async Task Every_node_has_the_same_authority_and_a_phone_the_same_key_on_each()
    {
        string[] signed = ["security.sign=ecdsa-p256", "seed=9"];
        var (one, other) = (await Factory().CreateSettingsAsync(Text, signed, Cancellation), await Factory().CreateSettingsAsync(Text, signed, Cancellation));
        var stranger = await Factory().CreateSettingsAsync(Text, ["security.sign=ecdsa-p256", "seed=10"], Cancellation);
        var now = TimeProvider.System.GetUtcNow();
        using var here = one.Ue.Trust!.Issue(one.AddressOf(7), now);
        using var there = other.Ue.Trust!.Issue(one.AddressOf(7), now);
        Assert.Equal(KeyOf(here), KeyOf(there));
        Assert.True(one.Ue.Trust.TryAddKnown(there.Der.Span, now));
        Assert.True(other.Ue.Trust.TryAddKnown(here.Der.Span, now));
        Assert.False(stranger.Ue.Trust!.TryAddKnown(here.Der.Span, now));
    }

    [Theory]
    [InlineData("clock=virtual", "clock: 'virtual' is the time of one process")]
    [InlineData("applicationServer.store=\"postgres:Host=db\"", "applicationServer.store: is said by the nodes")]
    [InlineData("metrics.port=9000", "metrics.port: '9000' is a port of one process")]
    [InlineData("page.listen=8080", "page.listen: '127.0.0.1:8080' is an address of one process")]
    [InlineData("thresholds[0]=store.growth < 10%", "thresholds: 'store.growth < 10%' is about a file of one process")]
    [InlineData("target.domain=other.example", "target.domain: 'other.example' is not the domain of this cluster (ims.example)")]
    [InlineData("limits.maxUes=10", "300 phones are more than limits.maxUes (10)")]
    [InlineData("target.allow=[10.0.0.0/8]", "the embedded core listens on 127.0.0.1, which is not allowed")]
    [InlineData("seed=x", "seed 'x'")]
    public async Task What_a_cluster_cannot_play_is_refused_with_the_key(string change, string problem)
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Factory().CreateSettingsAsync(Text, [change], Cancellation));
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.Contains("remedy:  ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_core_and_a_server_of_somebody_else_are_played_with()
    {
        var settings = await Factory().CreateSettingsAsync(Text, ["target.core=sip:127.0.0.1:5060", "target.as=external"], Cancellation);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5060), settings.ExternalCore);
        Assert.False(settings.HasApplicationServer);

        const string Target = "target={ domain: ims.example, as: \"sip:127.0.0.1:5090;transport=udp\", listen: 127.0.0.1:5060 }";
        settings = await Factory().CreateSettingsAsync(Text, [Target], Cancellation);
        Assert.Equal(new SipHop(SipTransportKind.Udp, new IPEndPoint(IPAddress.Loopback, 5090), 0), settings.ExternalApplicationServer);
        Assert.False(settings.HasApplicationServer);
    }

    [Fact]
    public async Task Nodes_take_secrets_from_a_file_only_if_the_scenario_says_which()
    {
        using var folder = new TemporaryFolder();
        var rows = string.Concat(Enumerable.Range(0, 300).Select(static index => $"sip:ue{index}@ims.example,ue{index}@ims.example,s\n"));
        var path = folder.File("subscribers.csv", "impu,impi,password\n" + rows);
        string[] overrides = ["subscribers.auth.scheme=md5", $"subscribers.auth.secretsFrom=file:{path}"];
        var read = ScenarioReader.ReadFile(Repository.PathOf("scenarios", "cluster.yaml"), overrides);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Factory().CreateSettingsAsync(Text, overrides, Cancellation));
        Assert.Contains($"subscribers.auth.fileHash: is missing", failure.Message, StringComparison.Ordinal);
        var submission = ScenarioSubmission.Of(read, isHere: true);
        Assert.Contains($"subscribers.auth.secretsFrom=file:{path}", submission.Overrides);
        Assert.Equal("sip:ue7@ims.example", (await Factory().CreateSettingsAsync(Text, submission.Overrides, Cancellation)).AddressOf(7));

        folder.File("subscribers.csv", "impu,impi,password\n" + rows.Replace(",s", ",t", StringComparison.Ordinal));
        failure = await Assert.ThrowsAsync<InvalidDataException>(() => Factory().CreateSettingsAsync(Text, submission.Overrides, Cancellation));
        Assert.Contains("put the same file there, on each node", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused()
    {
        var text = Text + "#" + new string('x', ClusterScenarioRules.LongestText);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Factory().CreateSettingsAsync(text, [], Cancellation));
        Assert.Contains("longer than 512 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mailboxes_are_beside_the_runs_and_only_the_first_server_empties_them()
    {
        var store = new ClusterStore("Host=db.lab;Search Path=lab", "p", IsUnsafe: true);
        var (first, second) = (store.MailboxesOf(3, isFirst: true), store.MailboxesOf(3, isFirst: false));
        Assert.Contains("Search Path=lab_mailboxes_3", first.ConnectionString, StringComparison.Ordinal);
        Assert.Equal((true, false, "p", true), (first.IsScratch, first.IsContinued, first.PasswordFile, first.AllowUnsafe));
        Assert.Equal(first with { IsContinued = true }, second);
        Assert.Contains("Search Path=uefarm_mailboxes_0", new ClusterStore("Host=db.lab", null, false).MailboxesOf(0, true).ConnectionString, StringComparison.Ordinal);
    }

    private static byte[] KeyOf(UeCertificate certificate)
    {
        using var parsed = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
        return parsed.PublicKey.ExportSubjectPublicKeyInfo();
    }

    private static ScenarioRunFactory Factory() => new(
        new MemoryRunRegister(), new ClusterStore("Host=db.lab", null, false), "ims.example", new IPEndPoint(IPAddress.Loopback, 0), "results");
}
