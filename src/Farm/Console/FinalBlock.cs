using System.Globalization;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Console;

/// <summary>The end of a run for people: plain text, verdict first, at most 80 columns.</summary>
internal static class FinalBlock
{
    /// <summary>Leaves room for a mark before and the longest observed value behind.</summary>
    private const int ThresholdWidth = 46;

    /// <summary>The first line alone: PASS, FAIL, INVALID or STOPPED with the reason.</summary>
    public static string Headline(ResultDocument result) =>
        TextLayout.Fit(
            string.Create(CultureInfo.InvariantCulture,
            $"{result.Verdict.ToString().ToUpperInvariant()}  {result.Scenario.Name}: {result.Reason} (exit {result.ExitCode})"));

    public static IReadOnlyList<string> Lines(ResultDocument result, string resultsPath)
    {
        var lines = new List<string> { Headline(result) };
        AddThresholds(lines, result);
        AddInvariants(lines, result);
        AddLedger(lines, result);
        AddReports(lines, result.Reports);
        AddAttacks(lines, result);
        AddRegistrations(lines, result);
        AddLatencies(lines, result);
        AddGenerator(lines, result);
        foreach (var change in result.Changes)
        {
            lines.AddRange(TextLayout.Wrap("Changed       ", $"by hand at {TextLayout.Clock(TimeSpan.FromSeconds(change.At))}: {change.What} ({change.By})"));
        }

        foreach (var warning in result.Warnings)
        {
            lines.AddRange(TextLayout.Wrap("Warning       ", warning));
        }

        lines.Add("");
        lines.AddRange(TextLayout.Wrap("Results       ", resultsPath));
        lines.AddRange(TextLayout.Wrap("Report        ", Path.Combine(resultsPath, "report.html")));
        return lines;
    }

    private static void AddThresholds(List<string> lines, ResultDocument result)
    {
        IReadOnlyList<ThresholdEcho> thresholds = [.. result.Thresholds, .. result.Wall?.Thresholds ?? []];
        if (thresholds.Count == 0)
        {
            return;
        }

        lines.Add("");
        lines.Add("Thresholds");
        foreach (var threshold in thresholds)
        {
            var mark = threshold.Outcome switch { ThresholdOutcome.Held => "ok", ThresholdOutcome.Failed => "FAIL", _ => "NONE" };
            var observed = threshold.Observed is { } value ? $"observed {ThresholdEvaluator.Format(value, threshold.Unit)}" : "no samples: not a pass";
            if (threshold.Text.Length > ThresholdWidth)
            {
                lines.Add(TextLayout.Fit($"  {mark,-4}  {threshold.Text}"));
                lines.Add($"  {"",-4}  {"",-ThresholdWidth}  {observed}");
            }
            else
            {
                lines.Add($"  {mark,-4}  {threshold.Text,-ThresholdWidth}  {observed}");
            }
        }
    }

    private static void AddInvariants(List<string> lines, ResultDocument result)
    {
        lines.Add("");
        lines.Add("Invariants");
        foreach (var invariant in result.Invariants)
        {
            lines.Add(
                TextLayout.Fit(
                    string.Create(CultureInfo.InvariantCulture,
                    $"  {(invariant.Held ? "ok" : "FAIL"),-4}  {invariant.Number} {invariant.Name,-20}  {invariant.Detail}")));
        }
    }

    private static void AddLedger(List<string> lines, ResultDocument result)
    {
        var ledger = result.Ledger;
        lines.Add("");
        lines.AddRange(TextLayout.Wrap(
            "Ledger        ",
            $"sent {UnitText.Count(ledger.Sent)} = accepted {UnitText.Count(ledger.Accepted)} + rejected {UnitText.Count(ledger.Rejected)}"
            + $" + expired {UnitText.Count(ledger.Expired)} + failed {UnitText.Count(ledger.Failed)} + stored {UnitText.Count(ledger.Stored)}"
            + (ledger.Unaccounted == 0 ? "" : $" + UNACCOUNTED {UnitText.Count(ledger.Unaccounted)}")));
        AddReasons(lines, "  rejected    ", result.Rejections);
        AddReasons(lines, "  failed      ", result.Failures);
        if (ledger.Redelivered > 0)
        {
            lines.Add($"  redelivered {UnitText.Count(ledger.Redelivered)} (after a lost answer; not counted as attacks)");
        }
    }

    private static void AddReasons(List<string> lines, string heading, IReadOnlyDictionary<string, long> reasons)
    {
        var shown = reasons.Where(reason => reason.Value != 0).OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => $"{reason.Key} {UnitText.Count(reason.Value)}").ToList();
        if (shown.Count > 0)
        {
            lines.AddRange(TextLayout.Wrap(heading, string.Join(", ", shown)));
        }
    }

    private static void AddReports(List<string> lines, ReportsResult reports)
    {
        if (reports.Asked == 0)
        {
            return;
        }

        (string Name, long Count)[] odd =
        [
            ("unsent", reports.Unsent), ("refused", reports.Refused), ("foreign", reports.Foreign), ("duplicate", reports.Duplicate),
            ("CONTRADICTING", reports.Contradicting),
        ];
        lines.Add("");
        lines.AddRange(TextLayout.Wrap(
            "Reports       ",
            $"asked {UnitText.Count(reports.Asked)}: delivered {UnitText.Count(reports.Delivered)}, failed {UnitText.Count(reports.Failed)},"
            + $" error {UnitText.Count(reports.Error)}, stored {UnitText.Count(reports.Stored)}; waiting {UnitText.Count(reports.Waiting)},"
            + $" lost {UnitText.Count(reports.Lost)}"
            + string.Concat(odd.Where(static each => each.Count > 0).Select(static each => $", {each.Name} {UnitText.Count(each.Count)}"))));
    }

    private static void AddAttacks(List<string> lines, ResultDocument result)
    {
        var attacks = result.Attacks.Where(attack => attack.Sent > 0).ToList();
        if (attacks.Count == 0)
        {
            return;
        }

        lines.Add("");
        lines.Add($"{"Attacks",-22}{"sent",12}{"accepted",12}{"rejected",12}{"unanswered",12}");
        foreach (var attack in attacks)
        {
            lines.Add(
                $"  {attack.Kind,-20}{UnitText.Count(attack.Sent),12}{UnitText.Count(attack.Accepted),12}"
                + $"{UnitText.Count(attack.Rejected),12}{UnitText.Count(attack.Unanswered),12}");
        }
    }

    private static void AddRegistrations(List<string> lines, ResultDocument result)
    {
        var registrations = result.Registrations;
        lines.Add("");
        lines.AddRange(TextLayout.Wrap(
            "Registrations ",
            $"{UnitText.Count(registrations.Succeeded)} succeeded, {UnitText.Count(registrations.Failed)} failed;"
            + $" {UnitText.Count(registrations.RegisteredAtEnd)} of {UnitText.Count(registrations.Phones)} phones registered at the end"));
    }

    private static void AddLatencies(List<string> lines, ResultDocument result)
    {
        lines.Add("");
        lines.Add($"{"Latency",-14}{"samples",15}{"p50",12}{"p95",12}{"p99",12}{"max",12}");
        foreach (var latency in result.Latencies)
        {
            lines.Add(latency.Samples == 0
                ? $"  {latency.Name,-12}{"0",15}{"-",12}{"-",12}{"-",12}{"-",12}"
                : $"  {latency.Name,-12}{UnitText.Count(latency.Samples),15}{UnitText.Latency(latency.P50),12}{UnitText.Latency(latency.P95),12}"
                    + $"{UnitText.Latency(latency.P99),12}{UnitText.Latency(latency.Max),12}");
        }
    }

    private static void AddGenerator(List<string> lines, ResultDocument result)
    {
        var generator = result.Generator;
        var peak = (result.Wall?.Memory ?? result.Memory!).PeakWorkingSet;
        var seconds = (result.EndedAt - result.StartedAt).TotalSeconds;
        lines.Add("");
        if (result.Wall is { } wall)
        {
            lines.AddRange(TextLayout.Wrap(
                "Virtual time  ",
                string.Create(CultureInfo.InvariantCulture,
                    $"{TextLayout.Clock(TimeSpan.FromSeconds(seconds))} played in {wall.Seconds:0.0} s, {wall.Speed:0} times as fast; CPU {wall.CpuSeconds:0.0} s,")
                + $" memory {UnitText.Bytes(peak)}"));
            return;
        }

        lines.AddRange(TextLayout.Wrap(
            "Generator     ",
            (generator.IsValid ? "kept up" : $"DID NOT KEEP UP: {generator.Reason}")
            + $"; lag p99 {UnitText.Latency(generator.LagP99Seconds)}, max {UnitText.Latency(generator.LagMaxSeconds)};"
            + string.Create(CultureInfo.InvariantCulture, $" {seconds:0.0} s,")
            + (generator.CpuSeconds is { } cpu ? string.Create(CultureInfo.InvariantCulture, $" CPU {cpu:0.0} s,") : "")
            + $" memory {UnitText.Bytes(peak)}"));
    }
}
