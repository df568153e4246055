using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using ScenarioReader = UeFarm.Farm.Scenarios.ScenarioReader;

namespace UeFarm.Farm.Tests.Hosting;

public class RunSettingsMapperTests
{
    [Fact]
    public async Task What_the_scenario_says_reaches_the_engine()
    {
        var settings = await MapAsync("""
            version: 1
            name: mapped
            seed: 77
            target: { domain: lab.example, allow: [127.0.0.1] }
            subscribers: { count: 200, connections: 3, registrationExpiry: 3600s }
            sip: { t1: 250ms, t2: 2s, t4: 3s }
            security: { sign: ecdsa-p256, encrypt: aes-256-ccm }
            replayCache: { entries: 12, timestampBytes: 4, policy: window, window: 7m, futureBound: 9m }
            applicationServer: { order: arrival, window: 3, live: bypass, settle: 50ms, expiry: 2d, maxPerUe: 7, holdTime: 1s, drainDelay: 2s,
              maxBytesPerUe: 8kB, maxStored: 9, maxStoredBytes: 10kB,
              presence: reg-event, drainRate: 2000/s, drainRatePerUe: 30/m }
            traffic: { rate: 6/s, arrivals: uniform, size: 10B-20B, senders: all, reports: negative, recipients: { pick: zipf, exponent: 1.5 } }
            faults: { attacks: { forged: 3/s } }
            phases:
              - { name: one, offline: 25%, cut: silent, for: 10s }
              - { name: two, online: 40%, within: 3s, for: 20s, rate: 9/s }
            results: { arrivals: true }
            """);

        Assert.Equal(("lab.example", 200, 77UL, 3), (settings.Domain, settings.Phones, settings.Seed, settings.Connections));
        Assert.Equal((SmimeCipher.Aes256Ccm, MikeySuite.Aes256Sha256, BodyProtection.ProtectedAndSigned), (settings.Ue.Cipher, settings.Ue.Suite, settings.Ue.Protection));
        Assert.NotNull(settings.Ue.Trust);
        Assert.Equal(ReportRequests.Negative, settings.Ue.Reports);
        Assert.Equal(TimeSpan.FromHours(1), settings.Ue.RegistrationExpiry);
        Assert.Equal(
            (TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), (settings.Ue.Timers.T1, settings.Ue.Timers.T2, settings.Ue.Timers.T4));
        Assert.Equal(
            new ReplayCacheSettings
            {
                Policy = ReplayPolicy.Window,
                CapacityEntries = 12,
                TimestampBytes = 4,
                Window = TimeSpan.FromMinutes(7),
                FutureBound = TimeSpan.FromMinutes(9),
            },
            settings.Ue.ReplayCache);
        Assert.Equal(
            new ApplicationServerOptions
            {
                Window = 3,
                Live = LiveTraffic.Bypass,
                OldestFirst = false,
                Settle = TimeSpan.FromMilliseconds(50),
                Expiry = TimeSpan.FromDays(2),
                MaxPerUe = 7,
                MaxBytesPerUe = 8000,
                MaxStored = 9,
                MaxStoredBytes = 10_000,
                HoldTime = TimeSpan.FromSeconds(1),
                DrainDelay = TimeSpan.FromSeconds(2),
                Presence = PresenceSource.RegEvent,
                DrainRate = 2000,
                DrainRatePerUe = 0.5,
            },
            settings.ApplicationServer);
        Assert.Equal(
            new TrafficPlan
            {
                RatePerSecond = 6,
                Arrivals = ArrivalProcess.Uniform,
                MinTextBytes = 10,
                MaxTextBytes = 20,
                Recipients = RecipientPick.Zipf,
                Exponent = 1.5,
                OfflineSendersToo = true,
            },
            settings.Traffic);
        Assert.Equal(
            [
                new PhasePlan { Name = "one", Duration = TimeSpan.FromSeconds(10), GoOffline = 50, Cut = OfflineKind.Silent, RatePerSecond = 6 },
                new PhasePlan { Name = "two", Duration = TimeSpan.FromSeconds(20), GoOnline = 20, Within = TimeSpan.FromSeconds(3), RatePerSecond = 9 },
            ],
            settings.Phases);
        Assert.Equal((3.0, 0.0), (settings.Attacks.RateOf(AttackKind.Forged), settings.Attacks.RateOf(AttackKind.Replay)));
        Assert.Equal((TimeSpan.FromDays(2), TimeSpan.FromDays(21)), (settings.Ue.MessageExpiry, settings.Kms.ResolveGrace));
        Assert.Null(settings.VirtualTime);
        Assert.True(settings.RecordArrivals && settings.RegisterBeforeFirstPhase && settings.WithApplicationServer);
        Assert.Null(settings.ExternalCore);
        Assert.Null(settings.ExternalApplicationServer);
    }

    [Fact]
    public async Task What_a_scenario_does_not_say_of_the_application_server_is_what_the_engine_does_by_itself()
    {
        var settings = await MapAsync(Samples.Minimal);

        Assert.Equal(new ApplicationServerOptions(), settings.ApplicationServer);
        Assert.Equal(new MailboxSettings(), settings.ApplicationServer.ToMailboxSettings());
    }

    [Theory]
    [InlineData("sip:127.0.0.2:5090", SipTransportKind.Tcp)]
    [InlineData("sip:127.0.0.2:5090;transport=udp", SipTransportKind.Udp)]
    public async Task An_application_server_by_itself_behind_the_embedded_core(string address, SipTransportKind transport)
    {
        var settings = await MapAsync(Samples.Minimal, "target.listen=127.0.0.1:5060", $"target.as={address}");

        Assert.Equal(new SipHop(transport, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 5090), 0), settings.ExternalApplicationServer);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5060), settings.CoreListen);
        Assert.False(settings.WithApplicationServer);
        Assert.Null(settings.ExternalCore);
    }

    [Theory]
    [InlineData("modified", ReplayPolicy.Modified, 64)]
    [InlineData("per-sender, senderPartitions: 5", ReplayPolicy.PerSender, 5)]
    [InlineData("window", ReplayPolicy.Window, 64)]
    [InlineData("none", ReplayPolicy.None, 64)]
    public async Task Every_policy_reaches_the_phones(string policy, ReplayPolicy expected, int partitions)
    {
        var settings = await MapAsync($"{Samples.Minimal}\nreplayCache: {{ policy: {policy} }}");

        Assert.Equal((expected, partitions), (settings.Ue.ReplayCache.Policy, settings.Ue.ReplayCache.SenderPartitions));
    }

    [Fact]
    public async Task A_store_in_postgresql_is_the_runs_own_and_gets_its_password_from_a_file_beside_the_scenario()
    {
        using var folder = new TemporaryFolder();
        folder.File("db.password", "secret");
        var file = folder.File("s.yaml", Samples.Minimal + "\napplicationServer: { store: { postgres: Host=db.lab }, storePasswordFile: db.password }\n");
        var read = ScenarioReader.ReadFile(file, []);
        Assert.NotNull(read.Scenario);
        var settings = await RunSettingsMapper.MapAsync(read.Scenario, "unused.db", TestContext.Current.CancellationToken);
        Assert.Equal(
            new PostgresMailboxStoreSettings { ConnectionString = "Host=db.lab", PasswordFile = Path.Combine(folder.Path, "db.password"), IsScratch = true },
            settings.ApplicationServer.Store);
    }

    [Fact]
    public async Task Somebody_elses_core_over_udp_with_plain_bodies_and_a_first_phase_that_registers()
    {
        var settings = await MapAsync("""
            version: 1
            name: foreign
            target: { core: "sip:127.0.0.1:5070;transport=udp", as: external }
            subscribers: { count: 10 }
            security: { body: plain }
            traffic: { rate: 1/s }
            phases:
              - { name: first, online: 50%, for: 1s }
            """);

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5070), settings.ExternalCore);
        Assert.Equal((SipTransportKind.Udp, BodyProtection.Plain), (settings.Transport, settings.Ue.Protection));
        Assert.False(settings.WithApplicationServer);
        Assert.False(settings.RegisterBeforeFirstPhase);
        Assert.Equal(5, Assert.Single(settings.Phases).GoOnline);
        Assert.True(settings.Attacks.IsEmpty);
        Assert.Null(settings.Ue.Trust);
        Assert.Equal(TimeSpan.FromDays(7), settings.Ue.MessageExpiry);
    }

    [Fact]
    public async Task Virtual_time_has_its_network_and_tickets_live_as_long_as_messages_are_kept()
    {
        var settings = await MapAsync("""
            version: 1
            name: lossy
            clock: virtual
            target: { transport: udp }
            subscribers: { count: 10 }
            applicationServer: { expiry: 60d }
            faults: { network: { loss: 1%, duplicate: 2%, reorder: 3%, latency: 40ms } }
            phases:
              - { name: first, for: 1s }
            """);

        Assert.Equal(
            new VirtualTimeSettings { Loss = 0.01, Duplication = 0.02, Reordering = 0.03, Latency = TimeSpan.FromMilliseconds(40) }, settings.VirtualTime);
        Assert.Equal((TimeSpan.FromDays(60), TimeSpan.FromDays(60)), (settings.Ue.MessageExpiry, settings.Kms.ResolveGrace));
    }

    [Fact]
    public async Task Phones_and_kms_share_a_key_that_follows_from_the_seed()
    {
        var first = await MapAsync(Samples.Minimal);
        var same = await MapAsync(Samples.Minimal);
        var other = await MapAsync(Samples.Minimal, "seed=2");

        Assert.Equal(first.ProfileOf(3).Psk.ToArray(), same.ProfileOf(3).Psk.ToArray());
        Assert.NotEqual(first.ProfileOf(3).Psk.ToArray(), other.ProfileOf(3).Psk.ToArray());
        Assert.Equal(
            first.ProfileOf(3).Psk.ToArray(), Protocol.Kms.KeyManagementService.DerivePsk(first.Kms.MasterSecret.Span, first.AddressOf(3), first.Ue.Suite));
        Assert.Equal(first.Kms.Identity, first.Ue.KmsIdentity);
    }

    private static Task<FarmRunSettings> MapAsync(string text, params string[] overrides) =>
        RunSettingsMapper.MapAsync(Samples.Scenario(text, overrides), "unused.db", TestContext.Current.CancellationToken);
}
