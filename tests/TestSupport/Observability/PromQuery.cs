using System.Text.RegularExpressions;

namespace UeFarm.TestSupport.Observability;

/// <summary>What tests look at in a PromQL expression. No parser: it knows as much of the language as the dashboards and rules use.</summary>
public sealed partial class PromQuery(string text)
{
    public string Text { get; } = text;

    /// <summary>Metrics with the labels that are matched, braces or none.</summary>
    public IEnumerable<(string Name, string[] Labels)> Selectors =>
        Metric().Matches(WithoutGrouping()).Select(static match => (
            match.Groups["name"].Value, Matcher().Matches(match.Groups["matchers"].Value).Select(static matcher => matcher.Groups["label"].Value).ToArray()));

    /// <summary>The labels in by, on and group_left.</summary>
    public IEnumerable<string> GroupedBy => Grouping().Matches(Text)
        .SelectMany(static match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Selectors without a matcher.</summary>
    public IEnumerable<string> SelectorsWithout(string matcher) =>
        Metric().Matches(WithoutGrouping()).Where(match => !match.Groups["matchers"].Value.Split(", ").Contains(matcher)).Select(static match => match.Groups["name"].Value);

    /// <summary>The ranges in brackets, each with the function around it.</summary>
    public IEnumerable<(string Function, string Range)> Ranges =>
        Range().Matches(Text).Select(static match => (match.Groups["function"].Value, match.Groups["range"].Value));

    /// <summary>Counters that are not under rate or increase.</summary>
    public IEnumerable<string> BareCounters =>
        Metric().Matches(WithoutRanges()).Select(static match => match.Groups["name"].Value).Where(static name => name.EndsWith("_total", StringComparison.Ordinal));

    private string WithoutGrouping() => Grouping().Replace(Text, " ");

    private string WithoutRanges() => Range().Replace(WithoutGrouping(), "0");

    // Functions have a parenthesis after their name, and no keyword has an underscore or a colon in it but those of grouping.
    [GeneratedRegex(@"(?<![\w:""$])(?<name>up|[a-z]+[_:][a-z0-9_:]+)(?![\w:]*\s*\()(?:\{(?<matchers>[^}]*)\})?(?![\w:""])")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(?<label>[a-z_]+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(?:by|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<function>\w+)\s*\(\s*[\w:]+(?:\{[^}]*\})?\[(?<range>[^\]]*)\]\s*\)")]
    private static partial Regex Range();
}
