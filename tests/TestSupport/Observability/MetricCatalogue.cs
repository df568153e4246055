using System.Text.RegularExpressions;

namespace UeFarm.TestSupport.Observability;

/// <summary>The metrics that a query may name, with their labels: the table of docs/metrics.md, what recording rules make, and what a scrape adds.</summary>
public sealed partial class MetricCatalogue
{
    private static readonly string[] LabelsOfTargets = ["job", "instance", "pod"];
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);

    /// <param name="metrics">The text of docs/metrics.md.</param>
    /// <param name="rules">The text of a rule file.</param>
    public MetricCatalogue(string metrics, string rules)
    {
        foreach (Match row in Row().Matches(metrics))
        {
            HashSet<string> labels = [.. LabelsOfTargets, .. Word().Matches(row.Groups["labels"].Value).Select(static word => word.Value)];
            var name = row.Groups["name"].Value;
            if (row.Groups["type"].Value == "histogram")
            {
                _labels[name + "_bucket"] = [.. labels, "le"];
                _labels[name + "_count"] = labels;
                _labels[name + "_sum"] = labels;
            }
            else
            {
                _labels[name] = labels;
            }
        }

        foreach (Match rule in Recorded().Matches(rules))
        {
            _labels[rule.Groups["name"].Value] = [.. LabelsOfTargets, "outcome"];
        }

        _labels["up"] = [.. LabelsOfTargets];
    }

    public IReadOnlyCollection<string> Names => _labels.Keys;

    /// <summary>What a query names that is not there.</summary>
    public IEnumerable<string> Unknown(PromQuery query)
    {
        foreach (var (name, matchers) in query.Selectors)
        {
            if (!_labels.TryGetValue(name, out var labels))
            {
                yield return $"no metric {name}";
                continue;
            }

            foreach (var label in matchers.Where(label => !labels.Contains(label)))
            {
                yield return $"{name} has no label {label}";
            }
        }

        foreach (var label in query.GroupedBy.Where(label => !_labels.Values.Any(labels => labels.Contains(label))))
        {
            yield return $"no metric has a label {label}";
        }
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z0-9_]+)` \| (?<type>\w+) \| (?<labels>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("[a-z_]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"record: (?<name>[a-z0-9_:]+)")]
    private static partial Regex Recorded();
}
