using System.Net;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>The node file of a cluster's node, declared like that of the application server by itself.</summary>
internal static class ClusterNodeFormat
{
    private const string PathAllowed = "a path, from the working directory";

    private static readonly List<ScenarioOption> All = [];

    public static readonly TypedScenarioOption<long> Version = Add(new TypedScenarioOption<long>("version", new IntegerKind(1, 1), "Version of the node file.")
    { DefaultTexts = ["1"] });

    public static readonly TypedScenarioOption<IReadOnlySet<ClusterRole>> Roles = Add(new TypedScenarioOption<IReadOnlySet<ClusterRole>>(
        "role", new RolesKind(), "What this node may be asked to do; as alone is the application server by itself unless a section cluster is there.")
    { IsRequired = true, Sample = "ue,core,as,kms,conductor" });

    public static readonly TypedScenarioOption<string> Domain = Add(new TypedScenarioOption<string>(
        "domain", ScenarioFormat.DomainName, "Scenarios for another domain are refused; without it, none is.")
    { Sample = "ims.example" });

    public static readonly TypedScenarioOption<IPEndPoint?> Listen = Add(new TypedScenarioOption<IPEndPoint?>(
        "listen", new EndPointKind(isOptional: false),
        "SIP: where the core listens while it is on this node. Phones and application server take free ports of the same address.")
    { IsRequired = true, Sample = "127.0.0.1:5060" });

    private static readonly ScenarioSection Cluster = new("cluster", "The node as a member of its cluster.");

    public static readonly TypedScenarioOption<IPEndPoint?> MemberListen = Add(new TypedScenarioOption<IPEndPoint?>(
        "cluster.listen", new EndPointKind(isOptional: false), "Where the node listens for the other nodes.")
    { IsRequired = true, Sample = "127.0.0.1:4053" });

    public static readonly TypedScenarioOption<string> Advertise = Add(new TypedScenarioOption<string>(
        "cluster.advertise", new TextKind("host", @"^([0-9A-Za-z._-]+|[0-9A-Fa-f:.]+)$", "a name or an address, without a port", "node-0.lab"),
        "What the other nodes call this one, with the port listened on; without it the address listened on.")
    { Sample = "node-0.lab" });

    public static readonly TypedScenarioOption<string> Store = Add(new TypedScenarioOption<string>(
        "cluster.store", new PostgresKind(),
        "The database that all nodes share: runs and journals in its schema (Search Path=, default uefarm), "
        + "the groups of mailboxes in others with _mailboxes_0 and so on behind the name.")
    { IsRequired = true, Sample = "postgres:Host=db.lab;Database=uefarm;Username=uefarm" });

    public static readonly TypedScenarioOption<string> StorePasswordFile = Add(new TypedScenarioOption<string>(
        "cluster.storePasswordFile", new TextKind("path", "^[^\\s].*$", PathAllowed, "postgres.password"),
        "A file with the password for PostgreSQL. Without it: PGPASSWORD, or a password file of libpq (PGPASSFILE, ~/.pgpass).")
    { Sample = "postgres.password" });

    public static readonly TypedScenarioOption<bool> StoreUnsafe = Add(new TypedScenarioOption<bool>(
        "cluster.storeUnsafe", new SwitchKind(),
        "Accept a PostgreSQL server with fsync, full_page_writes or synchronous_commit off: a crash can lose what was promised.")
    { DefaultTexts = ["off"] });

    public static readonly TypedScenarioOption<long> RunsKept = Add(new TypedScenarioOption<long>(
        "cluster.runsKept", new IntegerKind(1, 1_000_000),
        "So many runs that have ended stay in the database, with all facts about them; older ones are deleted when another has ended. As the node with the conductor says.")
    { DefaultTexts = ["10"] });

    public static readonly TypedScenarioOption<DnsEndPoint> Seeds = Add(new TypedScenarioOption<DnsEndPoint>(
        "cluster.seeds", new NodeAddressKind(),
        "Nodes to ask for the cluster, the same list in the same order everywhere. The first starts the cluster if no other has one. Empty: a cluster of this node alone.")
    { IsList = true, MaxItems = 100, Sample = "127.0.0.1:4053" });

    private static readonly ScenarioSection Tls = new("cluster.tls", "Mutual TLS between nodes; without it whoever reaches the port can do anything.");

    public static readonly TypedScenarioOption<string> Certificate = Add(new TypedScenarioOption<string>(
        "cluster.tls.certificate", new TextKind("path", "^[^\\s].*$", PathAllowed, "node.pfx"),
        "PKCS #12 file with the node's certificate, its key, and the authorities that are trusted; with none of these, only the same certificate.")
    { Sample = "node.pfx" });

    public static readonly TypedScenarioOption<string> CertificatePasswordFile = Add(new TypedScenarioOption<string>(
        "cluster.tls.passwordFile", new TextKind("path", "^[^\\s].*$", PathAllowed, "node.pfx.password"), "A file with the password of that one; without it an empty one.")
    { Sample = "node.pfx.password" });

    private static readonly ScenarioSection Admin = new("admin", "The admin endpoint: health, metrics and runs over HTTP.");

    public static DocumentFormat Document { get; } = new(
        "node file", "role: ue,core,as,kms,conductor", [.. All, NodeFormat.AdminListen, NodeFormat.AdminTokenFile], [Cluster, Tls, Admin])
    {
        Maker = "uefarm init --role ue FILE",
        HowToAdd = static option => $"give --set {option.Path}={option.Sample}, or write it into the file",
    };

    /// <summary>What says that a node file is of this format.</summary>
    public static bool IsOf(ScenarioNode.Mapping file) =>
        file.Find(Cluster.Path) is not null || (file.Find(Roles.Path) is ScenarioNode.Scalar role && role.Text != "as" && IsRoles(role.Text));

    public static bool IsRoles(string text) => ((RolesKind)Roles.Kind).TryRead(text, out _, out _);

    private static TypedScenarioOption<T> Add<T>(TypedScenarioOption<T> option)
    {
        All.Add(option);
        return option;
    }
}
