using System.Globalization;
using System.Net;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Scenarios;

/// <summary>What single values cannot show: contradictions between them. Reports all of them; a value that was refused is left alone.</summary>
internal sealed partial class ScenarioChecks(ScenarioValues values, ICollection<ScenarioError> errors)
{
    private const int DigestBytes = 20;

    public void Run()
    {
        CheckUnsupported();
        CheckVirtualTime();
        CheckNetwork();
        CheckCounterparts();
        CheckTarget();
        new ApplicationServerChecks(values, errors).Run();
        CheckSecurity();
        CheckReplayCache();
        CheckTraffic();
        CheckPhases();
        CheckThresholds();
    }

    private void CheckUnsupported()
    {
        if (values.TryGet(ScenarioFormat.TargetKms, out var kms) && !kms.IsEmbedded)
        {
            Report(ScenarioFormat.TargetKms, "is not asked by this version", "embedded", "write kms: embedded");
        }
    }

    private void CheckCounterparts()
    {
        if (values.IsWritten(ScenarioFormat.ServerFirstShare) && values.TryGet(ScenarioFormat.ServerCount, out var servers) && servers < 2)
        {
            Report(ScenarioFormat.ServerFirstShare, "has no meaning with one server", "nothing with servers: 1", "set servers to 2 or more, or remove this key");
        }

        if (values.TryGet(ScenarioFormat.MetricsLinger, out var linger) && linger > TimeSpan.Zero
            && values.TryGet(ScenarioFormat.MetricsPort, out var port) && port == 0 && values.TryGet(ScenarioFormat.PageListen, out var page) && page is null)
        {
            Report(
                ScenarioFormat.MetricsLinger, "has no meaning without metrics.port and page.listen", "nothing where neither is served",
                "give one of the two, or remove this key");
        }

        if (values.IsWritten(ScenarioFormat.AuthSecretsHash) && values.TryGet(ScenarioFormat.AuthSecrets, out var secrets) && secrets.IsDerived)
        {
            Report(ScenarioFormat.AuthSecretsHash, "has no meaning with secretsFrom: derived", "nothing without a file", "name the file in secretsFrom, or remove this key");
        }

        if (values.IsWritten(ScenarioFormat.ClockAhead) != values.IsWritten(ScenarioFormat.ClockAheadBy))
        {
            var written = values.IsWritten(ScenarioFormat.ClockAhead) ? (ScenarioOption)ScenarioFormat.ClockAhead : ScenarioFormat.ClockAheadBy;
            Report(written, "needs its counterpart", "ahead and aheadBy together", "write both, or neither");
        }
    }

    private void CheckTarget()
    {
        if (values.IsWritten(ScenarioFormat.TargetTransport) && values.TryGet(ScenarioFormat.TargetTransport, out var transport)
            && values.TryGet(ScenarioFormat.TargetCore, out var core) && core.Transport is { } uriTransport && uriTransport != transport)
        {
            Report(ScenarioFormat.TargetTransport, $"contradicts the transport in target.core ({core})", "the same transport in both", "remove one of the two");
        }

        if (values.TryGet(ScenarioFormat.TargetListen, out var listen) && (listen!.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)))
        {
            Report(ScenarioFormat.TargetListen, "is every address, which nobody can be told", "one address", "write the address that the phones and the server reach");
        }

        if (values.IsWritten(ScenarioFormat.TargetListen) && values.TryGet(ScenarioFormat.TargetCore, out var elsewhere) && !elsewhere.IsEmbedded)
        {
            Report(ScenarioFormat.TargetListen, "has no meaning with somebody else's core", "nothing with such a core", "write core: embedded, or remove this key");
        }

        if (values.TryGet(ScenarioFormat.TargetApplicationServer, out var server) && server.Address is not null)
        {
            CheckServerAddress();
        }

        if (values.IsUsable(ScenarioFormat.TargetAllow) && values.GetList(ScenarioFormat.TargetAllow).Count == 0)
        {
            Report(ScenarioFormat.TargetAllow, "is empty, so nothing could be sent", "at least one address range", "write [127.0.0.0/8] for this machine");
        }

        if (values.TryGet(ScenarioFormat.SubscriberImpu, out var impu) && !impu.HasIndex && values.TryGet(ScenarioFormat.SubscriberCount, out var count)
            && count > 1)
        {
            Report(ScenarioFormat.SubscriberImpu, "gives all phones the same identity", "a template with {index}",
                "write it like sip:ue{index:000000}@{domain}");
        }
    }

    private void CheckServerAddress()
    {
        if (values.TryGet(ScenarioFormat.TargetCore, out var core) && !core.IsEmbedded)
        {
            Report(ScenarioFormat.TargetApplicationServer, "is not the farm's to find: the core is somebody else's", "external with such a core",
                "write as: external, or core: embedded");
        }
        else if (values.TryGet(ScenarioFormat.TargetListen, out var listen) && listen!.Port == 0)
        {
            Report(ScenarioFormat.TargetApplicationServer, "would not know where the core is", "target.listen with a port beside it",
                "write listen: 127.0.0.1:5060, and tell the server that address");
        }

        if (values.TryGet(ScenarioFormat.Clock, out var clock) && clock == ScenarioClock.Virtual)
        {
            Report(ScenarioFormat.TargetApplicationServer, "cannot follow virtual time", "embedded with clock: virtual", "write as: embedded, or clock: real");
        }
    }

    private void CheckSecurity()
    {
        if (!values.TryGet(ScenarioFormat.SecurityBody, out var body) || body != BodyKind.Plain)
        {
            return;
        }

        if (values.TryGet(ScenarioFormat.SecuritySign, out var sign) && sign != SignatureKind.None)
        {
            Report(ScenarioFormat.SecuritySign, "contradicts security.body: plain", "none with a plain body", "write body: smime, or sign: none");
        }

        foreach (var option in new ScenarioOption[] { ScenarioFormat.SecurityEncrypt, ScenarioFormat.SecurityKeys })
        {
            if (values.IsWritten(option))
            {
                Report(option, "contradicts security.body: plain", "nothing with a plain body", "write body: smime, or remove this key");
            }
        }

        foreach (var option in Attacks())
        {
            if (values.TryGet(option, out var rate) && rate.PerSecond > 0)
            {
                Report(option, "needs protected messages, but security.body is plain", "0/s with a plain body", "write security.body: smime");
            }
        }
    }

    private void CheckReplayCache()
    {
        var hasBytes = values.IsWritten(ScenarioFormat.CacheBytes);
        if (hasBytes && values.IsWritten(ScenarioFormat.CacheEntries))
        {
            // What --set gives beats the file, also when it is the other way of saying the same.
            var isBytesSet = values.LocationOf(ScenarioFormat.CacheBytes).Override is not null;
            var isEntriesSet = values.LocationOf(ScenarioFormat.CacheEntries).Override is not null;
            if (isBytesSet == isEntriesSet)
            {
                Report(ScenarioFormat.CacheEntries, "and replayCache.bytes both give the capacity", "one of the two", "remove one");
            }
            else
            {
                values.Forget(isBytesSet ? ScenarioFormat.CacheEntries : ScenarioFormat.CacheBytes);
            }
        }

        if (values.IsWritten(ScenarioFormat.CacheBytes) && values.TryGet(ScenarioFormat.CacheBytes, out var bytes)
            && values.TryGet(ScenarioFormat.CacheTimestampBytes, out var timestamp))
        {
            var entry = DigestBytes + timestamp;
            if (bytes < entry)
            {
                Report(ScenarioFormat.CacheBytes, "does not hold a single entry", string.Create(CultureInfo.InvariantCulture, $"{entry}B or more (one entry)"),
                    "raise it, or give replayCache.entries");
            }
        }

        if (values.TryGet(ScenarioFormat.CachePolicy, out var policy) && policy != ReplayPolicyKind.Window && values.IsWritten(ScenarioFormat.CacheWindow))
        {
            Report(ScenarioFormat.CacheWindow, "has no meaning without policy: window", "nothing with this policy", "write policy: window, or remove this key");
        }

        CheckSenderPartitions();
    }

    private void CheckSenderPartitions()
    {
        if (!values.TryGet(ScenarioFormat.CachePolicy, out var policy))
        {
            return;
        }

        var isWritten = values.IsWritten(ScenarioFormat.CacheSenderPartitions);
        if (policy != ReplayPolicyKind.PerSender)
        {
            if (isWritten)
            {
                Report(ScenarioFormat.CacheSenderPartitions, "has no meaning without policy: per-sender", "nothing with this policy",
                    "write policy: per-sender, or remove this key");
            }

            return;
        }

        if (!values.TryGet(ScenarioFormat.CacheSenderPartitions, out var partitions) || !values.IsUsable(ScenarioFormat.CacheEntries)
            || !values.IsUsable(ScenarioFormat.CacheBytes) || !values.IsUsable(ScenarioFormat.CacheTimestampBytes))
        {
            return;
        }

        var capacity = ScenarioBuilder.CapacityOf(values);
        if (capacity > 0 && partitions > capacity)
        {
            // Where only the capacity was written it is the capacity that does not fit.
            var option = isWritten ? ScenarioFormat.CacheSenderPartitions
                : values.IsWritten(ScenarioFormat.CacheEntries) ? ScenarioFormat.CacheEntries : (ScenarioOption)ScenarioFormat.CacheBytes;
            Report(option, string.Create(CultureInfo.InvariantCulture, $"leaves some of {partitions} partitions without an entry"),
                string.Create(CultureInfo.InvariantCulture, $"senderPartitions of {capacity} or less with {capacity} entries"),
                "set replayCache.senderPartitions lower, or raise the capacity");
        }
    }

    private void CheckTraffic()
    {
        if (values.TryGet(ScenarioFormat.RecipientPicking, out var pick) && pick != RecipientPick.Zipf && values.IsWritten(ScenarioFormat.RecipientExponent))
        {
            Report(ScenarioFormat.RecipientExponent, "has no meaning without pick: zipf", "nothing with this pick", "write pick: zipf, or remove this key");
        }

        if (values.TryGet(ScenarioFormat.TrafficRate, out var rate) && rate.PerSecond > 0 && values.TryGet(ScenarioFormat.SubscriberCount, out var count)
            && count < 2)
        {
            Report(ScenarioFormat.SubscriberCount, "leaves nobody to write to", "2 or more when there is traffic",
                "raise the count, or set traffic.rate to 0/s");
        }
    }

    private void CheckPhases()
    {
        var items = values.ItemsOf(ScenarioFormat.Phases);
        if (items.Count == 0)
        {
            errors.Add(
                new ScenarioError(ScenarioLocation.FileStart, "phases", null, "is missing or empty", "a list of at least one phase",
                "add phases: [ { name: steady, for: 30s } ]"));
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var isCountable = values.TryGet(ScenarioFormat.SubscriberCount, out var count) && count <= int.MaxValue;
        var offline = 0L;
        for (var i = 0; i < items.Count; i++)
        {
            if (values.TryGet(ScenarioFormat.PhaseName, out var name, i) && !names.Add(name))
            {
                Report(ScenarioFormat.PhaseName, "is the name of an earlier phase too", "each name once", "rename one of the two", i);
            }

            CheckPhaseKeys(i);
            if (isCountable && !TryMovePhones(i, (int)count, ref offline))
            {
                isCountable = false;
            }
        }
    }

    private void CheckPhaseKeys(int item)
    {
        var cuts = values.IsWritten(ScenarioFormat.PhaseOffline, item);
        var returns = values.IsWritten(ScenarioFormat.PhaseOnline, item);
        if (cuts && returns)
        {
            Report(ScenarioFormat.PhaseOnline, "and offline both move phones in one phase", "one of the two per phase", "split the phase", item);
        }

        if (!cuts && values.IsWritten(ScenarioFormat.PhaseCut, item))
        {
            Report(ScenarioFormat.PhaseCut, "has no meaning without offline", "only together with offline", "add offline, or remove this key", item);
        }

        if (!cuts && !returns && values.IsWritten(ScenarioFormat.PhaseWithin, item))
        {
            Report(ScenarioFormat.PhaseWithin, "has no meaning without offline or online", "only together with one of them", "add online, or remove this key",
                item);
        }

        if (values.TryGet(ScenarioFormat.PhaseWithin, out var within, item) && values.TryGet(ScenarioFormat.PhaseFor, out var length, item) && within > length)
        {
            Report(ScenarioFormat.PhaseWithin, "is longer than the phase", $"at most {UnitText.Duration(length)} (for)", "shorten within, or lengthen for",
                item);
        }

        if (values.TryGet(ScenarioFormat.PhaseTraffic, out var traffic, item) && !traffic && values.IsWritten(ScenarioFormat.PhaseRate, item))
        {
            Report(ScenarioFormat.PhaseRate, "contradicts traffic: off", "no rate in a phase without traffic", "remove one of the two", item);
        }

        if (values.TryGet(ScenarioFormat.SubscriberCount, out var count) && count < 2 && values.TryGet(ScenarioFormat.PhaseRate, out var rate, item)
            && rate.PerSecond > 0)
        {
            Report(ScenarioFormat.PhaseRate, "leaves nobody to write to, with a single phone", "2 or more phones when there is traffic",
                "raise subscribers.count", item);
        }
    }

    /// <summary>Counts who is offline from phase to phase. False when the count is not known any more.</summary>
    private bool TryMovePhones(int item, int count, ref long offline)
    {
        if (!TryGetAmount(ScenarioFormat.PhaseOffline, item, out var cut) || !TryGetAmount(ScenarioFormat.PhaseOnline, item, out var back))
        {
            return false;
        }

        if (cut is { } amount)
        {
            var wanted = amount.Number ?? amount.CountOf(count);
            if (wanted + offline > count)
            {
                var before = offline == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", of which {offline} are offline already");
                Report(
                    ScenarioFormat.PhaseOffline, string.Create(CultureInfo.InvariantCulture, $"would take {wanted} phones offline"),
                    string.Create(CultureInfo.InvariantCulture, $"at most 100% of {count} phones{before}"), "lower it, or bring phones back first", item);
                return false;
            }

            offline += wanted;
        }

        offline -= back?.CountOf((int)offline) ?? 0;
        return true;
    }

    private bool TryGetAmount(TypedScenarioOption<PhoneAmount> option, int item, out PhoneAmount? amount)
    {
        amount = null;
        if (!values.IsWritten(option, item))
        {
            return true;
        }

        var isValid = values.TryGet(option, out var value, item);
        amount = value;
        return isValid;
    }

    /// <summary>What could never have samples is told before the run, not at its end.</summary>
    private void CheckThresholds()
    {
        foreach (var threshold in values.GetList(ScenarioFormat.ThresholdList))
        {
            if (threshold.Metric == ThresholdCatalogue.AttacksMetric)
            {
                CheckAttackThreshold(threshold);
            }
            else if (threshold.Metric == ThresholdCatalogue.StoreMetric && !HasStoreFile())
            {
                ReportThreshold(threshold, "could never have samples: no file holds the mailboxes", "clock: real, the built-in core and server, and store: sqlite",
                    "remove the threshold");
            }
        }
    }

    private void CheckAttackThreshold(Threshold threshold)
    {
        var attacks = Attacks().ToDictionary(option => option.Name, StringComparer.Ordinal);
        var kinds = threshold.Labels.TryGetValue(ThresholdCatalogue.KindLabel, out var kind) ? [kind] : attacks.Keys.ToArray();
        var isRun = kinds.Any(name => !values.TryGet(attacks[name], out var rate) || rate.PerSecond > 0);
        if (!isRun)
        {
            ReportThreshold(threshold, "could never have samples: this attack is not run", "attacks with a rate above 0/s in faults.attacks",
                $"set faults.attacks.{kinds[0]}, or remove the threshold");
        }
    }

    /// <summary>Also true where a part of the answer was refused, and reported, already.</summary>
    private bool HasStoreFile() =>
        !((values.TryGet(ScenarioFormat.Clock, out var clock) && clock == ScenarioClock.Virtual)
            || (values.TryGet(ScenarioFormat.ServerStore, out var store) && store.Postgres is not null)
            || (values.TryGet(ScenarioFormat.TargetApplicationServer, out var server) && !server.IsEmbedded)
            || (values.TryGet(ScenarioFormat.TargetCore, out var core) && !core.IsEmbedded));

    private void ReportThreshold(Threshold threshold, string problem, string allowed, string remedy) => errors.Add(
        new ScenarioError(values.LocationOf(ScenarioFormat.ThresholdList), "thresholds", threshold.Text, problem, allowed, remedy));

    private void Report(ScenarioOption option, string problem, string allowed, string remedy, int item = -1) =>
        errors.Add(ScenarioError.About(values, option, problem, allowed, remedy, item));

    private static IEnumerable<TypedScenarioOption<Rate>> Attacks() =>
        ScenarioFormat.Options.Where(option => option.Section == ScenarioFormat.Attacks.Path).Cast<TypedScenarioOption<Rate>>();
}
