using System.Net;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// The node file, declared once like the scenario format; how the application server behaves and its SIP timers are the scenario format's own declarations.
/// The command line's options are names for some of these.
/// </summary>
internal static class NodeFormat
{
    private static readonly List<ScenarioOption> All = [];

    public static readonly TypedScenarioOption<long> Version = Add("version", new IntegerKind(1, 1), "1", "Version of the node file.");

    public static readonly TypedScenarioOption<NodeRole> Role =
        Add(new TypedScenarioOption<NodeRole>("role", new RoleKind(), "What this node is.") { IsRequired = true, Sample = "as" });

    public static readonly TypedScenarioOption<string> Domain = Add(new TypedScenarioOption<string>(
        "domain", ScenarioFormat.DomainName, "Home domain of the recipients; what is sent to others is answered 404.")
    { IsRequired = true, Sample = "ims.example" });

    public static readonly TypedScenarioOption<IPEndPoint?> Listen = Add(new TypedScenarioOption<IPEndPoint?>(
        "listen", new EndPointKind(isOptional: false), "Where the core reaches this node, over TCP.")
    { IsRequired = true, Sample = "127.0.0.1:5090" });

    public static readonly TypedScenarioOption<bool> Udp = Add("udp", new SwitchKind(), "off", "Listen on UDP as well, on the same port.");

    public static readonly TypedScenarioOption<string> SentBy = Add(new TypedScenarioOption<string>(
        "sentBy",
        new TextKind("host and port", @"^([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$", "HOST[:PORT]", "as.ims.example:5090"),
        "What stands in Via, where the address listened on is not the one to answer to; without it that address.")
    { Sample = "as.ims.example:5090" });

    public static readonly TypedScenarioOption<SipTarget> Core = Add(new TypedScenarioOption<SipTarget>(
        "core", new SipPeerKind(), "Where deliveries go: a proxy that knows the recipient's contact. Without a transport: TCP.")
    { IsRequired = true, Sample = "127.0.0.1:5060" });

    public static readonly TypedScenarioOption<string> Store = Add(
        "store", new TextKind("file name", "^[^\u0000-\u001f]+$", "a path, from the working directory", "mailboxes.db"), "mailboxes.db",
        "The SQLite file of the mailboxes; made when missing, used by one node at a time. Not used with applicationServer.store: { postgres: ... }.");

    public static readonly TypedScenarioOption<IPNetwork> Allow = Add(new TypedScenarioOption<IPNetwork>(
        "allow", new NetworkKind(),
        "The core's addresses: nothing is sent to others, and nothing is taken from others. Whoever is in it is believed about who is registered.")
    {
        IsList = true,
        MaxItems = 100,
        DefaultTexts = ["127.0.0.0/8", "::1"],
    });

    private static readonly ScenarioSection Admin = new("admin", "The admin endpoint: health, metrics and mailboxes over HTTP.");

    public static readonly TypedScenarioOption<IPEndPoint?> AdminListen = Add(
        "admin.listen", new EndPointKind(isOptional: true), "off", "Address of the admin endpoint. Beyond loopback only with a token.");

    public static readonly TypedScenarioOption<string> AdminTokenFile = Add(new TypedScenarioOption<string>(
        "admin.tokenFile", new TextKind("file name", "^[^\u0000-\u001f]+$", "a path, from the working directory", "admin.token"),
        "File with the bearer token that changing calls need; without it they are refused.")
    { Sample = "admin.token" });

    /// <summary>Keys of the scenario format that mean something else where no run begins anew and no scenario stands beside the file.</summary>
    private static readonly Dictionary<string, ScenarioOption> Redescribed = new ScenarioOption[]
    {
        new TypedScenarioOption<StorePlace>(
            ScenarioFormat.ServerStore.Path, new StoreKind(),
            "Where messages are stored: the SQLite file that store names at the top, or a schema in PostgreSQL (Search Path=, default uefarm) for this node "
            + "alone, which lasts. The database is no SIP peer: allow does not concern it.")
        { DefaultTexts = ["sqlite"] },
        new TypedScenarioOption<string>(
            ScenarioFormat.ServerStorePasswordFile.Path, new TextKind("path", "^[^\\s].*$", "a path, from the working directory", "postgres.password"),
            ScenarioFormat.ServerStorePasswordFile.Description)
        { Sample = "postgres.password" },
        new TypedScenarioOption<long>(
            ScenarioFormat.ServerMaxBytesPerUe.Path, (OptionKind<long>)ScenarioFormat.ServerMaxBytesPerUe.Kind, "Most stored bytes per phone (bodies).")
        { DefaultTexts = ScenarioFormat.ServerMaxBytesPerUe.DefaultTexts },
        new TypedScenarioOption<long>(
            ScenarioFormat.ServerMaxStored.Path, (OptionKind<long>)ScenarioFormat.ServerMaxStored.Kind,
            "Most stored messages of all phones together; what is beyond is answered 480.")
        { DefaultTexts = ScenarioFormat.ServerMaxStored.DefaultTexts },
        new TypedScenarioOption<long>(
            ScenarioFormat.ServerMaxStoredBytes.Path, (OptionKind<long>)ScenarioFormat.ServerMaxStoredBytes.Kind,
            "Most stored bytes of all phones together (bodies).")
        { DefaultTexts = ScenarioFormat.ServerMaxStoredBytes.DefaultTexts },
    }.ToDictionary(static option => option.Path, StringComparer.Ordinal);

    /// <summary>What the command line calls them; everything else is reached with --set.</summary>
    public static IReadOnlyList<(string Flag, ScenarioOption Option)> Flags { get; } =
    [
        ("--role", Role), ("--domain", Domain), ("--listen", Listen), ("--udp", Udp), ("--sent-by", SentBy), ("--core", Core), ("--store", Store),
        ("--allow", Allow), ("--admin", AdminListen), ("--admin-token-file", AdminTokenFile),
    ];

    public static DocumentFormat Document { get; } = new(
        "node file",
        "role: as",
        [.. All, .. ScenarioFormat.Options.Where(IsShared).Select(static option => Redescribed.GetValueOrDefault(option.Path, option))],
        [ScenarioFormat.ApplicationServer with { Description = "How messages are kept and delivered." }, ScenarioFormat.Sip, Admin])
    {
        Maker = "uefarm init --role as FILE",
        Choose = static file => ClusterNodeFormat.IsOf(file) ? ClusterNodeFormat.Document : Document!,
        HowToAdd = static option => Flags.FirstOrDefault(entry => entry.Option == option) is { Flag: { } flag }
            ? $"give {flag} {option.Sample}, or {option.Path}: {option.Sample} in the file"
            : $"add {option.Path}: {option.Sample}",
    };

    /// <summary>Several servers side by side are a thing of sizing, groups of mailboxes one of clusters.</summary>
    private static bool IsShared(ScenarioOption option) =>
        (option.Section == ScenarioFormat.ApplicationServer.Path
            && option != ScenarioFormat.ServerGroups && option != ScenarioFormat.ServerCount && option != ScenarioFormat.ServerFirstShare)
        || option.Section == ScenarioFormat.Sip.Path;

    private static TypedScenarioOption<T> Add<T>(string path, OptionKind<T> kind, string defaultText, string description) =>
        Add(new TypedScenarioOption<T>(path, kind, description) { DefaultTexts = [defaultText] });

    private static TypedScenarioOption<T> Add<T>(TypedScenarioOption<T> option)
    {
        All.Add(option);
        return option;
    }
}
