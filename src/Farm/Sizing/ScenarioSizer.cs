using UeFarm.Actors.Metrics;
using UeFarm.Actors.Sizing;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>Plays a scenario in virtual time, without SIP and cryptography, and reads the curve off it.</summary>
internal sealed class ScenarioSizer : IScenarioSizer
{
    private const int TimerFInT1 = 64;
    private const int DigestBytes = ReplayDigest.Length;

    public SizingOutcome Size(Scenario scenario, bool compare, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        var settings = SettingsOf(scenario);
        var compared = compare ? PolicyComparison.CachesBeside(settings.ReplayCache) : [];
        var result = Play(settings with { ComparedCaches = compared }, "as given", progress, cancellation);
        return new SizingOutcome
        {
            Source = scenario.Name,
            Messages = result.Ranks.Total + result.Replays + result.Redelivered,
            Distinct = result.Ranks.Total,
            Phones = result.Receivers,
            EntryBytes = scenario.ReplayCache.EntryBytes,
            Curve = new CapacityCurve(result.Ranks),
            Capacity = scenario.ReplayCache.CapacityEntries,
            Facts = FactsOf(result),
            Phases = [.. scenario.Phases.Zip(result.RanksByPhase, static (phase, ranks) => new PhaseSizing(phase.Name, ranks.Total, ranks.MaxRank + 1))],
            Variants = compare ? [.. VariantsOf(scenario, settings, result, progress, cancellation)] : [],
            Policies = compare ? PolicyComparison.Of(settings.ReplayCache, result) : [],
            Remarks = [.. RemarksOf(scenario, settings.ReplayCache, result)],
            BrokenPromise = BrokenPromiseOf(scenario, result),
        };
    }

    /// <summary>What the engine plays of a scenario.</summary>
    public static SizingSettings SettingsOf(Scenario scenario)
    {
        var server = scenario.ApplicationServer;
        return new SizingSettings
        {
            Phones = scenario.Subscribers.Count,
            Seed = (ulong)scenario.Seed,
            Traffic = RunSettingsMapper.TrafficOf(scenario.Traffic),
            Phases = RunSettingsMapper.PhasesOf(scenario),
            InitiallyOnline = scenario.Phases[0].Online is null,

            // Mailboxes are told of every return: nothing is registered here.
            Mailbox = RunSettingsMapper.ApplicationServerOf(server, isScratch: true).ToMailboxSettings() with { SubscribesToPresence = false },
            DrainRate = server.DrainRate?.PerSecond,
            Servers = server.Servers,
            FirstShare = server.FirstShare,
            ReplayCache = RunSettingsMapper.ReplayCacheOf(scenario.ReplayCache),
            Clocks = RunSettingsMapper.ClocksOf(scenario),
            Latency = scenario.Faults.Network.Latency,
            AnswerTimeout = TimerFInT1 * scenario.Sip.T1,
            ReplaysPerSecond = scenario.Faults.Replay.PerSecond,
        };
    }

    private static SizingResult Play(SizingSettings settings, string stage, IProgress<SizingProgress> progress, CancellationToken cancellation) =>
        new SizingRun(settings).Play((share, messages) => progress.Report(new SizingProgress(share, messages, stage)), cancellation);

    private static IEnumerable<SizingVariant> VariantsOf(
        Scenario scenario, SizingSettings settings, SizingResult given, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        var (format, bytes) = scenario.ReplayCache.TimestampBytes == 4 ? ("timestampBytes: 8", 8) : ("timestampBytes: 4 (whole seconds)", 4);
        yield return new SizingVariant(format, DigestBytes + bytes, new CapacityCurve(given.RanksOfOtherFormat));
        var mailbox = settings.Mailbox;
        var bypasses = mailbox.LiveBypassesDrain;
        yield return Variant(bypasses ? "live: behind-drain" : "live: bypass", settings with { Mailbox = mailbox with { LiveBypassesDrain = !bypasses } });
        yield return Variant(mailbox.OldestFirst ? "order: arrival" : "order: oldest-first", settings with { Mailbox = mailbox with { OldestFirst = !mailbox.OldestFirst } });
        yield return settings.Servers > 1 ? Variant("servers: 1", settings with { Servers = 1, FirstShare = null }) : Variant("servers: 2", settings with { Servers = 2 });
        if (settings.Clocks is not null)
        {
            yield return Variant("clocks: exact", settings with { Clocks = null });
        }

        if (settings.ReplayCache.FutureBound is null)
        {
            yield return Variant("futureBound: 5m", settings with { ReplayCache = settings.ReplayCache with { FutureBound = TimeSpan.FromMinutes(5) } });
        }

        SizingVariant Variant(string name, SizingSettings other)
        {
            var result = Play(other, name, progress, cancellation);
            var remark = result.Future > 0 ? $"{UnitText.Count(result.Future)} more refused as too far in the future" : "";
            return new SizingVariant(name, scenario.ReplayCache.EntryBytes, new CapacityCurve(result.Ranks), remark);
        }
    }

    private static IReadOnlyList<(string Name, long Value)> FactsOf(SizingResult result)
    {
        (string, long)[] all =
        [
            ("due", result.Due), ("accepted", result.Accepted), ("stale", result.Stale), ("tie", result.Tied), ("future", result.Future),
            ("expired", result.Expired), ("not sent", result.NotSent), ("mailbox full", result.RefusedByServer), ("still stored", result.Stored),
            ("under way", result.UnderWay), ("redelivered", result.Redelivered),
        ];
        return [.. all.Where(static (fact, index) => index < 3 || fact.Item2 > 0)];
    }

    private static IEnumerable<string> RemarksOf(Scenario scenario, ReplayCacheSettings cache, SizingResult result)
    {
        yield return "Virtual time, without SIP, MIKEY and S/MIME: schedule, mailboxes, timestamps and replay caches are those of a run, a hop takes "
            + $"{UnitText.Duration(scenario.Faults.Network.Latency)}, everything else no time.";
        if (scenario.Faults.Total.PerSecond > scenario.Faults.Replay.PerSecond)
        {
            yield return "Of the attacks only replays are played; the others end before the replay rule, but for far-future: use subscribers.clocks for that.";
        }

        if (!scenario.Faults.Network.IsPerfect)
        {
            yield return "Here the network loses, repeats and reorders nothing; uefarm run plays that.";
        }

        if (scenario.Traffic.Reports == ReportPick.All)
        {
            yield return "Delivery reports are not played: in a run each takes an entry in the cache of the phone that asked for it.";
        }

        if (result.Future > 0)
        {
            yield return "What a futureBound refused never meets the rule of the cache: it has no rank and overtakes nothing.";
        }

        if (scenario.ReplayCache.Policy != ReplayPolicyKind.Modified)
        {
            yield return "The curve is that of policy modified; accepted and stale above are those of the scenario's policy.";
        }

        if (cache.Policy == ReplayPolicy.PerSender && PolicyComparison.MinCapacityOf(cache, result) is { } least)
        {
            yield return $"Policy per-sender loses nothing with {UnitText.Count(least)} entries: {UnitText.Count(least / cache.SenderPartitions)} in each of "
                + $"{UnitText.Count(cache.SenderPartitions)} partitions.";
        }
    }

    private static string? BrokenPromiseOf(Scenario scenario, SizingResult result) =>
        !result.IsBalanced ? "the ledger does not close"
        : result.AcceptedTwice > 0 && scenario.ReplayCache.Policy != ReplayPolicyKind.None ? $"{UnitText.Count(result.AcceptedTwice)} messages were accepted twice"
        : result.Compared.FirstOrDefault(static other => other.AcceptedTwice > 0 && other.Cache.Policy != ReplayPolicy.None) is { } broken
            ? $"{UnitText.Count(broken.AcceptedTwice)} messages were accepted twice by policy {Label.Of(broken.Cache.Policy)}"
        : null;
}
