using System.Net;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

public sealed class ClusterNodeReaderTests
{
    private const string Store = "Host=db.lab;Database=uefarm;Username=uefarm";

    private const string Minimal = $$"""
        role: ue,core
        listen: 127.0.0.1:5060
        cluster:
          listen: 127.0.0.1:4053
          store: { postgres: "{{Store}}" }
        """;

    [Fact]
    public void A_minimal_node_starts_a_cluster_of_its_own()
    {
        var options = Valid(Minimal);

        Assert.Equal([ClusterRole.Ue, ClusterRole.Core], options.Roles.Order());
        Assert.Equal("ue,core", options.RoleNames);
        Assert.Equal((null, new IPEndPoint(IPAddress.Loopback, 5060)), (options.Domain, options.Listen));
        Assert.Equal((Store, null, false), (options.Store.Connection, options.Store.PasswordFile, options.Store.IsUnsafe));
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 4053), null, null), (options.Member.Listen, options.Member.AdvertiseHost, options.Member.Tls));
        Assert.Same(options.Roles, options.Member.Roles);
        Assert.Empty(options.Member.Seeds);
        Assert.Equal((null, null), (options.AdminListen, options.AdminToken));
    }

    [Fact]
    public void Every_key_can_be_written()
    {
        using var folder = new TemporaryFolder();
        var token = folder.File("token", "0123456789abcdef");
        var (password, certificate, key) = (folder.File("password", "secret"), folder.File("node.pfx", "x"), folder.File("key", "open sesame\n"));
        var options = Valid($$"""
            version: 1
            role: kms, as, conductor
            domain: lab.example
            listen: "[::1]:6060"
            cluster:
              listen: 0.0.0.0:4053
              advertise: node-1.lab
              seeds: [node-0.lab:4053, "[::1]:4054"]
              store: { postgres: "{{Store}}" }
              storePasswordFile: {{password}}
              storeUnsafe: on
              tls: { certificate: {{certificate}}, passwordFile: {{key}} }
            admin: { listen: 0.0.0.0:9464, tokenFile: {{token}} }
            """);

        Assert.Equal("as,kms,conductor", options.RoleNames);
        Assert.Equal(("lab.example", new IPEndPoint(IPAddress.IPv6Loopback, 6060)), (options.Domain, options.Listen));
        Assert.Equal((password, true), (options.Store.PasswordFile, options.Store.IsUnsafe));
        Assert.Equal("node-1.lab", options.Member.AdvertiseHost);
        Assert.Equal([new DnsEndPoint("node-0.lab", 4053), new DnsEndPoint("::1", 4054)], options.Member.Seeds);
        Assert.Equal(new ClusterTls(certificate, "open sesame"), options.Member.Tls);
        Assert.True(options.AdminToken!.IsIn("Bearer 0123456789abcdef"));
    }

    [Fact]
    public void The_role_as_is_of_a_cluster_where_a_section_cluster_is()
    {
        Assert.Equal("as", Valid(Minimal, "role=as").RoleNames);
        var alone = NodeReader.ReadText("role: as\ndomain: ims.example\nlisten: 127.0.0.1:5090\ncore: 127.0.0.1", "node.yaml", []);
        Assert.NotNull(alone.Options);
        Assert.Null(alone.Cluster);
    }

    [Theory]
    [InlineData("role=ue,pcscf", "role 'ue,pcscf' is not a list of roles")]
    [InlineData("role=ue,ue", "role 'ue,ue' has ue twice")]
    [InlineData("listen=0.0.0.0:5060", "listen '0.0.0.0:5060' is every address, so core, phones and application server would not find each other")]
    [InlineData("cluster.listen=0.0.0.0:4053", "cluster.listen '0.0.0.0:4053' is every address, which is none that other nodes can reach")]
    [InlineData("cluster.store=sqlite", "cluster.store 'sqlite' is not postgres")]
    [InlineData("cluster.store=\"postgres:Host=db;Password=x\"", "contains a password")]
    [InlineData("cluster.seeds=[node-0.lab]", "cluster.seeds[0] 'node-0.lab' is not a host with a port")]
    [InlineData("cluster.storePasswordFile=none.password", "cluster.storePasswordFile 'none.password' does not exist")]
    [InlineData("cluster.tls.certificate=none.pfx", "cluster.tls.certificate 'none.pfx' does not exist")]
    [InlineData("admin.listen=0.0.0.0:9464", "admin.listen '0.0.0.0:9464' can be reached from other machines, but there is no token")]
    [InlineData("core=127.0.0.1:5060", "core is not a known key")]
    [InlineData("applicationServer.expiry=7d", "applicationServer is not a known key")]
    public void Mistakes_are_named(string change, string problem) => Assert.Contains(problem, Assert.Single(Mistakes(Minimal, change)), StringComparison.Ordinal);

    [Fact]
    public void A_password_without_a_certificate_is_a_mistake()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("has no certificate beside it", Assert.Single(Mistakes(Minimal, $"cluster.tls.passwordFile={folder.File("key", "x")}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role: ue\nlisten: 127.0.0.1:0\n")]
    [InlineData("role: as\nlisten: 127.0.0.1:0\ncluster: {}\n")]
    public void What_a_cluster_needs_is_asked_for(string text)
    {
        var mistakes = Mistakes(text);
        Assert.Equal(2, mistakes.Count);
        Assert.Contains(mistakes, static mistake => mistake.Contains("cluster.listen is missing", StringComparison.Ordinal));
        Assert.Contains(mistakes, static mistake => mistake.Contains("cluster.store is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void The_shipped_example_and_schema_are_those_of_the_declarations()
    {
        Approved.Matches(NodeTemplate.Write(NodeRole.ClusterNode), "nodes", "cluster.yaml");
        Approved.Matches(ScenarioSchema.Write(ClusterNodeFormat.Document), "nodes", "cluster.schema.json");
        Assert.Equal("ue,core,as,kms,conductor", Valid(NodeTemplate.Write(NodeRole.ClusterNode)).RoleNames);
    }

    [Fact]
    public void The_example_and_every_default_and_sample_fit_the_schema() =>
        SchemaChecker.CheckDeclarations(ClusterNodeFormat.Document, NodeTemplate.Write(NodeRole.ClusterNode));

    private static ClusterNodeOptions Valid(string text, params string[] sets)
    {
        var result = NodeReader.ReadText(text, "node.yaml", [.. sets.Select(DocumentOverride.Set)]);
        Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format("node.yaml"))));
        return result.Cluster!;
    }

    private static List<string> Mistakes(string text, params string[] sets)
    {
        var result = NodeReader.ReadText(text, "node.yaml", [.. sets.Select(DocumentOverride.Set)]);
        Assert.False(result.IsValid);
        return [.. result.Errors.Select(error => error.Format("node.yaml"))];
    }
}
