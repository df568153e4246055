using System.Globalization;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>What <c>check</c> prints: the plan of a scenario, at most 80 columns.</summary>
internal static class PlanText
{
    private const string Indent = "              ";

    public static IReadOnlyList<string> Lines(RunPlan plan, ScenarioSource source, IReadOnlyList<GuardRefusal> refusals)
    {
        var scenario = plan.Scenario;
        var lines = new List<string>();
        lines.AddRange(
            TextLayout.Wrap("",
            string.Create(CultureInfo.InvariantCulture,
            $"{scenario.Name}: valid ({source.FileName}), {UnitText.Count(scenario.Subscribers.Count)} phones, seed {scenario.Seed}")));
        lines.Add("");
        AddPhases(lines, plan);
        lines.Add("");
        AddTarget(lines, scenario);
        AddMessages(lines, scenario);
        AddMemory(lines, plan.Memory);
        AddGuards(lines, plan, refusals);
        AddList(lines, "Thresholds    ", scenario.Thresholds.Select(threshold => threshold.Text));
        AddList(lines, "Notes         ", plan.Notices);
        lines.Add("");
        lines.Add("Nothing was sent.");
        return lines;
    }

    private static void AddPhases(List<string> lines, RunPlan plan)
    {
        lines.Add($"{"Phase",-20}{"start",8}{"length",9}{"rate",12}{"messages",12}  phones online");
        foreach (var phase in plan.Phases)
        {
            var online = phase.OnlineBefore == phase.OnlineAfter
                ? UnitText.Count(phase.OnlineBefore)
                : $"{UnitText.Count(phase.OnlineBefore)}->{UnitText.Count(phase.OnlineAfter)}";
            var name = phase.Name.Length > 19 ? phase.Name[..16] + "..." : phase.Name;
            var times = $"{name,-20}{UnitText.Duration(phase.Start),8}{UnitText.Duration(phase.Length),9}";
            lines.Add(TextLayout.Fit($"{times}{phase.Rate.ToString(),12}{UnitText.Count(phase.ExpectedMessages),12}  {online}"));
            if (phase.OnlineBefore != phase.OnlineAfter)
            {
                var within = phase.Within == TimeSpan.Zero ? "at once" : $"within {UnitText.Duration(phase.Within)}";
                var kind = phase.OnlineAfter > phase.OnlineBefore ? "come back" : $"go offline ({(phase.Cut == CutKind.Silent ? "silently" : "cleanly")})";
                lines.Add($"{"",20}{UnitText.Count(Math.Abs(phase.OnlineAfter - phase.OnlineBefore))} {kind} {within}");
            }
        }

        lines.Add($"{"all",-28}{UnitText.Duration(plan.Length),9}{"",12}{UnitText.Count(plan.ExpectedMessages),12}  and draining");
    }

    private static void AddTarget(List<string> lines, Scenario scenario)
    {
        var target = scenario.Target;
        var transport = target.Transport == SipTransportChoice.Udp ? "UDP" : "TCP";
        lines.AddRange(
            TextLayout.Wrap("Target        ", $"core {target.Core} over {transport}, application server {target.ApplicationServer}, KMS {target.Kms}, domain {target.Domain}"));
        if (target.ApplicationServer.IsEmbedded)
        {
            AddDrainLimits(lines, scenario.ApplicationServer);
        }

        lines.AddRange(TextLayout.Wrap("Allowed       ", string.Join(", ", target.Allow)));
        if (scenario.Clock == ScenarioClock.Virtual)
        {
            var network = scenario.Faults.Network;
            var losses = network.IsPerfect ? "" : $", loss {network.Loss}, duplicates {network.Duplicate}, reordered {network.Reorder}";
            lines.AddRange(TextLayout.Wrap("Clock         ", $"virtual, on a network in memory: {UnitText.Duration(network.Latency)} a hop{losses}"));
        }
    }

    private static void AddDrainLimits(List<string> lines, ApplicationServerOptions server)
    {
        var limits = new List<string>();
        if (server.DrainRate is { } all)
        {
            limits.Add($"{all} over all phones");
        }

        if (server.DrainRatePerUe is { } one)
        {
            limits.Add($"{one} to one phone");
        }

        if (limits.Count > 0)
        {
            lines.AddRange(TextLayout.Wrap("Drain         ", $"at most {string.Join(", ", limits)}"));
        }
    }

    private static void AddMessages(List<string> lines, Scenario scenario)
    {
        var security = scenario.Security;
        var cipher = security.Encrypt switch
        {
            EncryptionKind.Aes128Gcm => "AES-128-GCM",
            EncryptionKind.Aes256Gcm => "AES-256-GCM",
            EncryptionKind.Aes128Ccm => "AES-128-CCM",
            _ => "AES-256-CCM",
        };
        var body = security.Body == BodyKind.Plain
            ? "plain"
            : $"S/MIME {cipher}{(security.Sign == SignatureKind.EcdsaP256 ? ", signed (ECDSA P-256)" : ", not signed")}, key in MIKEY-TICKET";
        lines.AddRange(TextLayout.Wrap("Messages      ", $"text of {scenario.Traffic.Size}; {body}"));
        if (scenario.Traffic.Reports != ReportPick.None)
        {
            lines.Add($"Reports       asked for: {(scenario.Traffic.Reports == ReportPick.All ? "every delivery, failure and storing" : "failures")}");
        }

        if (security.Body == BodyKind.Smime)
        {
            lines.AddRange(TextLayout.Wrap("Replay cache  ", ReplayCache(scenario.ReplayCache)));
        }

        var attacks = scenario.Faults.ByKind.Where(attack => attack.Rate.PerSecond > 0).Select(attack => $"{attack.Kind} {attack.Rate}").ToList();
        if (attacks.Count > 0)
        {
            lines.AddRange(TextLayout.Wrap("Attacks       ", string.Join(", ", attacks)));
        }
    }

    /// <summary>Policy and size in a few words.</summary>
    public static string ReplayCache(ReplayCacheOptions cache)
    {
        var policy = cache.Policy switch
        {
            ReplayPolicyKind.Modified => "modified rule",
            ReplayPolicyKind.PerSender => $"modified rule per sender, {UnitText.Count(cache.SenderPartitions)} partitions",
            ReplayPolicyKind.Window => $"window of {UnitText.Duration(cache.Window)}",
            _ => "no check",
        };
        var future = cache.FutureBound is { } bound ? $", future bound {UnitText.Duration(bound)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{policy}, {UnitText.Count(cache.CapacityEntries)} entries of {cache.EntryBytes} bytes per phone{future}");
    }

    private static void AddGuards(List<string> lines, RunPlan plan, IReadOnlyList<GuardRefusal> refusals)
    {
        var limits = plan.Scenario.Limits;
        var length = plan.Scenario.Clock == ScenarioClock.Virtual ? " of any in virtual time" : $" of {UnitText.Duration(limits.MaxDuration)}";
        lines.AddRange(TextLayout.Wrap(
            "Guards        ",
            $"phones {UnitText.Count(plan.Scenario.Subscribers.Count)} of {UnitText.Count(limits.MaxUes)},"
            + $" peak rate {new Rate(plan.PeakRatePerSecond)} of {limits.MaxRate},"
            + $" length {UnitText.Duration(plan.Length)}{length}: {(refusals.Count == 0 ? "all pass" : "REFUSED")}"));
        foreach (var refusal in refusals)
        {
            lines.AddRange(TextLayout.Wrap(Indent, $"{refusal.Path}: {refusal.Problem}; {refusal.Remedy}"));
        }
    }

    private static void AddMemory(List<string> lines, MemoryEstimate memory)
    {
        (string Name, double Bytes)[] parts =
        [
            ("program", memory.Base), ("phones", memory.Phones), ("tickets", memory.Tickets), ("replay caches", memory.ReplayCaches), ("books", memory.Books),
            ("mailboxes", memory.Mailboxes), ("garbage", memory.Garbage),
        ];
        lines.AddRange(TextLayout.Wrap(
            "Memory        ",
            $"up to about {UnitText.Bytes(memory.Total)}: "
            + string.Join(", ", parts.Where(static part => part.Bytes > 0).Select(static part => $"{part.Name} {UnitText.Bytes(part.Bytes)}"))));
    }

    private static void AddList(List<string> lines, string heading, IEnumerable<string> items)
    {
        var first = true;
        foreach (var item in items)
        {
            lines.AddRange(TextLayout.Wrap(first ? heading : Indent, item));
            first = false;
        }
    }
}
