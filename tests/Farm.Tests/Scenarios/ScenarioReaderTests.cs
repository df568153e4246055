using System.Net;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Scenarios;

public class ScenarioReaderTests
{
    private const string Full = """
        version: 1
        name: reconnect-storm
        seed: 20120722
        clock: real                          # a comment
        target:
          domain: ims.lab
          core: sip:10.0.0.7:5070;transport=udp
          as: external
          kms: embedded
          allow: [127.0.0.0/8, 10.0.0.0/24, "::1"]
        subscribers:
          count: 5000
          impu: "sip:ue{index:000000}@{domain}"
          auth: { scheme: sha-256, secretsFrom: derived }
          registrationExpiry: 1h
          connections: 8
          clocks: { spread: 3s, ahead: 1%, aheadBy: 6h }
        sip: { t1: 250ms, t2: 2s, t4: 3s }
        replayCache: { bytes: 1000000, timestampBytes: 4, policy: window, window: 90s, futureBound: 5m, onRestart: reject-older }
        security: { body: smime, sign: ecdsa-p256, encrypt: aes-256-ccm, keys: mikey-ticket }
        applicationServer: { order: arrival, window: 3, live: bypass, expiry: 21d, maxPerUe: 10, settle: 1s, holdTime: 2s, drainDelay: 0s,
          presence: reg-event, drainRate: 2000/s, drainRatePerUe: 30/m, servers: 2, firstShare: 90%,
          maxBytesPerUe: 2MB, maxStored: 3000, maxStoredBytes: 4GB, store: { postgres: "Host=db.lab;Search Path=farm" }, storeUnsafe: on }
        traffic: { rate: 90/m, arrivals: uniform, size: 160B-1.4kB, senders: all, reports: all, recipients: { pick: zipf, exponent: 1.25 } }
        phases:
          - { name: warm-up, for: 10s }
          - { name: outage, offline: 60%, cut: silent, for: 0.5m, rate: 3/s }
          - { name: more, offline: 300, within: 2s, for: 5s, traffic: off }
          - { name: storm, online: 50%, within: 5s, for: 30s }
          - { name: rest, online: all, for: 1s }
        faults: { network: { loss: 0%, duplicate: 0%, reorder: 0% }, attacks: { replay: 20/s, forged: 5/s, far-future: 36/h } }
        thresholds:
          - rejected{reason="stale"} == 0
          - delivery.p99 < 5s
        results: { arrivals: true, ledger: off }
        limits: { maxUes: 6000, maxRate: 1000/s, maxDuration: 2h }
        metrics: { port: 9100 }
        """;

    [Fact]
    public void Every_key_of_a_full_scenario_reaches_the_model()
    {
        var scenario = Samples.Scenario(Full);

        Assert.Equal(("reconnect-storm", 20120722, ScenarioClock.Real), (scenario.Name, scenario.Seed, scenario.Clock));
        Assert.Equal(new SipTarget(false, "10.0.0.7", 5070, SipTransportChoice.Udp), scenario.Target.Core);
        Assert.Equal(("ims.lab", SipTransportChoice.Udp, ApplicationServerTarget.External),
            (scenario.Target.Domain, scenario.Target.Transport, scenario.Target.ApplicationServer));
        Assert.Equal("embedded", scenario.Target.Kms.ToString());
        Assert.Equal([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/24"), IPNetwork.Parse("::1/128")], scenario.Target.Allow);
        Assert.Equal((5000, AuthenticationScheme.Sha256, true, 8),
            (scenario.Subscribers.Count, scenario.Subscribers.Scheme, scenario.Subscribers.Secrets.IsDerived, scenario.Subscribers.Connections));
        Assert.Equal(TimeSpan.FromHours(1), scenario.Subscribers.RegistrationExpiry);
        Assert.Equal("sip:ue000042@ims.lab", scenario.Subscribers.Impu.Format(42, scenario.Target.Domain));
        Assert.Equal(new SipOptions(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), scenario.Sip);
        Assert.Equal(new SecurityOptions(BodyKind.Smime, SignatureKind.EcdsaP256, EncryptionKind.Aes256Ccm, KeyTransport.MikeyTicket), scenario.Security);
        Assert.Equal(
            new ReplayCacheOptions(41_666, 4, ReplayPolicyKind.Window, TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5), CacheRestart.RejectOlder)
            { SenderPartitions = 64 },
            scenario.ReplayCache);
        Assert.Equal(
            new ApplicationServerOptions(DrainOrder.Arrival, 3, LiveMessages.Bypass, TimeSpan.FromSeconds(1), TimeSpan.FromDays(21), 10,
                TimeSpan.FromSeconds(2), TimeSpan.Zero)
            {
                Presence = PresenceTrigger.RegEvent,
                DrainRate = new Rate(2000),
                DrainRatePerUe = new Rate(0.5),
                MaxBytesPerUe = 2_000_000,
                MaxStored = 3000,
                MaxStoredBytes = 4_000_000_000,
                Store = new StorePlace("Host=db.lab;Search Path=farm"),
                StorePasswordFile = null,
                StoreUnsafe = true,
                Groups = 4,
                Servers = 2,
                FirstShare = 0.9,
            },
            scenario.ApplicationServer);
        Assert.Equal(new TrafficOptions(new Rate(1.5), ArrivalModel.Uniform, new ByteRange(160, 1400), RecipientPick.Zipf, 1.25, SenderPick.All) { Reports = ReportPick.All },
            scenario.Traffic);
        Assert.Equal(
            [
                new PhaseOptions("warm-up", TimeSpan.FromSeconds(10), null, CutKind.Clean, null, TimeSpan.Zero, new Rate(1.5)),
                new PhaseOptions("outage", TimeSpan.FromSeconds(30), PhoneAmount.OfShare(0.6), CutKind.Silent, null, TimeSpan.Zero, new Rate(3)),
                new PhaseOptions("more", TimeSpan.FromSeconds(5), PhoneAmount.OfNumber(300), CutKind.Clean, null, TimeSpan.FromSeconds(2), Rate.Zero),
                new PhaseOptions("storm", TimeSpan.FromSeconds(30), null, CutKind.Clean, PhoneAmount.OfShare(0.5), TimeSpan.FromSeconds(5), new Rate(1.5)),
                new PhaseOptions("rest", TimeSpan.FromSeconds(1), null, CutKind.Clean, PhoneAmount.All, TimeSpan.Zero, new Rate(1.5)),
            ],
            scenario.Phases);
        var network = new NetworkOptions(Share.Zero, Share.Zero, Share.Zero, TimeSpan.FromMilliseconds(5));
        Assert.Equal(new FaultOptions(new Rate(20), Rate.Zero, new Rate(5), Rate.Zero, Rate.Zero, new Rate(0.01)) { Network = network }, scenario.Faults);
        Assert.Equal(new ClockOptions(TimeSpan.FromSeconds(3), PhoneAmount.OfShare(0.01), TimeSpan.FromHours(6)), scenario.Subscribers.Clocks);
        Assert.Equal(["rejected{reason=\"stale\"} == 0", "delivery.p99 < 5s"], scenario.Thresholds.Select(threshold => threshold.Text));
        Assert.Equal(new ResultOptions(true, false), scenario.Results);
        Assert.Equal(new LimitOptions(6000, new Rate(1000), TimeSpan.FromHours(2)), scenario.Limits);
        Assert.Equal(9100, scenario.Metrics.Port);
    }

    [Fact]
    public void What_is_left_out_has_the_declared_default()
    {
        var scenario = Samples.Scenario();

        Assert.Equal((1, SipTransportChoice.Tcp, true, true),
            (scenario.Seed, scenario.Target.Transport, scenario.Target.Core.IsEmbedded, scenario.Target.Kms.IsEmbedded));
        Assert.Equal([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")], scenario.Target.Allow);
        Assert.Equal((AuthenticationScheme.AkaV1Md5, 4), (scenario.Subscribers.Scheme, scenario.Subscribers.Connections));
        Assert.Equal(TimeSpan.FromSeconds(600_000), scenario.Subscribers.RegistrationExpiry);
        Assert.Equal(
            new ReplayCacheOptions(35_714, 8, ReplayPolicyKind.Modified, TimeSpan.FromMinutes(5), null, CacheRestart.Restore) { SenderPartitions = 64 },
            scenario.ReplayCache);
        Assert.Equal(
            new ApplicationServerOptions(DrainOrder.OldestFirst, 1, LiveMessages.BehindDrain, TimeSpan.Zero, TimeSpan.FromDays(21), 10_000,
                TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(500))
            {
                Presence = PresenceTrigger.ThirdPartyRegister,
                DrainRate = null,
                DrainRatePerUe = null,
                MaxBytesPerUe = 64 << 20,
                MaxStored = 10_000_000,
                MaxStoredBytes = 20_000_000_000,
                Store = StorePlace.Sqlite,
                StorePasswordFile = null,
                StoreUnsafe = false,
                Groups = 4,
                Servers = 1,
                FirstShare = null,
            },
            scenario.ApplicationServer);
        Assert.Equal(0, scenario.Faults.Total.PerSecond);
        Assert.Equal(new ResultOptions(false, true), scenario.Results);
        Assert.Empty(scenario.Thresholds);
    }

    [Fact]
    public void A_cache_of_as_many_entries_as_partitions_is_valid() =>
        Assert.Equal(
            50, Samples.Scenario(Samples.Minimal + "\nreplayCache: { policy: per-sender, entries: 50, senderPartitions: 50 }").ReplayCache.SenderPartitions);

    [Theory]
    [InlineData("replayCache: { bytes: 1MB }", 35_714)]
    [InlineData("replayCache: { bytes: 1MB, timestampBytes: 4 }", 41_666)]
    [InlineData("replayCache: { bytes: 1MiB, timestampBytes: 4 }", 43_690)]
    [InlineData("replayCache: { bytes: 28 }", 1)]
    [InlineData("replayCache: { entries: 231, timestampBytes: 4 }", 231)]
    public void The_capacity_follows_from_bytes_and_entry_size(string section, int entries) =>
        Assert.Equal(entries, Samples.Scenario(Samples.Minimal + "\n" + section).ReplayCache.CapacityEntries);

    [Fact]
    public void Five_mistakes_at_once_are_all_reported_in_order_with_place_value_and_remedy()
    {
        var mistakes = Samples.Mistakes("""
            version: 1
            name: five
            subscribers: { count: 0 }
            trafic: { rate: 5/s }
            replayCache: { bytes: 10, polcy: none }
            phases:
              - { name: a, for: 10 }
            """);

        Assert.Collection(
            mistakes,
            mistake =>
                Assert.Equal("sample.yaml:3:23: subscribers.count '0' is too small\n    allowed: a whole number from 1 to 10000000\n    remedy:  use 1 or more",
                mistake),
            mistake =>
                Assert.Matches(@"^sample\.yaml:4:1: trafic is not a known key\n    allowed: version, name, (.|\n)*remedy:  did you mean traffic\?$", mistake),
            mistake => Assert.StartsWith("sample.yaml:5:23: replayCache.bytes '10' is too small\n", mistake, StringComparison.Ordinal),
            mistake => Assert.EndsWith("did you mean policy?", mistake, StringComparison.Ordinal),
            mistake =>
                Assert.Matches(@"^sample\.yaml:7:21: phases\[0\]\.for '10' has no unit\n(.|\n)*remedy:  add one of ms, s, m, h, d, for example 10s$", mistake));
    }

    [Theory]
    [InlineData("clock: virtual\ntarget: { core: 'sip:10.0.0.1' }", "target.core 'sip:10.0.0.1' cannot follow virtual time")]
    [InlineData("faults: { network: { latency: 5ms } }", "faults.network.latency '5ms' has no meaning with clock: real")]
    [InlineData("applicationServer: { maxStored: 0 }", "applicationServer.maxStored '0' is too small")]
    [InlineData("applicationServer: { maxBytesPerUe: 5 }", "applicationServer.maxBytesPerUe '5' has no unit")]
    [InlineData("applicationServer: { store: mysql }", "applicationServer.store 'mysql' is neither sqlite nor postgres")]
    [InlineData("applicationServer: { store: { postgres: nonsense } }", "applicationServer.store 'postgres:nonsense' is not a connection string")]
    [InlineData("applicationServer: { store: { postgres: Database=a } }", "applicationServer.store 'postgres:Database=a' names no host")]
    [InlineData("applicationServer: { storeUnsafe: on }", "applicationServer.storeUnsafe 'on' has no meaning with store: sqlite")]
    [InlineData("applicationServer: { store: { postgres: Host=db }, storePasswordFile: none.txt }", "applicationServer.storePasswordFile 'none.txt' does not exist")]
    [InlineData("applicationServer: { servers: 17 }", "applicationServer.servers '17' is too large")]
    [InlineData("applicationServer: { firstShare: 50% }", "applicationServer.firstShare '50%' has no meaning with one server")]
    [InlineData("applicationServer: { drainDelay: 3h }", "applicationServer.drainDelay '3h' is too long")]
    [InlineData("clock: virtual\napplicationServer: { store: { postgres: Host=db } }", "applicationServer.store 'postgres:Host=db' cannot follow virtual time")]
    [InlineData("clock: virtual\nmetrics: { port: 9464 }", "metrics.port '9464' would show virtual time")]
    [InlineData("metrics: { linger: 10s }", "metrics.linger '10s' has no meaning without metrics.port and page.listen")]
    [InlineData("faults: { network: { loss: 5% } }", "faults.network.loss '5%' is not supported over real sockets")]
    [InlineData("clock: virtual\nfaults: { network: { loss: 5% } }", "faults.network.loss '5%' strikes datagrams, and TCP hides it")]
    [InlineData("clock: virtual\nfaults: { network: { duplicate: 5% } }", "faults.network.duplicate '5%' strikes datagrams")]
    [InlineData("clock: virtual\nfaults: { network: { reorder: 5% } }", "faults.network.reorder '5%' strikes datagrams")]
    [InlineData("faults: { network: { duplicate: 1% } }", "faults.network.duplicate '1%' is not supported")]
    [InlineData("faults: { network: { reorder: 1% } }", "faults.network.reorder '1%' is not supported")]
    [InlineData("target: { core: 'sip:10.0.0.1;transport=udp', transport: tcp }", "target.transport 'tcp' contradicts the transport in target.core")]
    [InlineData("target: { core: 'sips:10.0.0.1' }", "target.core 'sips:10.0.0.1' asks for TLS")]
    [InlineData("target: { core: 'sip:10.0.0.1:99999' }", "target.core 'sip:10.0.0.1:99999' is not a SIP URI")]
    [InlineData("target: { as: elsewhere }", "target.as 'elsewhere' is neither embedded, external nor a SIP URI")]
    [InlineData("target: { as: 'sips:10.0.0.1' }", "target.as 'sips:10.0.0.1' asks for TLS")]
    [InlineData("target: { as: 'sip:10.0.0.1' }", "target.as 'sip:10.0.0.1' would not know where the core is")]
    [InlineData("target: { as: 'sip:10.0.0.1', core: 'sip:10.0.0.2' }", "target.as 'sip:10.0.0.1' is not the farm's to find")]
    [InlineData("clock: virtual\ntarget: { as: 'sip:10.0.0.1', listen: '127.0.0.1:5060' }", "target.as 'sip:10.0.0.1' cannot follow virtual time")]
    [InlineData("target: { listen: '0.0.0.0:5060' }", "target.listen '0.0.0.0:5060' is every address")]
    [InlineData("target: { listen: '127.0.0.1:5060', core: 'sip:10.0.0.2' }", "target.listen '127.0.0.1:5060' has no meaning with somebody else's core")]
    [InlineData("target: { kms: 'ftp://x' }", "target.kms 'ftp://x' is neither")]
    [InlineData("target: { kms: 'http://user:pw@x/' }", "is neither embedded nor an HTTP address without user information")]
    [InlineData("target: { allow: [] }", "target.allow is empty")]
    [InlineData("target: { allow: [10.1] }", "target.allow[0] '10.1' is not an address range")]
    [InlineData("target: { allow: [10.0.0.0/33] }", "has a wrong prefix length")]
    [InlineData("target: { allow: 127.0.0.0/8 }", "target.allow '127.0.0.0/8' is a single value")]
    [InlineData("target: [embedded]", "target is a list")]
    [InlineData("target:\n  core:", "target.core has no value")]
    [InlineData("target: { core: { a: 1 } }", "target.core is a mapping")]
    [InlineData("sip: { t1: 500ms, t2: 100ms }", "sip.t2 '100ms' makes t2 shorter than t1")]
    [InlineData("applicationServer: { holdTime: 32s }", "applicationServer.holdTime '32s' lets senders give up")]
    [InlineData("applicationServer: { window: 0 }", "applicationServer.window '0' is too small")]
    [InlineData("applicationServer: { settle: 10s, expiry: 10s }", "applicationServer.settle '10s' lets every message expire")]
    [InlineData("security: { body: plain, sign: ecdsa-p256 }", "security.sign 'ecdsa-p256' contradicts security.body: plain")]
    [InlineData("security: { body: plain, encrypt: aes-256-gcm }", "security.encrypt 'aes-256-gcm' contradicts security.body: plain")]
    [InlineData("security: { body: plain }\nfaults: { attacks: { forged: 1/s } }", "faults.attacks.forged '1/s' needs protected messages")]
    [InlineData("security: { encrypt: aes-256 }", "security.encrypt 'aes-256' is not one of the choices")]
    [InlineData("replayCache: { bytes: 27 }", "replayCache.bytes '27' does not hold a single entry")]
    [InlineData("replayCache: { bytes: 1MB, entries: 5 }", "replayCache.entries '5' and replayCache.bytes both give the capacity")]
    [InlineData("replayCache: { window: 5m }", "replayCache.window '5m' has no meaning without policy: window")]
    [InlineData("replayCache: { senderPartitions: 8 }", "replayCache.senderPartitions '8' has no meaning without policy: per-sender")]
    [InlineData("replayCache: { policy: window, senderPartitions: 8 }", "replayCache.senderPartitions '8' has no meaning without policy: per-sender")]
    [InlineData("replayCache: { policy: per-sender, senderPartitions: 0 }", "replayCache.senderPartitions '0' is too small")]
    [InlineData("replayCache: { policy: per-sender, senderPartitions: 65537 }", "replayCache.senderPartitions '65537' is too large")]
    [InlineData("replayCache: { policy: per-sender, entries: 50 }", "replayCache.entries '50' leaves some of 64 partitions without an entry")]
    [InlineData("replayCache: { policy: per-sender, bytes: 1kB }", "replayCache.bytes '1kB' leaves some of 64 partitions without an entry")]
    [InlineData("replayCache: { policy: per-sender, entries: 50, senderPartitions: 51 }",
        "replayCache.senderPartitions '51' leaves some of 51 partitions without an entry\n    allowed: senderPartitions of 50 or less with 50 entries\n"
        + "    remedy:  set replayCache.senderPartitions lower, or raise the capacity")]
    [InlineData("replayCache: { policy: per-sender, entries: many }", "replayCache.entries 'many' is not a whole number")]
    [InlineData("replayCache: { policy: per-sendr }", "did you mean per-sender?")]
    [InlineData("replayCache: { timestampBytes: 5 }", "replayCache.timestampBytes '5' is not one of the choices")]
    [InlineData("replayCache: { futureBound: maybe }", "replayCache.futureBound 'maybe' is not a number with a unit")]
    [InlineData("results: { ledger: maybe }", "results.ledger 'maybe' is neither yes nor no")]
    [InlineData("metrics: { port: 65536 }", "metrics.port '65536' is too large")]
    [InlineData("limits: { maxRate: 5 }", "limits.maxRate '5' has no unit")]
    [InlineData("limits: { maxRate: -5/s }", "limits.maxRate '-5/s' is negative")]
    [InlineData("limits: { maxRate: 5/d }", "limits.maxRate '5/d' has the unknown unit '/d'")]
    [InlineData("limits: { maxUes: 1e3 }", "limits.maxUes '1e3' is not a whole number")]
    [InlineData("thresholds: [ rejectd == 0 ]", "thresholds[0] 'rejectd == 0' is wrong at character 1: 'rejectd' is not a known metric")]
    [InlineData("thresholds: [ 'attacks{kind=\"forged\"} == 0' ]", "could never have samples: this attack is not run")]
    [InlineData("thresholds: [ store.growth < 10% ]\nclock: virtual", "could never have samples: no file holds the mailboxes")]
    [InlineData("thresholds: [ store.growth < 10% ]\ntarget: { as: external }", "could never have samples: no file holds the mailboxes")]
    [InlineData("thresholds: delivery.p99 < 1s", "thresholds 'delivery.p99 < 1s' is a single value")]
    [InlineData("name: again", "name is written twice")]
    [InlineData("Seed: 5", "Seed is not a known key")]
    [InlineData("rate: 5/s", "did you mean traffic.rate?")]
    public void Each_rule_names_key_value_and_reason(string addition, string expected)
    {
        var mistakes = Samples.Mistakes(Samples.Minimal + "\n" + addition);

        Assert.Contains(expected, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ name: a }", "phases[0].for is missing")]
    [InlineData("{ for: 1s }", "phases[0].name is missing")]
    [InlineData("{ name: A b, for: 1s }", "phases[0].name 'A b' is not a valid name")]
    [InlineData("{ name: a, for: 0s }", "phases[0].for '0s' is too short")]
    [InlineData("{ name: a, for: 1s, offline: 160% }", "phases[0].offline '160%' is more than the whole")]
    [InlineData("{ name: a, for: 1s, offline: 101 }", "phases[0].offline '101' would take 101 phones offline")]
    [InlineData("{ name: a, for: 1s, offline: some }", "phases[0].offline 'some' is not a number of phones")]
    [InlineData("{ name: a, for: 1s, offline: 0.5 }", "phases[0].offline '0.5' has no unit")]
    [InlineData("{ name: a, for: 1s, cut: silent }", "phases[0].cut 'silent' has no meaning without offline")]
    [InlineData("{ name: a, for: 1s, within: 1s }", "phases[0].within '1s' has no meaning without offline or online")]
    [InlineData("{ name: a, for: 1s, online: all, within: 2s }", "phases[0].within '2s' is longer than the phase")]
    [InlineData("{ name: a, for: 1s, online: all, offline: 1% }", "phases[0].online 'all' and offline both move phones")]
    [InlineData("{ name: a, for: 1s, rate: 5/s, traffic: off }", "phases[0].rate '5/s' contradicts traffic: off")]
    [InlineData("{ name: a, for: 1s, offline: 60% }\n  - { name: b, for: 1s, offline: 50% }", "phases[1].offline '50%' would take 50 phones offline")]
    [InlineData("{ name: a, for: 1s }\n  - { name: a, for: 1s }", "phases[1].name 'a' is the name of an earlier phase too")]
    [InlineData("nothing", "phases[0] 'nothing' is a single value")]
    public void Each_rule_of_phases_names_the_phase(string phases, string expected)
    {
        var mistakes = Samples.Mistakes($"version: 1\nname: x\nsubscribers: {{ count: 100 }}\nphases:\n  - {phases}");

        Assert.Contains(expected, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Phones_that_came_back_can_go_offline_again()
    {
        var scenario = Samples.Scenario("version: 1\nname: x\nsubscribers: { count: 10 }\nphases:\n" +
            "  - { name: a, for: 1s, offline: all }\n  - { name: b, for: 1s, online: 50% }\n  - { name: c, for: 1s, offline: 5 }");

        Assert.Equal(3, scenario.Phases.Count);
    }

    [Theory]
    [InlineData("", "version is missing", "name is missing", "subscribers.count is missing", "phases is missing or empty")]
    [InlineData("version: 1\nname: x\nphases: []\nsubscribers: {}", "subscribers.count is missing", "phases is missing or empty")]
    [InlineData("version: 2\nname: x\nphases: [ { name: a, for: 1s } ]\nsubscribers: { count: 2 }", "version '2' is too large")]
    public void Required_keys_are_asked_for(string text, params string[] expected)
    {
        var mistakes = Samples.Mistakes(text);

        foreach (var part in expected.Where(part => !part.StartsWith("subscribers", StringComparison.Ordinal) || text.Length > 0))
        {
            Assert.Contains(mistakes, mistake => mistake.Contains(part, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("a: [1, 2", "is not readable as YAML")]
    [InlineData("a: b\n c: d: e", "is not readable as YAML")]
    [InlineData("a: &x 1\nb: *x", "anchors and aliases are not supported")]
    [InlineData("a: *x", "aliases are not supported")]
    [InlineData("a: !!str 1", "tags are not supported")]
    [InlineData("version: 1\n---\nversion: 1", "second document")]
    [InlineData("? [a, b]\n: 1", "a key must be a single word")]
    [InlineData("- a", "is a list")]
    public void Text_that_is_no_scenario_gives_one_mistake(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(Samples.Mistakes(text)), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        var mistakes = Samples.Mistakes("a: " + new string('[', 5000) + new string(']', 5000));

        Assert.Contains("nested too deeply", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_missing_or_not_text_is_one_mistake()
    {
        using var folder = new TemporaryFolder();
        var large = folder.File("large.yaml", "#" + new string('x', 1 << 20));
        var binary = Path.Combine(folder.Path, "binary.yaml");
        File.WriteAllBytes(binary, [0x6e, 0xff, 0xfe]);

        Assert.Equal("is too large", Assert.Single(ScenarioReader.ReadFile(large, []).Errors).Problem);
        Assert.Equal("is not UTF-8 text", Assert.Single(ScenarioReader.ReadFile(binary, []).Errors).Problem);
        Assert.Equal("does not exist", Assert.Single(ScenarioReader.ReadFile(Path.Combine(folder.Path, "none.yaml"), []).Errors).Problem);
        Assert.Equal("cannot be read", Assert.Single(ScenarioReader.ReadFile(folder.Path, []).Errors).Problem);
    }

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("hashed.yaml", "abc");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ScenarioReader.ReadFile(file, []).Source.Sha256);
    }

    [Fact]
    public void Control_characters_of_the_file_do_not_reach_the_terminal()
    {
        var mistake = Assert.Single(Samples.Mistakes(Samples.Minimal + "\nclock: \"\\e[31mred\""));

        Assert.DoesNotContain('\e', mistake);
    }
}
