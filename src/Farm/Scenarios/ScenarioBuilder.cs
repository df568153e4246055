using F = UeFarm.Farm.Scenarios.ScenarioFormat;

namespace UeFarm.Farm.Scenarios;

/// <summary>Makes the immutable scenario from values that passed every check.</summary>
internal static class ScenarioBuilder
{
    /// <summary>The capacity when a scenario gives none: the example size of the technical report.</summary>
    private const long DefaultCacheBytes = 1_000_000;

    private const int DigestBytes = 20;

    public static Scenario Build(ScenarioValues values, SubscriberFile? file, string? storePasswordFile)
    {
        var core = values.Get(F.TargetCore);
        return new Scenario
        {
            Version = (int)values.Get(F.Version),
            Name = values.Get(F.Name),
            Seed = values.Get(F.Seed),
            Clock = values.Get(F.Clock),
            Target = new TargetOptions(
                values.Get(F.TargetDomain), core, core.Transport ?? values.Get(F.TargetTransport), values.Get(F.TargetApplicationServer),
                values.Get(F.TargetKms), values.GetList(F.TargetAllow))
            {
                Listen = values.Get(F.TargetListen)!,
            },
            Subscribers = new SubscriberOptions(
                (int)values.Get(F.SubscriberCount), values.Get(F.SubscriberImpu), values.Get(F.AuthScheme), values.Get(F.AuthSecrets),
                values.Get(F.RegistrationExpiry),
                (int)values.Get(F.SubscriberConnections), file)
            {
                IsPinned = values.IsWritten(F.AuthSecretsHash),
                Clocks = new ClockOptions(values.Get(F.ClockSpread), values.IsWritten(F.ClockAhead) ? values.Get(F.ClockAhead) : null, values.Get(F.ClockAheadBy)),
            },
            Sip = BuildSip(values),
            Security = new SecurityOptions(values.Get(F.SecurityBody), values.Get(F.SecuritySign), values.Get(F.SecurityEncrypt), values.Get(F.SecurityKeys)),
            ReplayCache = new ReplayCacheOptions(
                CapacityOf(values), values.Get(F.CacheTimestampBytes), values.Get(F.CachePolicy), values.Get(F.CacheWindow), values.Get(F.CacheFutureBound),
                values.Get(F.CacheOnRestart))
            {
                SenderPartitions = (int)values.Get(F.CacheSenderPartitions),
            },
            ApplicationServer = BuildApplicationServer(values, storePasswordFile),
            Traffic = new TrafficOptions(
                values.Get(F.TrafficRate), values.Get(F.TrafficArrivals), values.Get(F.TrafficSize), values.Get(F.RecipientPicking),
                values.Get(F.RecipientExponent), values.Get(F.TrafficSenders))
            {
                Reports = values.Get(F.TrafficReports),
            },
            Phases = values.ItemsOf(F.Phases).Select((_, item) => BuildPhase(values, item)).ToArray(),
            Faults = new FaultOptions(
                values.Get(F.AttackReplay), values.Get(F.AttackAlteredOutsideMac), values.Get(F.AttackForged), values.Get(F.AttackAlteredBody),
                values.Get(F.AttackTransplant), values.Get(F.AttackFarFuture))
            {
                Network = new NetworkOptions(
                    values.Get(F.NetworkLoss), values.Get(F.NetworkDuplicate), values.Get(F.NetworkReorder), values.Get(F.NetworkLatency)),
            },
            Thresholds = values.GetList(F.ThresholdList),
            Results = new ResultOptions(values.Get(F.ResultsArrivals), values.Get(F.ResultsLedger)),
            Limits = new LimitOptions((int)values.Get(F.LimitMaxUes), values.Get(F.LimitMaxRate), values.Get(F.LimitMaxDuration)),
            Metrics = new MetricsOptions((int)values.Get(F.MetricsPort), values.Get(F.MetricsLinger)),
            PageListen = values.Get(F.PageListen),
        };
    }

    public static ApplicationServerOptions BuildApplicationServer(ScenarioValues values, string? storePasswordFile) => new(
        values.Get(F.ServerOrder), (int)values.Get(F.ServerWindow), values.Get(F.ServerLive), values.Get(F.ServerSettle), values.Get(F.ServerExpiry),
        (int)values.Get(F.ServerMaxPerUe), values.Get(F.ServerHoldTime), values.Get(F.ServerDrainDelay))
    {
        MaxBytesPerUe = values.Get(F.ServerMaxBytesPerUe),
        MaxStored = values.Get(F.ServerMaxStored),
        MaxStoredBytes = values.Get(F.ServerMaxStoredBytes),
        Store = values.Get(F.ServerStore),
        StorePasswordFile = storePasswordFile,
        StoreUnsafe = values.Get(F.ServerStoreUnsafe),
        Presence = values.Get(F.ServerPresence),
        DrainRate = values.Get(F.ServerDrainRate),
        DrainRatePerUe = values.Get(F.ServerDrainRatePerUe),
        Groups = (int)values.Get(F.ServerGroups),
        Servers = (int)values.Get(F.ServerCount),
        FirstShare = values.IsWritten(F.ServerFirstShare) ? values.Get(F.ServerFirstShare).Fraction : null,
    };

    public static SipOptions BuildSip(ScenarioValues values) => new(values.Get(F.SipT1), values.Get(F.SipT2), values.Get(F.SipT4));

    /// <summary>As written, or what the bytes hold.</summary>
    public static int CapacityOf(ScenarioValues values)
    {
        if (values.IsWritten(F.CacheEntries))
        {
            return (int)values.Get(F.CacheEntries);
        }

        var bytes = values.IsWritten(F.CacheBytes) ? values.Get(F.CacheBytes) : DefaultCacheBytes;
        return (int)(bytes / (DigestBytes + values.Get(F.CacheTimestampBytes)));
    }

    private static PhaseOptions BuildPhase(ScenarioValues values, int item)
    {
        PhoneAmount? offline = values.IsWritten(F.PhaseOffline, item) ? values.Get(F.PhaseOffline, item) : null;
        PhoneAmount? online = values.IsWritten(F.PhaseOnline, item) ? values.Get(F.PhaseOnline, item) : null;
        var rate = !values.Get(F.PhaseTraffic, item) ? Rate.Zero : values.IsWritten(F.PhaseRate, item) ? values.Get(F.PhaseRate, item)
            : values.Get(F.TrafficRate);
        return new PhaseOptions(values.Get(F.PhaseName, item), values.Get(F.PhaseFor, item), offline, values.Get(F.PhaseCut, item), online,
            values.Get(F.PhaseWithin, item), rate);
    }
}
