using System.Net;
using UeFarm.Farm.Thresholds;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// The scenario format, declared once: every option with its kind, default, description and range. Reading, the JSON Schema, the
/// reference in <c>docs/scenario.md</c> and <c>init</c> are made from these declarations.
/// </summary>
internal static class ScenarioFormat
{
    public static readonly TextKind DomainName =
        new("domain", @"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$", "a domain name", "ims.example");

    private const string EmptyFileHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly List<ScenarioOption> All = [];
    private static readonly List<ScenarioSection> Groups = [];

    public static readonly TypedScenarioOption<long> Version =
        Add(new TypedScenarioOption<long>("version", new IntegerKind(1, 1), "Version of the scenario format.") { IsRequired = true, Sample = "1" });

    public static readonly TypedScenarioOption<string> Name = Add(new TypedScenarioOption<string>(
        "name", new TextKind("name", "^[a-z0-9][a-z0-9-]{0,62}$", "1 to 63 lower-case letters, digits and hyphens", "reconnect-storm"),
        "Name of the scenario; part of the results folder.")
    { IsRequired = true, Sample = "my-scenario" });

    public static readonly TypedScenarioOption<long> Seed =
        Add("seed", new IntegerKind(0, long.MaxValue), "1", "Seed of everything random: the same seed gives the same schedule.");

    public static readonly TypedScenarioOption<ScenarioClock> Clock = Add(
        "clock", new ChoiceKind<ScenarioClock>(("real", ScenarioClock.Real), ("virtual", ScenarioClock.Virtual)), "real",
        "real: run plays over sockets. virtual: run plays the whole stack in memory, weeks in minutes, the same twice for one seed. size is always virtual.");

    public static readonly ScenarioSection Target = Group("target", "What is tested, and what may be sent to.");

    public static readonly TypedScenarioOption<string> TargetDomain = Add(
        "target.domain",
        DomainName,
        "ims.example", "Home domain of the phones.");

    public static readonly TypedScenarioOption<SipTarget> TargetCore =
        Add("target.core", new CoreTargetKind(), "embedded", "Where the phones register and send: the built-in core, or a P-CSCF.");

    public static readonly TypedScenarioOption<IPEndPoint?> TargetListen = Add(
        "target.listen", new EndPointKind(isOptional: false), "127.0.0.1:0",
        "Where the built-in core listens; an application server at an address of its own has to be told it.");

    public static readonly TypedScenarioOption<SipTransportChoice> TargetTransport = Add(
        "target.transport", new ChoiceKind<SipTransportChoice>(("tcp", SipTransportChoice.Tcp), ("udp", SipTransportChoice.Udp)), "tcp",
        "SIP transport; also accepted in the core's URI. A protected MESSAGE exceeds 1300 bytes, for which RFC 3428 section 8 wants TCP.");

    public static readonly TypedScenarioOption<ApplicationServerTarget> TargetApplicationServer = Add(
        "target.as", new ApplicationServerTargetKind(), "embedded",
        "The server that holds messages for offline phones: built in, behind somebody else's core, or at an address that the built-in core is given.");

    public static readonly TypedScenarioOption<KmsTarget> TargetKms =
        Add("target.kms", new KmsTargetKind(), "embedded", "The key management service: built in, or an HTTP address.");

    public static readonly TypedScenarioOption<System.Net.IPNetwork> TargetAllow = Add(new TypedScenarioOption<System.Net.IPNetwork>(
        "target.allow", new NetworkKind(), "Addresses that may be sent to; everything else is refused.")
    {
        IsList = true,
        MaxItems = 100,
        DefaultTexts = ["127.0.0.0/8", "::1"]
    });

    public static readonly ScenarioSection Subscribers = Group("subscribers", "The phones.");

    public static readonly TypedScenarioOption<long> SubscriberCount =
        Add(new TypedScenarioOption<long>("subscribers.count", new IntegerKind(1, 10_000_000), "How many phones.") { IsRequired = true, Sample = "1000" });

    public static readonly TypedScenarioOption<ImpuTemplate> SubscriberImpu =
        Add("subscribers.impu", new ImpuKind(), "sip:ue{index:000000}@{domain}", "Public identity of each phone; index counts from 0.");

    public static readonly TypedScenarioOption<TimeSpan> RegistrationExpiry = Add(
        "subscribers.registrationExpiry", new DurationKind(TimeSpan.FromSeconds(60), TimeSpan.FromDays(30)), "600000s",
        "How long a phone asks to be registered (TS 24.229 asks for 600000 s).");

    public static readonly TypedScenarioOption<long> SubscriberConnections = Add(
        "subscribers.connections", new IntegerKind(1, 1000), "4", "TCP connections of this process to the core, shared by its phones.");

    public static readonly ScenarioSection Clocks = Group("subscribers.clocks", "How far the phones' clocks are off.");

    public static readonly TypedScenarioOption<TimeSpan> ClockSpread = Add(
        "subscribers.clocks.spread", new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(1)), "0s",
        "Every phone's clock is off by a fixed amount, drawn evenly between this much behind and this much ahead.");

    public static readonly TypedScenarioOption<PhoneAmount> ClockAhead = Add(new TypedScenarioOption<PhoneAmount>(
        "subscribers.clocks.ahead", new PhoneAmountKind(), "Phones, chosen at random, whose clocks are ahead as well: a share of all phones, or a number.")
    { Sample = "1%" });

    public static readonly TypedScenarioOption<TimeSpan> ClockAheadBy = Add(
        "subscribers.clocks.aheadBy", new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(365)), "0s", "How far those are ahead.");

    public static readonly ScenarioSection Authentication = Group("subscribers.auth", "How phones authenticate.");

    public static readonly TypedScenarioOption<AuthenticationScheme> AuthScheme = Add(
        "subscribers.auth.scheme",
        new ChoiceKind<AuthenticationScheme>(("md5", AuthenticationScheme.Md5), ("sha-256", AuthenticationScheme.Sha256),
        ("akav1-md5", AuthenticationScheme.AkaV1Md5)),
        "akav1-md5", "Digest algorithm; akav1-md5 runs Milenage.");

    public static readonly TypedScenarioOption<SecretsSource> AuthSecrets = Add(
        "subscribers.auth.secretsFrom", new SecretsKind(), "derived",
        "Where the secrets come from: derived from the seed, or a CSV file next to the scenario; on a cluster, a file that each node finds there.");

    public static readonly TypedScenarioOption<string> AuthSecretsHash = Add(new TypedScenarioOption<string>(
        "subscribers.auth.fileHash", new TextKind("SHA-256", "^[0-9a-f]{64}$", "64 hex digits, lower case", EmptyFileHash),
        "The SHA-256 of that CSV file: another file is a mistake. submit and run --nodes write it for the nodes, which so have the same subscribers.")
    { Sample = EmptyFileHash });

    public static readonly ScenarioSection Sip = Group("sip", "SIP timers (RFC 3261 section 17).");

    public static readonly TypedScenarioOption<TimeSpan> SipT1 =
        Add("sip.t1", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)), "500ms",
        "Round-trip estimate; a transaction gives up after 64 times this.");

    public static readonly TypedScenarioOption<TimeSpan> SipT2 =
        Add("sip.t2", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), "4s", "Longest retransmission interval over UDP.");

    public static readonly TypedScenarioOption<TimeSpan> SipT4 =
        Add("sip.t4", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), "5s", "How long a message can stay in the network.");

    public static readonly ScenarioSection Security = Group("security", "Protection of the message body.");

    public static readonly TypedScenarioOption<BodyKind> SecurityBody = Add(
        "security.body", new ChoiceKind<BodyKind>(("plain", BodyKind.Plain), ("smime", BodyKind.Smime)), "smime",
        "smime protects the text; plain is for comparison of cost (no replay protection).");

    public static readonly TypedScenarioOption<SignatureKind> SecuritySign = Add(
        "security.sign", new ChoiceKind<SignatureKind>(("none", SignatureKind.None), ("ecdsa-p256", SignatureKind.EcdsaP256)), "none",
        "Signature of the sender inside the S/MIME body.");

    public static readonly TypedScenarioOption<EncryptionKind> SecurityEncrypt = Add(
        "security.encrypt",
        new ChoiceKind<EncryptionKind>(
            ("aes-128-gcm", EncryptionKind.Aes128Gcm), ("aes-256-gcm", EncryptionKind.Aes256Gcm), ("aes-128-ccm", EncryptionKind.Aes128Ccm),
            ("aes-256-ccm", EncryptionKind.Aes256Ccm)),
        "aes-128-gcm", "Content cipher; a 256-bit one also takes the 256-bit MIKEY suite.");

    public static readonly TypedScenarioOption<KeyTransport> SecurityKeys = Add(
        "security.keys", new ChoiceKind<KeyTransport>(("mikey-ticket", KeyTransport.MikeyTicket)), "mikey-ticket",
        "How the key travels: in a MIKEY-TICKET TRANSFER_INIT beside the body.");

    public static readonly ScenarioSection ReplayCache = Group("replayCache", "The replay cache of each phone.");

    public static readonly TypedScenarioOption<long> CacheBytes = Add(new TypedScenarioOption<long>(
        "replayCache.bytes", new CacheBytesKind(24, 1L << 32),
        "Capacity in bytes; an entry takes 20 and the timestamp (24 or 28). Default 1 MB. Not together with entries.")
    { Sample = "1MB" });

    public static readonly TypedScenarioOption<long> CacheEntries = Add(new TypedScenarioOption<long>(
        "replayCache.entries", new IntegerKind(1, 100_000_000), "Capacity in entries, instead of bytes.")
    { Sample = "1000" });

    public static readonly TypedScenarioOption<int> CacheTimestampBytes = Add(
        "replayCache.timestampBytes", new ChoiceKind<int>(("8", 8), ("4", 4)), "8",
        "8: the full NTP timestamp; 4: whole seconds only, with the ties that this brings.");

    public static readonly TypedScenarioOption<ReplayPolicyKind> CachePolicy = Add(
        "replayCache.policy",
        new ChoiceKind<ReplayPolicyKind>(
            ("modified", ReplayPolicyKind.Modified), ("per-sender", ReplayPolicyKind.PerSender), ("window", ReplayPolicyKind.Window),
            ("none", ReplayPolicyKind.None)),
        "modified",
        "modified: bounded cache without a time window; per-sender: the same rule in a share of the capacity for each sender; "
        + "window: RFC 3830's clock skew window; none: no check.");

    public static readonly TypedScenarioOption<long> CacheSenderPartitions = Add(
        "replayCache.senderPartitions", new IntegerKind(1, ReplayCacheSettings.MaxSenderPartitions), "64",
        "Shares of the capacity, for policy per-sender only; senders beyond that many share.");

    public static readonly TypedScenarioOption<TimeSpan> CacheWindow = Add(
        "replayCache.window", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)), "5m", "Width of the time window, for policy window only.");

    public static readonly TypedScenarioOption<TimeSpan?> CacheFutureBound = Add(
        "replayCache.futureBound", new OptionalDurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)), "off",
        "Messages dated further ahead than this are refused.");

    public static readonly TypedScenarioOption<CacheRestart> CacheOnRestart = Add(
        "replayCache.onRestart",
        new ChoiceKind<CacheRestart>(("restore", CacheRestart.Restore), ("reject-older", CacheRestart.RejectOlder), ("empty", CacheRestart.Empty)), "restore",
        "What the cache holds after a phone restarts; empty lets replays in.");

    public static readonly ScenarioSection ApplicationServer =
        Group("applicationServer", "The built-in application server (ignored when target.as is another).");

    public static readonly TypedScenarioOption<DrainOrder> ServerOrder = Add(
        "applicationServer.order", new ChoiceKind<DrainOrder>(("oldest-first", DrainOrder.OldestFirst), ("arrival", DrainOrder.Arrival)), "oldest-first",
        "Order of delivery: by the timestamp of the TRANSFER_INIT, or as stored.");

    public static readonly TypedScenarioOption<long> ServerWindow = Add(
        "applicationServer.window", new IntegerKind(1, 1000), "1",
        "Messages in flight per phone; RFC 3428 section 8 wants 1, more is an experiment that gives up the order.");

    public static readonly TypedScenarioOption<LiveMessages> ServerLive = Add(
        "applicationServer.live", new ChoiceKind<LiveMessages>(("behind-drain", LiveMessages.BehindDrain), ("bypass", LiveMessages.Bypass)), "behind-drain",
        "A live message waits behind the drain of its recipient, or overtakes it.");

    public static readonly TypedScenarioOption<TimeSpan> ServerSettle = Add(
        "applicationServer.settle", new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(1)), "0s",
        "How long a message is held back after its timestamp so that stragglers can be sorted in front of it.");

    public static readonly TypedScenarioOption<TimeSpan> ServerExpiry = Add(
        "applicationServer.expiry", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)), "21d",
        "How long a stored message is kept at most; the sender's Expires may say less.");

    public static readonly TypedScenarioOption<long> ServerMaxPerUe =
        Add("applicationServer.maxPerUe", new IntegerKind(1, 10_000_000), "10000", "Most stored messages per phone.");

    public static readonly TypedScenarioOption<long> ServerMaxBytesPerUe = Add(
        "applicationServer.maxBytesPerUe", new SizeKind(1000, 999_000_000_000), "64MiB", "Most stored bytes per phone (bodies). Not counted by size.");

    public static readonly TypedScenarioOption<long> ServerMaxStored = Add(
        "applicationServer.maxStored", new IntegerKind(1, 1_000_000_000_000), "10000000",
        "Most stored messages of all phones together; what is beyond is answered 480. Not counted by size.");

    public static readonly TypedScenarioOption<long> ServerMaxStoredBytes = Add(
        "applicationServer.maxStoredBytes", new SizeKind(1000, 999_000_000_000), "20GB",
        "Most stored bytes of all phones together (bodies). Not counted by size.");

    public static readonly TypedScenarioOption<StorePlace> ServerStore = Add(
        "applicationServer.store", new StoreKind(), "sqlite",
        "Where messages are stored: a file beside the results, or a schema of its own in PostgreSQL (Search Path=, default uefarm), which each run empties first. "
        + "The database is no target: target.allow does not concern it.");

    public static readonly TypedScenarioOption<string> ServerStorePasswordFile = Add(new TypedScenarioOption<string>(
        "applicationServer.storePasswordFile", new TextKind("path", "^[^\\s].*$", "a path, relative to the scenario", "postgres.password"),
        "A file with the password for PostgreSQL. Without it: PGPASSWORD, or a password file of libpq (PGPASSFILE, ~/.pgpass).")
    { Sample = "postgres.password" });

    public static readonly TypedScenarioOption<bool> ServerStoreUnsafe = Add(
        "applicationServer.storeUnsafe", new SwitchKind(), "off",
        "Accept a PostgreSQL server with fsync, full_page_writes or synchronous_commit off: a crash can lose what was answered 202.");

    public static readonly TypedScenarioOption<TimeSpan> ServerHoldTime = Add(
        "applicationServer.holdTime", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)), "4s",
        "How long the sender waits for an online recipient's answer before the message is stored and answered 202.");

    public static readonly TypedScenarioOption<TimeSpan> ServerDrainDelay = Add(
        "applicationServer.drainDelay", new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(2)), "500ms",
        "Wait between a phone's return and its first stored message.");

    public static readonly TypedScenarioOption<PresenceTrigger> ServerPresence = Add(
        "applicationServer.presence",
        new ChoiceKind<PresenceTrigger>(("third-party-register", PresenceTrigger.ThirdPartyRegister), ("reg-event", PresenceTrigger.RegEvent)),
        "third-party-register",
        "How the server learns that a phone is there: the core tells it of every registration, or it subscribes (RFC 3680) where messages wait.");

    public static readonly TypedScenarioOption<Rate?> ServerDrainRate = Add(
        "applicationServer.drainRate", new OptionalRateKind(1_000_000), "off",
        "Most stored messages sent per second over all phones, in turns; live messages do not count.");

    public static readonly TypedScenarioOption<Rate?> ServerDrainRatePerUe = Add(
        "applicationServer.drainRatePerUe", new OptionalRateKind(10_000), "off", "Most stored messages sent per second to one phone.");

    public static readonly TypedScenarioOption<long> ServerGroups = Add(
        "applicationServer.groups", new IntegerKind(1, 64), "4",
        "On a cluster: in how many groups the mailboxes are, each with a server on one of the nodes. What is said of all phones together is shared among them. "
        + "One process has one server.");

    public static readonly TypedScenarioOption<long> ServerCount = Add(
        "applicationServer.servers", new IntegerKind(1, 16), "1",
        "Servers that hold messages for every phone side by side and drain in parallel; more than 1 is played by size alone.");

    public static readonly TypedScenarioOption<Share> ServerFirstShare = Add(new TypedScenarioOption<Share>(
        "applicationServer.firstShare", new ShareKind(), "Share of the messages that the first of several servers gets; without it all get the same.")
    { Sample = "90%" });

    public static readonly ScenarioSection Traffic = Group("traffic", "The messages.");

    public static readonly TypedScenarioOption<Rate> TrafficRate = Add(new TypedScenarioOption<Rate>(
        "traffic.rate", new RateKind(1_000_000),
        "Messages per second of the whole farm (open model: due whether or not the target keeps up).")
    { DefaultTexts = ["0/s"], Sample = "10/s" });

    public static readonly TypedScenarioOption<ArrivalModel> TrafficArrivals = Add(
        "traffic.arrivals", new ChoiceKind<ArrivalModel>(("poisson", ArrivalModel.Poisson), ("uniform", ArrivalModel.Uniform)), "poisson",
        "How the moments are spread.");

    public static readonly TypedScenarioOption<ByteRange> TrafficSize =
        Add("traffic.size", new SizeRangeKind(1, 60_000), "160B", "Length of the text, one size or a range.");

    public static readonly TypedScenarioOption<SenderPick> TrafficSenders = Add(
        "traffic.senders", new ChoiceKind<SenderPick>(("online", SenderPick.Online), ("all", SenderPick.All)), "online",
        "Who writes: phones that are online, or all.");

    public static readonly TypedScenarioOption<ReportPick> TrafficReports = Add(
        "traffic.reports", new ChoiceKind<ReportPick>(("none", ReportPick.None), ("negative", ReportPick.Negative), ("all", ReportPick.All)), "none",
        "Delivery reports (RFC 5438) that phones ask for: of messages that will not get there, or of every delivery, failure and storing.");

    public static readonly ScenarioSection Recipients = Group("traffic.recipients", "Who is written to.");

    public static readonly TypedScenarioOption<RecipientPick> RecipientPicking = Add(
        "traffic.recipients.pick",
        new ChoiceKind<RecipientPick>(("uniform", RecipientPick.Uniform), ("zipf", RecipientPick.Zipf), ("ring", RecipientPick.Ring)), "uniform",
        "Anyone alike, a few very often, or each to its next neighbour.");

    public static readonly TypedScenarioOption<double> RecipientExponent =
        Add("traffic.recipients.exponent", new NumberKind(0.01, 5), "1.1", "Steepness of zipf.");

    public static readonly ScenarioSection Phases =
        Group("phases[]", "What happens, one phase after the other. All phones are online when the first one begins.");

    public static readonly TypedScenarioOption<string> PhaseName = Add(new TypedScenarioOption<string>(
        "phases[].name", new TextKind("name", "^[a-z0-9][a-z0-9-]{0,30}$", "1 to 31 lower-case letters, digits and hyphens", "warm-up"),
        "Name of the phase.")
    { IsRequired = true, Sample = "warm-up" });

    public static readonly TypedScenarioOption<TimeSpan> PhaseFor = Add(new TypedScenarioOption<TimeSpan>(
        "phases[].for", new DurationKind(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(365)), "Length of the phase.")
    {
        IsRequired = true,
        Sample = "10s"
    });

    public static readonly TypedScenarioOption<PhoneAmount> PhaseOffline = Add(new TypedScenarioOption<PhoneAmount>(
        "phases[].offline", new PhoneAmountKind(), "That many more phones go offline: a share of all phones, or a number.")
    { Sample = "60%" });

    public static readonly TypedScenarioOption<CutKind> PhaseCut = Add(
        "phases[].cut", new ChoiceKind<CutKind>(("clean", CutKind.Clean), ("silent", CutKind.Silent)), "clean",
        "How they go: with a de-registration, or without a word.");

    public static readonly TypedScenarioOption<PhoneAmount> PhaseOnline = Add(new TypedScenarioOption<PhoneAmount>(
        "phases[].online", new PhoneAmountKind(), "That many phones come back: all, a share of those offline, or a number.")
    { Sample = "all" });

    public static readonly TypedScenarioOption<TimeSpan> PhaseWithin = Add(
        "phases[].within", new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(365)), "0s", "They go or come spread evenly over this time; 0s: all at once.");

    public static readonly TypedScenarioOption<Rate> PhaseRate =
        Add(new TypedScenarioOption<Rate>("phases[].rate", new RateKind(1_000_000),
        "Message rate of this phase, instead of traffic.rate.")
        { Sample = "100/s" });

    public static readonly TypedScenarioOption<bool> PhaseTraffic = Add("phases[].traffic", new SwitchKind(), "on", "Whether messages are sent in this phase.");

    public static readonly ScenarioSection Faults = Group("faults", "What goes wrong on purpose.");

    public static readonly ScenarioSection Network =
        Group("faults.network", "The network of a run in virtual time. Losses are those of datagrams: they need clock: virtual and target.transport: udp.");

    public static readonly TypedScenarioOption<Share> NetworkLoss = Add("faults.network.loss", new ShareKind(), "0%", "Datagrams that get lost.");

    public static readonly TypedScenarioOption<Share> NetworkDuplicate = Add("faults.network.duplicate", new ShareKind(), "0%", "Datagrams that arrive twice.");

    public static readonly TypedScenarioOption<Share> NetworkReorder =
        Add("faults.network.reorder", new ShareKind(), "0%", "Datagrams that arrive 50 ms later, behind others.");

    public static readonly TypedScenarioOption<TimeSpan> NetworkLatency = Add(
        "faults.network.latency", new DurationKind(TimeSpan.Zero, TimeSpan.FromSeconds(10)), "5ms",
        "One-way delay of every hop in virtual time (phone to core, core to server); real sockets have their own, so it needs clock: virtual.");

    public static readonly ScenarioSection Attacks = Group("faults.attacks", "Hostile messages sent to phones beside the traffic, each kind at its own rate.");

    public static readonly TypedScenarioOption<Rate> AttackReplay = AddAttack("replay", "A recorded message, sent again byte for byte.");

    public static readonly TypedScenarioOption<Rate> AttackAlteredOutsideMac =
        AddAttack("altered-outside-mac", "A recorded message, changed where the MAC does not reach.");

    public static readonly TypedScenarioOption<Rate> AttackForged = AddAttack("forged", "A message with a wrong MAC.");

    public static readonly TypedScenarioOption<Rate> AttackAlteredBody = AddAttack("altered-body", "A recorded TRANSFER_INIT with a changed S/MIME body.");

    public static readonly TypedScenarioOption<Rate> AttackTransplant =
        AddAttack("transplant", "A recorded TRANSFER_INIT with the S/MIME body of another message.");

    public static readonly TypedScenarioOption<Rate> AttackFarFuture =
        AddAttack("far-future", "A genuine message of a sender whose clock is far ahead; it pins a cache entry unless futureBound is on.");

    public static readonly TypedScenarioOption<Threshold> ThresholdList = Add(new TypedScenarioOption<Threshold>(
        "thresholds", new ThresholdKind(), "What must hold at the end; a broken one makes the run fail (exit 99).")
    {
        IsList = true,
        MaxItems = 200,
        Sample = "delivery.p99 < 5s"
    });

    public static readonly ScenarioSection Results = Group("results", "What is written besides result.json.");

    public static readonly TypedScenarioOption<bool> ResultsArrivals =
        Add("results.arrivals", new SwitchKind(), "false", "arrivals.csv: every arrival at a phone, in order.");

    public static readonly TypedScenarioOption<bool> ResultsLedger =
        Add("results.ledger", new SwitchKind(), "true", "ledger.csv: every message with its outcome.");

    public static readonly ScenarioSection Limits = Group("limits", "Safety ceilings; a scenario beyond them is refused (exit 3).");

    public static readonly TypedScenarioOption<long> LimitMaxUes = Add("limits.maxUes", new IntegerKind(1, 10_000_000), "100000", "Most phones.");

    public static readonly TypedScenarioOption<Rate> LimitMaxRate =
        Add("limits.maxRate", new RateKind(1_000_000), "10000/s", "Highest rate of messages and attacks together.");

    public static readonly TypedScenarioOption<TimeSpan> LimitMaxDuration =
        Add("limits.maxDuration", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)), "24h", "Longest sum of all phases, in real time.");

    public static readonly ScenarioSection Metrics = Group("metrics", "The Prometheus endpoint.");

    public static readonly TypedScenarioOption<long> MetricsPort =
        Add("metrics.port", new IntegerKind(0, 65535), "0", "Port of /metrics on loopback; 0: none. Not with clock: virtual.");

    public static readonly TypedScenarioOption<TimeSpan> MetricsLinger = Add(
        "metrics.linger", new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(1)), "0s",
        "/metrics and the live page stay up for so long after the run, so that last values are scraped: two scrape intervals do. Ctrl-C ends it.");

    public static readonly ScenarioSection Page = Group("page", "The live page.");

    public static readonly TypedScenarioOption<IPEndPoint?> PageListen = Add(
        "page.listen", new EndPointKind(isOptional: true), "off",
        "Where the live page is served while the run goes on; 0: a free port. The option --page says the same. Beyond loopback whoever reaches it can read it.");

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<ScenarioOption> Options => All;

    /// <summary>In the order of the documentation; a section stands before those inside it.</summary>
    public static IReadOnlyList<ScenarioSection> Sections => Groups;

    /// <summary>How a run is watched and what it leaves, whatever it plays.</summary>
    public static IReadOnlyList<ScenarioSection> Watching { get; } = [Results, Metrics, Page];

    public static DocumentFormat Document { get; } = new("scenario", "version: 1", All, Groups);

    private static TypedScenarioOption<T> Add<T>(string path, OptionKind<T> kind, string defaultText, string description) =>
        Add(new TypedScenarioOption<T>(path, kind, description) { DefaultTexts = [defaultText] });

    private static TypedScenarioOption<Rate> AddAttack(string name, string description) =>
        Add("faults.attacks." + name, new RateKind(100_000), "0/s", description);

    private static TypedScenarioOption<T> Add<T>(TypedScenarioOption<T> option)
    {
        All.Add(option);
        return option;
    }

    private static ScenarioSection Group(string path, string description)
    {
        var section = new ScenarioSection(path, description);
        Groups.Add(section);
        return section;
    }
}
