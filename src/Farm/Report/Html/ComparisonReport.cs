using System.Globalization;
using System.Xml.Linq;
using UeFarm.Farm.Report.Comparison;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Report.Html;

/// <summary>Two runs side by side as a page: the first is what is compared with, the second what is judged.</summary>
internal static class ComparisonReport
{
    public static string Write(StoredRun before, StoredRun after)
    {
        var (first, second) = (before.Result, after.Result);
        var groups = RunComparison.Of(first, second).Where(static group => group.Values.Any(static value => value.Before is not null || value.After is not null)).ToList();
        var differences = ScenarioDifference.Of(first.Scenario, second.Scenario);
        return HtmlPage.Write(
            $"{first.Scenario.Name} and {second.Scenario.Name} compared",
            [
                Headline(first, second, groups), Verdicts(first, second), Scenarios(differences, first.Changes.Count + second.Changes.Count > 0),
                Thresholds(first, second), Promises(first, second),
                Markup.Section(
                    "course", "The course of both runs",
                    new XElement("div", new XAttribute("class", "charts"), CourseCharts.Of(first, second).Select(static chart => chart.ToElement()))),
                Markup.Section(
                    "figures", "Figures",
                    Markup.Note(
                        "What is measured (times, rates, memory) counts as the same below ", (ComparedValue.Noise * 100).ToString("0", CultureInfo.InvariantCulture),
                        " % of difference; what is counted, when it is equal. ",
                        "Counts of messages are judged only where both runs sent as many, shares always. One run of each says little about chance: repeat what matters."),
                    new XElement("div", new XAttribute("class", "tables"), groups.Select(Figures))),
            ]);
    }

    private static XElement Headline(ResultDocument before, ResultDocument after, IReadOnlyList<ComparedGroup> groups)
    {
        var values = groups.SelectMany(static group => group.Values).ToList();
        var (better, worse) = (values.Count(static value => value.Change == Change.Better), values.Count(static value => value.Change == Change.Worse));
        return new XElement(
            "header",
            new XElement("h1", "Before ", VerdictText.Badge(before.Verdict), ", after ", VerdictText.Badge(after.Verdict), ": ", after.Reason),
            Markup.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Of {values.Count} figures {better} are better after, {worse} worse.")));
    }

    private static XElement Verdicts(ResultDocument before, ResultDocument after) => Markup.Section(
        "runs", "The two runs",
        Markup.Table(
            "The two runs", ["Fact", "Before", "After"],
            [
                ["Verdict", VerdictText.Badge(before.Verdict), VerdictText.Badge(after.Verdict)],
                ["Reason", before.Reason, after.Reason],
                ["Scenario", before.Scenario.Name, after.Scenario.Name],
                ["Seed", before.Seed.ToString(CultureInfo.InvariantCulture), after.Seed.ToString(CultureInfo.InvariantCulture)],
                ["Clock", before.Clock, after.Clock],
                ["Changed by hand", Changes(before), Changes(after)],
                ["Started", Moment(before.StartedAt), Moment(after.StartedAt)],
                ["Versions", Versions(before), Versions(after)],
                ["Machine", Machine(before.Machine), Machine(after.Machine)],
            ]));

    private static XElement Scenarios(IReadOnlyList<KeyDifference>? differences, bool isChanged) => Markup.Section(
        "scenarios", "What differs in the scenarios",
        Played(differences?.Where(static difference => !difference.IsOfWatching).ToList(), isChanged),
        Watched([.. (differences ?? []).Where(static difference => difference.IsOfWatching)]));

    private static XElement Played(List<KeyDifference>? differences, bool isChanged) => differences switch
    {
        null => Markup.Paragraph("The scenario of a run is not readable, so its keys cannot be compared."),
        { Count: 0 } when isChanged => Markup.Paragraph("Nothing, but a run that was changed by hand did not play its scenario alone."),
        { Count: 0 } => Markup.Paragraph("Nothing: both runs played the same."),
        _ => Markup.Table(
            "Keys that are not the same, overrides included", ["Key", "Before", "After"],
            differences.Select(static difference => new object?[] { new XElement("code", difference.Key), Code(difference.Before), Code(difference.After) })),
    };

    private static XElement? Watched(List<KeyDifference> differences) => differences.Count == 0 ? null : Markup.Note(
        "Not counted, for it says how a run was watched and what it left, not what it played: ",
        differences.Select(static (difference, index) => new object[]
        {
            index == 0 ? "" : "; ", new XElement("code", difference.Key), " (", Code(difference.Before), ", ", Code(difference.After), ")",
        }),
        ".");

    private static XElement Thresholds(ResultDocument before, ResultDocument after)
    {
        var (first, second) = (All(before), All(after));
        return Markup.Section(
            "thresholds", "Thresholds",
            first.Count + second.Count == 0
                ? Markup.Paragraph("Neither scenario has any.")
                : Markup.Table(
                    "Thresholds of both", ["Threshold", "Before", "After"],
                    first.Concat(second).Select(static threshold => threshold.Text).Distinct()
                        .Select(text => new object?[] { new XElement("code", text), Outcome(first, text), Outcome(second, text) })));
    }

    private static XElement Promises(ResultDocument before, ResultDocument after) => Markup.Section(
        "promises", "The five promises",
        Markup.Table(
            "The five promises in both", ["Promise", "Before", "After"],
            before.Invariants.Concat(after.Invariants).Select(static invariant => invariant.Name).Distinct()
                .Select(name => new object?[] { name, Evidence(before, name), Evidence(after, name) })));

    private static XElement Figures(ComparedGroup group) => Markup.Table(
        group.Name, ["Figure", "#Before", "#After", "#Difference", "#Relative", "Judgement"],
        group.Values.Select(static value => new object?[]
        {
            value.Name, Shown(value.Before, value.Unit), Shown(value.After, value.Unit), Difference(value),
            value.Relative is { } relative ? Signed(relative, (relative * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %") : "-",
            value.Change switch
            {
                Change.Better => Markup.Badge("good", "better"),
                Change.Worse => Markup.Badge("bad", "worse"),
                Change.Same => "same",
                Change.OneSided => "in one only",
                _ => "other",
            },
        }));

    private static string Difference(ComparedValue value) => value.Difference is not { } difference
        ? "-"
        : Signed(
            difference,
            value.Unit == ThresholdUnit.Share
                ? (difference * 100).ToString("0.####", CultureInfo.InvariantCulture) + " points"
                : (difference < 0 ? "-" : "") + ThresholdEvaluator.Format(Math.Abs(difference), value.Unit));

    private static string Signed(double value, string text) => value > 0 ? "+" + text : text;

    private static string Shown(double? value, ThresholdUnit unit) => value is { } known ? ThresholdEvaluator.Format(known, unit) : "-";

    private static object Changes(ResultDocument result) => result.Changes.Count == 0
        ? "no"
        : new XElement("ul", result.Changes.Select(static change => new XElement("li", string.Create(CultureInfo.InvariantCulture, $"{change.What} after {change.At:0.0} s"))));

    private static object Code(string? value) => value is null ? "not written" : new XElement("code", value);

    private static List<ThresholdEcho> All(ResultDocument result) => [.. result.Thresholds, .. result.Wall?.Thresholds ?? []];

    private static object?[] Outcome(List<ThresholdEcho> thresholds, string text)
    {
        if (thresholds.Find(threshold => threshold.Text == text) is not { } threshold)
        {
            return ["not asked"];
        }

        var isHeld = threshold.Outcome == ThresholdOutcome.Held;
        return
        [
            Markup.Badge(isHeld ? "good" : "bad", isHeld ? "held" : threshold.Outcome == ThresholdOutcome.Failed ? "failed" : "no samples"),
            threshold.Observed is { } observed ? " " + ThresholdEvaluator.Format(observed, threshold.Unit) : null,
        ];
    }

    private static object?[] Evidence(ResultDocument result, string name) => result.Invariants.FirstOrDefault(invariant => invariant.Name == name) is { } invariant
        ? [invariant.Held ? Markup.Badge("good", "held") : Markup.Badge("bad", "broken"), " " + invariant.Detail] : ["-"];

    private static string Versions(ResultDocument result) => string.Join(", ", result.Versions.Select(static version => $"{version.Key} {version.Value}"));

    private static string Machine(MachineResult machine) =>
        string.Create(CultureInfo.InvariantCulture, $"{machine.OperatingSystem}, {machine.Architecture}, {machine.Processors} processors");

    private static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
