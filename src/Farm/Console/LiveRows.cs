using System.Globalization;
using Spectre.Console;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>What the screens of the live view say.</summary>
internal static class LiveRows
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);

    public static string NameOf(LivePicture picture) => picture.Screen switch
    {
        LiveScreenKind.Parts => picture.PartsName,
        LiveScreenKind.Rejections => "rejections",
        LiveScreenKind.Help => "help",
        _ => "overview",
    };

    public static IEnumerable<LiveRow> Overview(LivePicture picture, int barWidth)
    {
        var (plan, snapshot) = (picture.Plan, picture.Snapshot);
        yield return new LiveRow("phase", [PhaseOf(plan, snapshot)], Bold);
        yield return LiveRow.Of("time", TimeOf(plan, snapshot, barWidth));
        yield return new LiveRow("rate", [RateOf(plan, snapshot)], snapshot.RateFactor == 1 ? Style.Plain : new Style(Color.Yellow));
        var registered = snapshot.UesByState.GetValueOrDefault("registered");
        yield return LiveRow.Of(
            "phones", $"{UnitText.Count(registered)} of {UnitText.Count(plan.Scenario.Subscribers.Count)} registered", $"registering {UnitText.Count(snapshot.Registering)}");
        yield return LiveRow.Of(
            "sent", UnitText.Count(snapshot.Sent), $"{UnitText.Count(snapshot.SentPerSecond)}/s", $"in flight {UnitText.Count(snapshot.MessagesInFlight)}");
        yield return new LiveRow(
            "accepted", [UnitText.Count(snapshot.Accepted), $"{UnitText.Count(snapshot.AcceptedPerSecond)}/s", $"redelivered {UnitText.Count(snapshot.Redelivered)}"],
            new Style(Color.Green));
        yield return LiveRow.Of("backlog", $"{UnitText.Count(snapshot.Stored)} stored", $"expired {UnitText.Count(snapshot.Expired)}");
        yield return new LiveRow("rejected", Reasons(snapshot.RejectedByReason), new Style(snapshot.Rejected > 0 ? Color.Yellow : Color.Default));
        yield return new LiveRow("failed", Reasons(snapshot.FailedByReason), new Style(snapshot.Failed > 0 ? Color.Red : Color.Default));
        if (plan.Scenario.Faults.Total.PerSecond > 0)
        {
            yield return LiveRow.Of("attacks", Reasons(snapshot.AttacksByKind));
        }

        yield return LiveRow.Of("delivery", Latency(snapshot.Delivery));
        yield return LiveRow.Of("answer", Latency(snapshot.Answer));
        yield return snapshot.Pace is { } pace
            ? LiveRow.Of("virtual", string.Create(CultureInfo.InvariantCulture, $"{pace.Speed:0} times as fast"), $"{TextLayout.Clock(pace.Left)} to go")
            : LiveRow.Of("generator", $"lag {UnitText.Latency(Math.Max(0, snapshot.Lag.TotalSeconds))}");
        yield return LiveRow.Of(
            "ledger", $"{UnitText.Count(snapshot.Sent)} = {UnitText.Count(snapshot.Accepted)} accepted + {UnitText.Count(snapshot.Rejected)} rejected");
        var open = $"{UnitText.Count(snapshot.Stored)} stored + {UnitText.Count(snapshot.MessagesInFlight)} open";
        yield return LiveRow.Of("", $"+ {UnitText.Count(snapshot.Expired)} expired + {UnitText.Count(snapshot.Failed)} failed + {open}");
    }

    public static IEnumerable<LiveRow> Parts(LivePicture picture)
    {
        yield return new LiveRow("phase", [PhaseOf(picture.Plan, picture.Snapshot)], Bold);
        yield return LiveRow.Empty;
        foreach (var part in picture.Snapshot.Parts)
        {
            yield return LiveRow.Of(part.Name, part.Facts);
        }
    }

    public static IEnumerable<LiveRow> Rejections(LivePicture picture)
    {
        var (scenario, snapshot) = (picture.Plan.Scenario, picture.Snapshot);
        yield return new LiveRow("phase", [PhaseOf(picture.Plan, snapshot)], Bold);
        yield return LiveRow.Of("policy", scenario.Security.Body == BodyKind.Plain ? ["none: messages are plain"] : PlanText.ReplayCache(scenario.ReplayCache).Split(", "));
        var figures = snapshot.ReadCaches?.Invoke();
        var elsewhere = snapshot.IsCluster ? "on the nodes; what they hold is in each node's metrics" : "-";
        yield return LiveRow.Of("caches", figures?.Bytes is { } bytes ? $"{UnitText.Bytes(bytes)} in all phones together" : elsewhere);
        yield return figures?.Need is not { } need
            ? LiveRow.Empty
            : LiveRow.Of(
                "needed", $"{UnitText.Count(need.MinCapacity)} {(need.MinCapacity == 1 ? "entry" : "entries")} for no loss",
                $"{UnitText.Count(need.ForMillionth)} for 1e-6",
                $"{UnitText.Count(need.ForThousandth)} for 1e-3");
        yield return LiveRow.Of("redelivered", $"{UnitText.Count(snapshot.Redelivered)} after a lost answer, accepted once");
        yield return LiveRow.Empty;
        foreach (var (label, reasons) in (IEnumerable<(string, IReadOnlyDictionary<string, long>)>)[("rejected", snapshot.RejectedByReason), ("failed", snapshot.FailedByReason)])
        {
            var total = reasons.Values.Sum();
            yield return new LiveRow(label, total == 0 ? ["0"] : [UnitText.Count(total), ShareOf(total, snapshot.Sent)], total > 0 ? new Style(Color.Yellow) : Style.Plain);
            foreach (var (reason, count) in Sorted(reasons).Take(4))
            {
                yield return LiveRow.Of("  " + reason, UnitText.Count(count), ShareOf(count, snapshot.Sent));
            }
        }
    }

    public static IEnumerable<LiveRow> Help(LivePicture picture)
    {
        yield return LiveRow.Of("1", "overview");
        yield return LiveRow.Of("2", picture.Snapshot.IsCluster ? "the nodes of the cluster" : "the parts of the run");
        yield return LiveRow.Of("3", "rejections and failures by reason, replay caches");
        yield return LiveRow.Of("tab", "the next screen");
        yield return LiveRow.Of("p", "pause the messages, and go on");
        yield return LiveRow.Of("+  -", "more messages, fewer: a factor on what the phases say");
        yield return LiveRow.Of("q", "stop in order, as Ctrl-C once");
        yield return LiveRow.Of("?", "this page, and back");
        yield return LiveRow.Empty;
        yield return LiveRow.Of("", "What is changed by hand is in result.json and the report.");
    }

    private static string PhaseOf(RunPlan plan, RunSnapshot snapshot) => snapshot.Stage switch
    {
        RunStage.Registering => $"registering, then 1/{snapshot.PhaseCount} {plan.Phases[0].Name}",
        RunStage.Settling => "settling: what is under way comes to its end",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"{snapshot.PhaseIndex + 1}/{snapshot.PhaseCount} {snapshot.PhaseName}, {TextLayout.Clock(Whole(snapshot.PhaseRemaining))} left"),
    };

    /// <summary>Of the phases: what comes before and after them has no planned length.</summary>
    private static string TimeOf(RunPlan plan, RunSnapshot snapshot, int barWidth)
    {
        var phase = plan.Phases[Math.Min(snapshot.PhaseIndex, plan.Phases.Count - 1)];
        var played = snapshot.Stage switch
        {
            RunStage.Registering => TimeSpan.Zero,
            RunStage.Settling => plan.Length,
            _ => phase.Start + phase.Length - snapshot.PhaseRemaining,
        };
        var filled = (int)(Math.Clamp(played / plan.Length, 0, 1) * barWidth);
        return $"[{new string('#', filled)}{new string('.', barWidth - filled)}] {TextLayout.Clock(played)} of {TextLayout.Clock(plan.Length)}";
    }

    private static string RateOf(RunPlan plan, RunSnapshot snapshot)
    {
        var planned = plan.Phases[Math.Min(snapshot.PhaseIndex, plan.Phases.Count - 1)].Rate;
        return snapshot.RateFactor switch
        {
            1 => $"{planned} as planned",
            0 => $"paused by hand ({planned} planned)",
            var factor => string.Create(CultureInfo.InvariantCulture, $"{new Rate(planned.PerSecond * factor)}, by hand x{factor:0.####} of {planned}"),
        };
    }

    private static string[] Latency(LatencySnapshot latency) =>
        latency.Samples == 0
            ? ["-"]
            : [$"p50 {UnitText.Latency(latency.P50)}", $"p95 {UnitText.Latency(latency.P95)}", $"p99 {UnitText.Latency(latency.P99)}", $"max {UnitText.Latency(latency.Max)}"];

    private static List<string> Reasons(IReadOnlyDictionary<string, long> reasons)
    {
        var shown = Sorted(reasons).Select(static reason => $"{reason.Key} {UnitText.Count(reason.Value)}").ToList();
        return shown.Count == 0 ? ["0"] : shown;
    }

    private static IEnumerable<KeyValuePair<string, long>> Sorted(IReadOnlyDictionary<string, long> reasons) =>
        reasons.Where(static reason => reason.Value > 0).OrderByDescending(static reason => reason.Value).ThenBy(static reason => reason.Key, StringComparer.Ordinal);

    private static string ShareOf(long part, long whole) => Report.Html.Markup.Share(part, whole) + " of those sent";

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(Math.Max(0, time.TotalSeconds)));
}
