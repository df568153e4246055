using System.Globalization;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Hosting;

/// <summary>What a scenario is going to do, computed before anything is sent.</summary>
/// <remarks>Notices: What is worth knowing but no mistake.</remarks>
internal sealed record RunPlan(Scenario Scenario, IReadOnlyList<PlannedPhase> Phases, MemoryEstimate Memory, IReadOnlyList<string> Notices)
{
    public TimeSpan Length => Phases[^1].Start + Phases[^1].Length;

    public double ExpectedMessages => Phases.Sum(phase => phase.ExpectedMessages);

    /// <summary>Highest rate of messages and attacks together.</summary>
    public double PeakRatePerSecond => Phases.Max(phase => phase.Rate.PerSecond) + Scenario.Faults.Total.PerSecond;

    public static RunPlan Of(Scenario scenario)
    {
        var phases = new List<PlannedPhase>(scenario.Phases.Count);
        var start = TimeSpan.Zero;
        var online = scenario.Subscribers.Count;
        foreach (var phase in scenario.Phases)
        {
            var cut = phase.Offline?.CountOf(scenario.Subscribers.Count) ?? 0;
            var back = phase.Online?.CountOf(scenario.Subscribers.Count - online) ?? 0;
            phases.Add(
                new PlannedPhase(phase.Name, start, phase.Length, phase.Rate, phase.Rate.PerSecond * phase.Length.TotalSeconds, online, online - cut + back,
                phase.Cut, phase.Within));
            start += phase.Length;
            online += back - cut;
        }

        var count = scenario.Subscribers.Count;
        var messages = phases.Sum(phase => phase.ExpectedMessages);
        return new RunPlan(scenario, phases, MemoryEstimate.Of(scenario, messages, MostStored(scenario, phases)), [.. NoticesOf(scenario, phases)]);
    }

    /// <summary>Messages that wait for phones that are away, at the end of the phase when there are most, if nothing is delivered before: what is older has expired.</summary>
    private static double MostStored(Scenario scenario, List<PlannedPhase> phases) => phases.Max(last =>
    {
        var end = last.Start + last.Length;
        var from = end - scenario.ApplicationServer.Expiry;
        return phases.TakeWhile(phase => phase.Start < end).Sum(phase =>
        {
            var away = scenario.Subscribers.Count - Math.Min(phase.OnlineBefore, phase.OnlineAfter);
            var kept = Math.Clamp((phase.Start + phase.Length - from) / phase.Length, 0, 1);
            return phase.ExpectedMessages * kept * away / scenario.Subscribers.Count;
        });
    });

    private static IEnumerable<string> NoticesOf(Scenario scenario, List<PlannedPhase> phases)
    {
        if (scenario.Target.Transport == SipTransportChoice.Udp && scenario.Security.Body == BodyKind.Smime)
        {
            yield return "UDP with protected messages: they exceed 1300 bytes, for which RFC 3428 section 8 wants TCP.";
        }

        if (scenario.ApplicationServer.Window > 1)
        {
            yield return "window above 1: the order of a mailbox is not checked (RFC 3428 section 8 wants 1).";
        }

        if (!scenario.Target.ApplicationServer.IsEmbedded)
        {
            yield return "external application server: the section applicationServer has no effect.";
        }

        if (scenario.ApplicationServer.StoreUnsafe)
        {
            yield return "storeUnsafe: if the database crashes, invariant 2 (what was answered 202 is not lost) can break.";
        }

        if (scenario.ReplayCache.OnRestart == CacheRestart.Empty || scenario.ReplayCache.Policy == ReplayPolicyKind.None)
        {
            yield return "this replay cache lets replays in by design: invariant 3 (at most once) can break.";
        }

        if (scenario.Clock == ScenarioClock.Virtual)
        {
            yield return "virtual time: nothing is sent, the whole stack is played in memory; the generator cannot be late.";
        }

        if (DrainOfMostPopular(scenario, phases) is { } drain && drain.Arriving > drain.Taken)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the most popular phone is sent up to {drain.Arriving:0} messages/s and takes at most {drain.Taken:0}/s, "
                + $"one at a time over four hops: the rest waits in its mailbox.");
        }

        if (scenario.ApplicationServer.Servers > 1)
        {
            yield return "several servers: for uefarm size; run refuses them.";
        }

        if (phases.TrueForAll(phase => phase.ExpectedMessages == 0))
        {
            yield return "no phase sends messages: only registrations are tested.";
        }

        if (scenario.Thresholds.Count == 0)
        {
            yield return "no thresholds: the verdict rests on the invariants alone.";
        }
    }

    /// <summary>In virtual time, where the way there and back is known: what the phone that is written to most is sent in the busiest phase, and what it can take.</summary>
    private static (double Arriving, double Taken)? DrainOfMostPopular(Scenario scenario, List<PlannedPhase> phases)
    {
        var latency = scenario.Faults.Network.Latency;
        if (scenario.Clock != ScenarioClock.Virtual || latency == TimeSpan.Zero || scenario.ApplicationServer.Live != LiveMessages.BehindDrain)
        {
            return null;
        }

        var most = phases.Max(static phase => phase.Rate.PerSecond) * scenario.Traffic.SharesOf(scenario.Subscribers.Count).First();
        return (most, scenario.ApplicationServer.Window / (4 * latency.TotalSeconds));
    }
}
