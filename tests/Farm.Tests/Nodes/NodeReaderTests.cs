using System.Net;
using UeFarm.Actors.Stores;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

public sealed class NodeReaderTests
{
    private const string Minimal = """
        role: as
        domain: ims.example
        listen: 127.0.0.1:5090
        core: 127.0.0.1:5060
        """;

    private const string Database = "Host=db.lab;Database=uefarm;Username=as";

    [Fact]
    public void A_minimal_file_has_the_defaults_of_a_scenario()
    {
        var options = Valid(Minimal);

        Assert.Equal(Samples.Scenario().ApplicationServer, options.Behavior);
        Assert.Equal(Samples.Scenario().Sip, options.Sip);
        Assert.Equal(("ims.example", "127.0.0.1:5090", "sip:127.0.0.1:5060", "mailboxes.db"),
            (options.Domain, options.Listen.ToString(), options.Core.ToString(), options.Store));
        Assert.Equal((false, null, null, null), (options.Udp, options.SentBy, options.AdminListen, options.AdminToken));
        Assert.Equal(Samples.Scenario().Target.Allow, options.Allow);
    }

    [Fact]
    public void Every_key_can_be_written()
    {
        using var folder = new TemporaryFolder();
        var token = folder.File("token", "0123456789abcdef\n");
        var options = Valid($$"""
            version: 1
            role: as
            domain: lab.example
            listen: "[::1]:6090"
            udp: on
            sentBy: as.lab.example:6090
            core: "sip:pcscf.lab:5070;transport=udp"
            store: /var/lib/uefarm/as.db
            allow: [10.0.0.0/8]
            applicationServer:
              order: arrival
              window: 3
              live: bypass
              settle: 2s
              expiry: 7d
              maxPerUe: 5
              maxBytesPerUe: 2MB
              maxStored: 50
              maxStoredBytes: 9MB
              store: sqlite
              holdTime: 3s
              drainDelay: 1s
              drainRate: 200/s
              drainRatePerUe: 4/s
            sip: { t1: 250ms, t2: 2s, t4: 3s }
            admin: { listen: 0.0.0.0:8090, tokenFile: {{token}} }
            """);

        Assert.Equal(new ApplicationServerOptions(
            DrainOrder.Arrival, 3, LiveMessages.Bypass, TimeSpan.FromSeconds(2), TimeSpan.FromDays(7), 5, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1))
        {
            MaxBytesPerUe = 2_000_000,
            MaxStored = 50,
            MaxStoredBytes = 9_000_000,
            Store = StorePlace.Sqlite,
            StorePasswordFile = null,
            StoreUnsafe = false,
            Presence = PresenceTrigger.ThirdPartyRegister,
            DrainRate = new Rate(200),
            DrainRatePerUe = new Rate(4),
            Groups = 4,
            Servers = 1,
            FirstShare = null,
        }, options.Behavior);
        Assert.Equal(new SipOptions(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), options.Sip);
        Assert.Equal(("lab.example", new IPEndPoint(IPAddress.IPv6Loopback, 6090), true, "as.lab.example:6090", "/var/lib/uefarm/as.db"),
            (options.Domain, options.Listen, options.Udp, options.SentBy, options.Store));
        Assert.Equal(new SipTarget(false, "pcscf.lab", 5070, SipTransportChoice.Udp), options.Core);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 8090), options.AdminListen);
        Assert.True(options.AdminToken!.IsIn("Bearer 0123456789abcdef"));
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8")], options.Allow);
    }

    [Fact]
    public void The_messages_of_a_node_in_PostgreSQL_are_there_to_last_and_its_limits_reach_the_server()
    {
        using var folder = new TemporaryFolder();
        var password = folder.File("password", "secret");
        var options = Valid($$"""
            {{Minimal}}
            applicationServer:
              store: { postgres: "{{Database}}" }
              storePasswordFile: {{password}}
              storeUnsafe: on
              maxPerUe: 5
              maxBytesPerUe: 2MB
              maxStored: 50
              maxStoredBytes: 9MB
              drainRate: 200/s
              drainRatePerUe: 4/s
            """);

        Assert.Equal("postgres:" + Database, options.Store);
        var settings = RunSettingsMapper.ApplicationServerOf(options.Behavior, isScratch: false);
        Assert.Equal(
            new PostgresMailboxStoreSettings { ConnectionString = Database, PasswordFile = password, AllowUnsafe = true, IsScratch = false },
            settings.Store);
        Assert.Equal((5, 2_000_000, 50, 9_000_000), (settings.MaxPerUe, settings.MaxBytesPerUe, settings.MaxStored, settings.MaxStoredBytes));
        Assert.Equal((200, 4), (settings.DrainRate, settings.DrainRatePerUe));
    }

    [Fact]
    public void A_file_and_a_database_are_one_too_many_unless_the_command_line_chooses()
    {
        var withFile = Minimal + "\nstore: as.db";
        var withDatabase = $"{Minimal}\napplicationServer: {{ store: {{ postgres: \"{Database}\" }} }}";
        var choice = $"applicationServer.store=\"postgres:{Database}\"";

        Assert.Contains("store 'other.db' and applicationServer.store both say where messages are stored",
            Assert.Single(Mistakes(Minimal, "store=other.db", choice)), StringComparison.Ordinal);
        Assert.Equal("other.db", Valid(withDatabase, "store=other.db").Store);
        Assert.Equal("postgres:" + Database, Valid(withFile, choice).Store);
    }

    [Fact]
    public void The_command_line_beats_the_file_and_both_are_checked_together()
    {
        Assert.Equal("other.db", Valid(Minimal, "store=other.db").Store);
        Assert.Equal(5, Valid(Minimal, "applicationServer.window=5").Behavior.Window);

        var mistakes = Mistakes(Minimal + "\nwindow: 3", "listen=nowhere", "applicationServer.live=sometimes");
        Assert.Equal(3, mistakes.Count);
        Assert.StartsWith("--set listen=nowhere: listen 'nowhere' is not an address with a port", mistakes[0], StringComparison.Ordinal);
        Assert.StartsWith("--set applicationServer.live=sometimes: applicationServer.live 'sometimes' is not one of the choices", mistakes[1], StringComparison.Ordinal);
        Assert.StartsWith("as.yaml:5:1: window is not a known key", mistakes[2], StringComparison.Ordinal);
        Assert.Contains("did you mean applicationServer.window?", mistakes[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ue")]
    [InlineData("as,core")]
    public void Other_roles_make_it_a_node_of_a_cluster(string role)
    {
        var mistakes = Mistakes(Minimal, $"role={role}");
        Assert.Contains(mistakes, static mistake => mistake.Contains("cluster.listen is missing", StringComparison.Ordinal));
        Assert.Contains(mistakes, static mistake => mistake.Contains("core is not a known key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("role=server", "is not a role")]
    [InlineData("listen=127.0.0.1", "is not an address with a port")]
    [InlineData("listen=5090", "is not an address with a port")]
    [InlineData("listen=10.1:5090", "is not an address with a port")]
    [InlineData("listen=localhost:5090", "is not an address with a port")]
    [InlineData("listen=127.0.0.1:65536", "has no port of 0 to 65535")]
    [InlineData("listen=0.0.0.0:5090", "is every address")]
    [InlineData("core=sips:core.lab", "asks for TLS")]
    [InlineData("core=embedded:x", "is not a SIP address")]
    [InlineData("core=core.lab;transport=udp", "is reached over UDP, which this node does not listen on")]
    [InlineData("admin.listen=0.0.0.0:8090", "can be reached from other machines, but there is no token")]
    [InlineData("admin.tokenFile=no-such-file", "does not exist")]
    [InlineData("allow=[]", "is empty")]
    [InlineData("applicationServer.holdTime=40s", "lets senders give up before the application server answers")]
    [InlineData("applicationServer.storeUnsafe=on", "has no meaning with store: sqlite")]
    [InlineData("applicationServer.store=oracle", "is neither sqlite nor postgres")]
    [InlineData("applicationServer.drainRate=fast", "is not")]
    [InlineData("applicationServer.servers=2", "is not a known key")]
    [InlineData("domain=not a domain", "is not a valid domain")]
    [InlineData("version=2", "is too large|is not")]
    public void Mistakes_are_named(string change, string problems)
    {
        var mistake = Assert.Single(Mistakes(Minimal, change));
        Assert.Contains(problems.Split('|'), problem => mistake.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("8090", "127.0.0.1:8090")]
    [InlineData("127.0.0.2:8090", "127.0.0.2:8090")]
    public void The_admin_endpoint_is_on_loopback_unless_told_otherwise(string text, string? address) =>
        Assert.Equal(address, Valid(Minimal, $"admin.listen={text}").AdminListen?.ToString());

    [Fact]
    public void The_shipped_example_is_valid_and_the_one_that_init_writes()
    {
        Approved.Matches(NodeTemplate.Write(), "nodes", "as.yaml");
        var options = Valid(NodeTemplate.Write());
        Assert.Equal(Valid(Minimal) with { Allow = [] }, options with { Allow = [] });
    }

    [Fact]
    public void The_shipped_schema_and_reference_are_those_of_the_declarations()
    {
        Approved.Matches(ScenarioSchema.Write(NodeFormat.Document), "nodes", "node.schema.json");
        Approved.Matches(NodeReference.Write(), "docs", "node.md");
    }

    [Fact]
    public void The_example_and_every_default_and_sample_fit_the_schema() =>
        SchemaChecker.CheckDeclarations(NodeFormat.Document, NodeTemplate.Write().Replace("# sentBy", "sentBy", StringComparison.Ordinal));

    private static NodeOptions Valid(string text, params string[] sets)
    {
        var result = NodeReader.ReadText(text, "as.yaml", [.. sets.Select(DocumentOverride.Set)]);
        Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format("as.yaml"))));
        return result.Options!;
    }

    private static List<string> Mistakes(string text, params string[] sets) =>
        [.. NodeReader.ReadText(text, "as.yaml", [.. sets.Select(DocumentOverride.Set)]).Errors.Select(error => error.Format("as.yaml"))];
}
