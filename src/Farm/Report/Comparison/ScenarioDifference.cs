using System.Globalization;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Report.Comparison;

/// <summary>What differs between the scenarios of two runs as they were played, with their overrides; spelling and comments do not count.</summary>
internal static class ScenarioDifference
{
    /// <summary>Null: the text of a run is not readable as a scenario.</summary>
    public static IReadOnlyList<KeyDifference>? Of(ScenarioEcho before, ScenarioEcho after)
    {
        if (Flatten(before) is not { } first || Flatten(after) is not { } second)
        {
            return null;
        }

        return
        [
            .. first.Keys.Union(second.Keys)
                .Select(key => new KeyDifference(key, first.GetValueOrDefault(key), second.GetValueOrDefault(key)))
                .Where(static difference => difference.Before != difference.After),
        ];
    }

    private static Dictionary<string, string>? Flatten(ScenarioEcho scenario)
    {
        if (!ScenarioTreeReader.TryRead(scenario.Text, null, out var root, out _) || root is not ScenarioNode.Mapping mapping)
        {
            return null;
        }

        var errors = new List<ScenarioError>();
        foreach (var change in scenario.Overrides)
        {
            ScenarioOverrides.Apply(mapping, DocumentOverride.Set(change), errors);
        }

        var values = new Dictionary<string, string>();
        Add(mapping, "", values);
        return errors.Count == 0 ? values : null;
    }

    private static void Add(ScenarioNode node, string path, Dictionary<string, string> values)
    {
        switch (node)
        {
            case ScenarioNode.Mapping mapping:
                foreach (var (key, value) in mapping.Entries)
                {
                    Add(value, path.Length == 0 ? key.Text : $"{path}.{key.Text}", values);
                }

                break;
            case ScenarioNode.Sequence sequence:
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    Add(sequence.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), values);
                }

                break;
            case ScenarioNode.Scalar scalar:
                values[path] = scalar.Text;
                break;
        }
    }
}
