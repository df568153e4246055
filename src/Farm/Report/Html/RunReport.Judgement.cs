using System.Globalization;
using System.Xml.Linq;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report.Html;

internal static partial class RunReport
{
    private static XElement Thresholds(ResultDocument result)
    {
        var rows = result.Thresholds.Select(static (threshold, index) => Row(
            threshold,
            threshold.Observed is { } value ? Markup.Figure($"thresholds[{index}].observed", value, ThresholdEvaluator.Format(value, threshold.Unit)) : "no samples",
            Markup.Count($"thresholds[{index}].samples", threshold.Samples))).ToList();
        rows.AddRange((result.Wall?.Thresholds ?? []).Select(static threshold => Row(threshold, "in result.json (wall)", null)));
        return rows.Count == 0
            ? Markup.Section("thresholds", "Thresholds", Markup.Paragraph("The scenario has none: only the promises below decide."))
            : Markup.Section(
                "thresholds", "Thresholds",
                Markup.Table("What the scenario demands, and what was observed", ["Threshold", "Result", "#Observed", "#Samples"], rows),
                result.Wall is { Thresholds.Count: > 0 } ? Markup.Note("What the machine saw of a run in virtual time differs each time; it is not in this report.") : null);
    }

    private static object?[] Row(ThresholdEcho threshold, object observed, object? samples) =>
    [
        new XElement("code", threshold.Text),
        threshold.Outcome switch
        {
            ThresholdOutcome.Held => Markup.Badge("good", "held"),
            ThresholdOutcome.Failed => Markup.Badge("bad", "failed"),
            _ => Markup.Badge("bad", "no samples"),
        },
        observed,
        samples,
    ];

    private static XElement Promises(ResultDocument result) => Markup.Section(
        "promises", "The five promises",
        Markup.Table(
            "What holds in every run whatever the scenario asks, and the evidence",
            ["Promise", "Result", "Evidence"],
            result.Invariants.Select(static invariant => new object?[]
            {
                new object[] { string.Create(CultureInfo.InvariantCulture, $"{invariant.Number} {invariant.Name} "), new XElement("small", MeaningOf(invariant.Name)) },
                invariant.Held ? Markup.Badge("good", "held") : Markup.Badge("bad", "broken"),
                invariant.Detail,
            })));

    public static string MeaningOf(string promise) => promise switch
    {
        "ledger" => "What became of each message is known.",
        "durability" => "What was answered with success is not lost.",
        "at-most-once" => "No message is accepted twice.",
        "order" => "Stored messages are delivered oldest first.",
        "authenticity-first" => "Nothing foreign, forged or altered is accepted.",
        _ => "",
    };

    private static XElement Generator(StoredRun run)
    {
        var result = run.Result;
        var generator = result.Generator;
        var rows = new List<IReadOnlyList<object?>>
        {
            new object?[] { "Load as asked for", generator.IsValid ? Markup.Badge("good", "yes") : Markup.Badge("bad", "no") },
            new object?[]
            {
                "Messages due per second",
                Markup.Figure("generator.offeredPerSecond", generator.OfferedPerSecond, generator.OfferedPerSecond.ToString("#,##0.##", CultureInfo.InvariantCulture)),
            },
            new object?[] { "99 % handed over at most this late", Markup.Latency("generator.lagP99Seconds", generator.LagP99Seconds) },
            new object?[] { "Latest", Markup.Latency("generator.lagMaxSeconds", generator.LagMaxSeconds) },
        };
        if (generator.CpuSeconds is { } cpu)
        {
            rows.Add(new object?[] { "Processor time", Markup.Latency("generator.cpuSeconds", cpu) });
        }

        if (result.Memory is { } memory)
        {
            rows.Add(new object?[] { "Memory, highest", Markup.Bytes("memory.peakWorkingSet", memory.PeakWorkingSet) });
            rows.Add(new object?[] { "Managed heap at the end", Markup.Bytes("memory.managedHeap", memory.ManagedHeap) });
            if (memory.ReplayCaches is { } replayCaches)
            {
                rows.Add(new object?[] { "Replay caches of all phones", Markup.Bytes("memory.replayCaches", replayCaches) });
            }
        }

        return Markup.Section(
            "generator", "Did the generator keep up?",
            Markup.Paragraph(
                generator.IsValid
                    ? "Yes: the phones sent when they should, so the figures are about the network."
                    : $"No: {generator.Reason}. The figures are about this machine, not about the network."),
            Markup.Table("The generator", ["Fact", "#Value"], rows),
            Trends(result));
    }

    private static XElement? Trends(ResultDocument result) => result.Trends is not { Count: > 0 } trends ? null : Markup.Table(
        "Did anything grow while the phases were played?",
        ["What", "#Second quarter", "#Last quarter", "#Growth", "#Per hour", "#Highest"],
        trends.Select(static (trend, index) => trend.Samples == 0
            ? new object?[] { trend.Name, "-", "-", "-", "-", "-" }
            :
            [
                trend.Name, Markup.Bytes($"trends[{index}].secondQuarter", trend.SecondQuarter), Markup.Bytes($"trends[{index}].lastQuarter", trend.LastQuarter),
                trend.Growth is { } growth ? Markup.Figure($"trends[{index}].growth", growth, Signed(growth * 100, "0.#") + " %") : "too short",
                Markup.Figure(
                    $"trends[{index}].slopePerHour", trend.SlopePerHour, (trend.SlopePerHour < 0 ? "-" : "+") + UnitText.Bytes(Math.Abs(trend.SlopePerHour))),
                Markup.Bytes($"trends[{index}].peak", trend.Peak),
            ]));

    private static string Signed(double value, string format) => value.ToString($"+{format};-{format};0", CultureInfo.InvariantCulture);
}
