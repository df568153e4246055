using System.Globalization;
using Spectre.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>The picture of a running scenario: always the same rows, so that redrawing does not make it jump. 80 columns.</summary>
internal static class LiveScreen
{
    private const int LabelWidth = 12;
    private const int BarWidth = 24;

    /// <summary>Borders and padding take 7 of the 80 columns.</summary>
    private const int ValueWidth = TextLayout.Columns - 7 - LabelWidth;

    private static readonly string[] States = ["registered", "registering", "deregistering", "offline"];

    public static Table Render(RunPlan plan, RunSnapshot snapshot, string? notice)
    {
        var table =
            new Table
            {
                Border = TableBorder.Rounded,
                Title = new TableTitle(Markup.Escape(plan.Scenario.Name)),
                ShowHeaders = false,
                Width = TextLayout.Columns
            };
        table.AddColumn(new TableColumn("") { Width = LabelWidth, NoWrap = true });
        table.AddColumn(new TableColumn("") { Width = ValueWidth, NoWrap = true });
        foreach (var (label, value, style) in Rows(plan, snapshot, notice))
        {
            table.AddRow(new Text(label, new Style(decoration: Decoration.Dim)), new Text(Cut(value), style));
        }

        return table;
    }

    private static IEnumerable<(string Label, string Value, Style Style)> Rows(RunPlan plan, RunSnapshot snapshot, string? notice)
    {
        var culture = CultureInfo.InvariantCulture;
        yield return ("phase",
            string.Create(culture,
            $"{snapshot.PhaseIndex + 1}/{snapshot.PhaseCount} {snapshot.PhaseName}, {UnitText.Duration(Whole(snapshot.PhaseRemaining))} left"),
            new Style(decoration: Decoration.Bold));
        yield return ("time", $"{Bar(snapshot.Elapsed / plan.Length)} {TextLayout.Clock(snapshot.Elapsed)} of {TextLayout.Clock(plan.Length)}", Style.Plain);
        yield return ("phones", string.Join("  ", States.Select(state => $"{state} {UnitText.Count(snapshot.UesByState.GetValueOrDefault(state))}")),
            Style.Plain);
        yield return ("sent",
            $"{UnitText.Count(snapshot.Sent)}   {UnitText.Count(snapshot.SentPerSecond)}/s   in flight {UnitText.Count(snapshot.MessagesInFlight)}",
            Style.Plain);
        yield return ("accepted",
            $"{UnitText.Count(snapshot.Accepted)}   {UnitText.Count(snapshot.AcceptedPerSecond)}/s   redelivered {UnitText.Count(snapshot.Redelivered)}",
            new Style(Color.Green));
        yield return ("backlog", $"{UnitText.Count(snapshot.Stored)} stored   expired {UnitText.Count(snapshot.Expired)}", Style.Plain);
        yield return ("rejected", Reasons(snapshot.RejectedByReason), new Style(snapshot.Rejected > 0 ? Color.Yellow : Color.Default));
        yield return ("failed", Reasons(snapshot.FailedByReason), new Style(snapshot.Failed > 0 ? Color.Red : Color.Default));
        if (plan.Scenario.Faults.Total.PerSecond > 0)
        {
            yield return ("attacks", Reasons(snapshot.AttacksByKind), Style.Plain);
        }

        yield return ("delivery", Latency(snapshot.Delivery), Style.Plain);
        yield return ("answer", Latency(snapshot.Answer), Style.Plain);
        yield return snapshot.Pace is { } pace
            ? ("virtual", string.Create(culture, $"{pace.Speed:0} times as fast, {TextLayout.Clock(pace.Left)} to go"), Style.Plain)
            : ("generator", $"lag {UnitText.Latency(Math.Max(0, snapshot.Lag.TotalSeconds))}", Style.Plain);
        yield return ("ledger",
            $"{UnitText.Count(snapshot.Sent)} = {UnitText.Count(snapshot.Accepted)} accepted + {UnitText.Count(snapshot.Rejected)} rejected", Style.Plain);
        var open = $"{UnitText.Count(snapshot.Stored)} stored + {UnitText.Count(snapshot.MessagesInFlight)} open";
        yield return ("", $"+ {UnitText.Count(snapshot.Expired)} expired + {UnitText.Count(snapshot.Failed)} failed + {open}", Style.Plain);
        yield return ("", notice ?? (snapshot.Warnings.Count > 0 ? snapshot.Warnings[^1] : ""), new Style(Color.Yellow));
    }

    private static string Latency(LatencySnapshot latency) =>
        latency.Samples == 0
            ? "-"
            : $"p50 {UnitText.Latency(latency.P50)}   p95 {UnitText.Latency(latency.P95)}"
                + $"   p99 {UnitText.Latency(latency.P99)}   max {UnitText.Latency(latency.Max)}";

    private static string Reasons(IReadOnlyDictionary<string, long> reasons)
    {
        var shown =
            reasons.Where(reason => reason.Value > 0).OrderByDescending(reason => reason.Value).Select(reason =>
                $"{reason.Key} {UnitText.Count(reason.Value)}").ToList();
        return shown.Count == 0 ? "0" : string.Join("  ", shown);
    }

    private static string Bar(double done)
    {
        var filled = (int)(Math.Clamp(done, 0, 1) * BarWidth);
        return "[" + new string('#', filled) + new string('.', BarWidth - filled) + "]";
    }

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(Math.Max(0, time.TotalSeconds)));

    private static string Cut(string value) => value.Length <= ValueWidth ? value : value[..(ValueWidth - 3)] + "...";
}
