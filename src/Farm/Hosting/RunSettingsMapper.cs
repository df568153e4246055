using System.Net;
using System.Security.Cryptography;
using System.Text;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Sizing;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using UeFarm.Protocol.Smime;
using ApplicationServerOptions = UeFarm.Actors.Mailbox.ApplicationServerOptions;
using RecipientPick = UeFarm.Actors.Traffic.RecipientPick;

namespace UeFarm.Farm.Hosting;

/// <summary>From a valid scenario to what the engine needs. Decides nothing.</summary>
internal static class RunSettingsMapper
{
    public static async Task<FarmRunSettings> MapAsync(Scenario scenario, string databasePath, CancellationToken cancellation)
    {
        var suite = scenario.Security.Encrypt is EncryptionKind.Aes256Gcm or EncryptionKind.Aes256Ccm ? MikeySuite.Aes256Sha256 : MikeySuite.Aes128Sha1;
        var master = SHA256.HashData(Encoding.UTF8.GetBytes($"uefarm master secret {scenario.Seed}"));
        var subscribers = new SubscriberTable(scenario, master, suite);
        var kms = $"sip:kms@{scenario.Target.Domain}";
        var transport = scenario.Target.Transport == SipTransportChoice.Udp ? SipTransportKind.Udp : SipTransportKind.Tcp;
        var isVirtual = scenario.Clock == ScenarioClock.Virtual;
        return new FarmRunSettings
        {
            Domain = scenario.Target.Domain,
            Phones = scenario.Subscribers.Count,
            Seed = (ulong)scenario.Seed,
            ProfileOf = subscribers.ProfileOf,
            AddressOf = subscribers.AddressOf,
            Subscribers = subscribers,
            Ue = UeOf(scenario, suite, kms, transport, master),
            ExternalCore = scenario.Target.Core.IsEmbedded ? null : await ResolveAsync(scenario.Target.Core, cancellation).ConfigureAwait(false),
            CoreListen = scenario.Target.Listen,
            Transport = transport,
            Connections = scenario.Subscribers.Connections,
            WithApplicationServer = scenario.Target.ApplicationServer.IsEmbedded,
            MailboxGroups = scenario.ApplicationServer.Groups,
            ExternalApplicationServer = await ServerHopAsync(scenario.Target.ApplicationServer.Address, cancellation).ConfigureAwait(false),
            ApplicationServer = ApplicationServerOf(scenario.ApplicationServer, isScratch: true),
            Kms = KmsOf(scenario, kms, master),
            Allow = AllowListOf(scenario.Target.Allow),
            Traffic = TrafficOf(scenario.Traffic),
            Phases = PhasesOf(scenario),
            HighestRate = scenario.Limits.MaxRate.PerSecond,
            RegisterBeforeFirstPhase = scenario.Phases[0].Online is null,
            Attacks = new AttackPlan(Enum.GetValues<AttackKind>().ToDictionary(kind => kind, kind => RateOf(scenario.Faults, kind))),
            Clocks = ClocksOf(scenario),
            RecordArrivals = scenario.Results.Arrivals,
            VirtualTime = isVirtual ? NetworkOf(scenario.Faults.Network) : null,
            DatabasePath = databasePath,
        };
    }

    private static VirtualTimeSettings NetworkOf(NetworkOptions network) => new()
    {
        Latency = network.Latency,
        Loss = network.Loss.Fraction,
        Duplication = network.Duplicate.Fraction,
        Reordering = network.Reorder.Fraction,
    };

    /// <summary>Interpretation: a ticket is resolved for as long after its end as a message that was sent in time can lie in a mailbox.</summary>
    private static KmsSettings KmsOf(Scenario scenario, string identity, byte[] master)
    {
        var settings = new KmsSettings { Identity = identity, MasterSecret = master };
        var expiry = scenario.ApplicationServer.Expiry;
        return expiry > settings.ResolveGrace ? settings with { ResolveGrace = expiry } : settings;
    }

    private static UeSettings UeOf(Scenario scenario, MikeySuite suite, string kms, SipTransportKind transport, byte[] master)
    {
        var cache = scenario.ReplayCache;
        var isSigned = scenario.Security.Sign == SignatureKind.EcdsaP256;
        var today = scenario.Clock == ScenarioClock.Virtual ? SizingRun.Start : TimeProvider.System.GetUtcNow();
        var settings = new UeSettings
        {
            Domain = scenario.Target.Domain,
            Core = new SipHop(transport, new IPEndPoint(IPAddress.Loopback, 0), 0),
            Transport = transport,
            ContactHost = "",
            Protection = scenario.Security.Body == BodyKind.Plain ? BodyProtection.Plain : isSigned ? BodyProtection.ProtectedAndSigned : BodyProtection.Protected,
            Cipher = scenario.Security.Encrypt switch
            {
                EncryptionKind.Aes128Gcm => SmimeCipher.Aes128Gcm,
                EncryptionKind.Aes256Gcm => SmimeCipher.Aes256Gcm,
                EncryptionKind.Aes128Ccm => SmimeCipher.Aes128Ccm,
                _ => SmimeCipher.Aes256Ccm,
            },
            Suite = suite,
            KmsIdentity = kms,
            ReplayCache = ReplayCacheOf(cache),
            OnRestart = cache.OnRestart switch
            {
                CacheRestart.Restore => ReplayRestart.Restore,
                CacheRestart.RejectOlder => ReplayRestart.RejectOlder,
                _ => ReplayRestart.Empty,
            },
            Reports = scenario.Traffic.Reports switch
            {
                ReportPick.None => ReportRequests.None,
                ReportPick.Negative => ReportRequests.Negative,
                _ => ReportRequests.All,
            },
            RegistrationExpiry = scenario.Subscribers.RegistrationExpiry,
            Timers = TimersOf(scenario.Sip),
            Trust = isSigned ? UeCertificateAuthority.Derive("uefarm test CA", master, today) : null,
        };

        // What a sender asks for goes before what the server would do: the built-in one is asked for what the scenario says of it.
        return scenario.Target.ApplicationServer.IsEmbedded
            ? settings with { MessageExpiry = scenario.ApplicationServer.Expiry }
            : settings;
    }

    public static ReplayCacheSettings ReplayCacheOf(ReplayCacheOptions cache) => new()
    {
        Policy = PolicyOf(cache.Policy),
        CapacityEntries = cache.CapacityEntries,
        TimestampBytes = cache.TimestampBytes,
        Window = cache.Window,
        SenderPartitions = cache.SenderPartitions,
        FutureBound = cache.FutureBound,
    };

    public static ReplayPolicy PolicyOf(ReplayPolicyKind kind) => kind switch
    {
        ReplayPolicyKind.Modified => ReplayPolicy.Modified,
        ReplayPolicyKind.PerSender => ReplayPolicy.PerSender,
        ReplayPolicyKind.Window => ReplayPolicy.Window,
        _ => ReplayPolicy.None,
    };

    public static SipTimers TimersOf(SipOptions sip) => new() { T1 = sip.T1, T2 = sip.T2, T4 = sip.T4 };

    /// <summary>Null: every clock is right.</summary>
    public static PhoneClocks? ClocksOf(Scenario scenario)
    {
        var clocks = scenario.Subscribers.Clocks;
        var count = scenario.Subscribers.Count;
        var ahead = clocks.Ahead?.CountOf(count) ?? 0;
        return clocks.Spread == TimeSpan.Zero && ahead == 0 ? null : new PhoneClocks(count, (ulong)scenario.Seed, clocks.Spread, ahead, clocks.AheadBy);
    }

    public static AddressAllowList AllowListOf(IReadOnlyList<IPNetwork> networks) =>
        AddressAllowList.TryParse(networks.Select(static network => network.ToString()), out var list, out var bad)
            ? list!
            : throw new InvalidOperationException($"the validated network {bad} is not one that can be allowed");

    /// <param name="options">As a scenario or a node file says it.</param>
    /// <param name="isScratch">What is stored in a shared database is that of a run, which begins with nothing; else it is there to last.</param>
    public static ApplicationServerOptions ApplicationServerOf(Scenarios.ApplicationServerOptions options, bool isScratch) => new()
    {
        Window = options.Window,
        Live = options.Live == LiveMessages.Bypass ? LiveTraffic.Bypass : LiveTraffic.BehindDrain,
        OldestFirst = options.Order == DrainOrder.OldestFirst,
        Settle = options.Settle,
        Expiry = options.Expiry,
        MaxPerUe = options.MaxPerUe,
        MaxBytesPerUe = options.MaxBytesPerUe,
        MaxStored = options.MaxStored,
        MaxStoredBytes = options.MaxStoredBytes,
        Store = StoreOf(options, isScratch),
        HoldTime = options.HoldTime,
        DrainDelay = options.DrainDelay,
        Presence = options.Presence == PresenceTrigger.RegEvent ? PresenceSource.RegEvent : PresenceSource.ThirdPartyRegister,
        DrainRate = options.DrainRate?.PerSecond,
        DrainRatePerUe = options.DrainRatePerUe?.PerSecond,
    };

    /// <summary>Null: a file of the server's own.</summary>
    private static PostgresMailboxStoreSettings? StoreOf(Scenarios.ApplicationServerOptions options, bool isScratch) => options.Store.Postgres is not { } connection
        ? null
        : new PostgresMailboxStoreSettings
        {
            ConnectionString = connection,
            PasswordFile = options.StorePasswordFile,
            AllowUnsafe = options.StoreUnsafe,
            IsScratch = isScratch,
        };

    public static TrafficPlan TrafficOf(TrafficOptions traffic) => new()
    {
        RatePerSecond = traffic.Rate.PerSecond,
        Arrivals = traffic.Arrivals == ArrivalModel.Poisson ? ArrivalProcess.Poisson : ArrivalProcess.Uniform,
        MinTextBytes = traffic.Size.Minimum,
        MaxTextBytes = traffic.Size.Maximum,
        Recipients = traffic.Pick switch
        {
            Scenarios.RecipientPick.Zipf => RecipientPick.Zipf,
            Scenarios.RecipientPick.Ring => RecipientPick.Ring,
            _ => RecipientPick.Uniform,
        },
        Exponent = traffic.Exponent,
        OfflineSendersToo = traffic.Senders == SenderPick.All,
    };

    public static List<PhasePlan> PhasesOf(Scenario scenario)
    {
        var phases = new List<PhasePlan>(scenario.Phases.Count);
        var total = scenario.Subscribers.Count;
        var online = scenario.Phases[0].Online is null ? total : 0;
        foreach (var phase in scenario.Phases)
        {
            var leave = Math.Min(online, phase.Offline?.CountOf(total) ?? 0);
            var comeBack = phase.Online?.CountOf(total - online) ?? 0;
            phases.Add(new PhasePlan
            {
                Name = phase.Name,
                Duration = phase.Length,
                GoOffline = leave,
                Cut = phase.Cut == CutKind.Silent ? OfflineKind.Silent : OfflineKind.Clean,
                GoOnline = comeBack,
                Within = phase.Within,
                RatePerSecond = phase.Rate.PerSecond,
            });
            online += comeBack - leave;
        }

        return phases;
    }

    private static double RateOf(FaultOptions faults, AttackKind kind) => faults.ByKind.First(entry => entry.Kind == Label.Of(kind)).Rate.PerSecond;

    private static async Task<SipHop?> ServerHopAsync(SipTarget? address, CancellationToken cancellation)
    {
        if (address is null)
        {
            return null;
        }

        var transport = address.Transport == SipTransportChoice.Udp ? SipTransportKind.Udp : SipTransportKind.Tcp;
        return new SipHop(transport, await ResolveAsync(address, cancellation).ConfigureAwait(false), 0);
    }

    /// <summary>The allow list is checked again on the resolved address whenever something is sent.</summary>
    public static async Task<IPEndPoint> ResolveAsync(SipTarget target, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(target.Host, out var address))
        {
            return new IPEndPoint(address, target.Port);
        }

        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation).ConfigureAwait(false);
        return new IPEndPoint(addresses[0], target.Port);
    }
}
