using System.Text;
using UeFarm.Farm.Thresholds;

namespace UeFarm.Farm.Scenarios;

/// <summary>Writes <c>docs/scenario.md</c>: the format and the thresholds, from their declarations.</summary>
internal static class ScenarioReference
{
    private const string Introduction = """
        # The scenario file

        A scenario is one YAML document. Durations, rates, sizes and percentages carry units (`250ms`, `500/s`, `1MB`, `60%`);
        a missing unit is an error. Unknown keys are errors too. `uefarm check FILE` reports all mistakes at once, each with its
        place, what is allowed and what to do, and prints the plan of a valid scenario; `uefarm init` writes a commented example;
        `uefarm schema` prints the JSON Schema (`scenarios/scenario.schema.json`), from which editors complete and check.

        `--set key=value` overrides a key for one run: `--set traffic.rate=100/s`, `--set 'phases[1].for=30s'`. An override beats the
        file and passes the same checks. Where a required key has no default, the table says so.

        Units: durations `ms`, `s`, `m`, `h`, `d`; rates `/s`, `/m`, `/h`; sizes `B`, `kB`, `MB`, `GB` (decimal), `KiB`, `MiB`, `GiB`
        (binary); percentages `%`.

        """;

    private const string ThresholdIntroduction = """

        ## Thresholds

        `METRIC[{label="value",...}][.STAT] OP NUMBER[UNIT]` with `==`, `!=`, `<`, `<=`, `>`, `>=`. A label that is left out means all
        its values together. Latencies carry a time unit (`us`, `ms`, `s`, `m`, `h`), `rate` has `/s`, `peak` a size (`250MB`), `share` and
        `growth` are fractions or have `%`; counts have no unit. An unknown name is an error of the scenario (exit 2). A threshold
        without samples never passes (exit 99). `growth` compares medians: the last quarter of the time in which phases are played with
        the second one; [results.md](results.md) says what is sampled.

        | Metric | Statistics | What it is |
        |---|---|---|

        """;

    public static string Write()
    {
        var text = new StringBuilder(Introduction);
        WriteTables(text, ScenarioFormat.Document);
        text.Append(ThresholdIntroduction);
        foreach (var metric in ThresholdCatalogue.Metrics)
        {
            var labels = metric.Labels.Count == 0 ? "" : $"{{{string.Join(",", metric.Labels.Keys)}}}";
            var stats = metric.Stats.Select(stat => stat.Length == 0 ? "(count)" : $"`{stat}`");
            text.Append($"| `{metric.Name}{labels}` | {string.Join(", ", stats)} | {metric.Description} |\n");
        }

        text.Append("\n| Label | Values |\n|---|---|\n");
        foreach (var (name, values) in Labels())
        {
            text.Append($"| `{name}` | {string.Join(", ", values.Select(value => $"`{value}`"))} |\n");
        }

        return text.ToString();
    }

    /// <summary>A table for the top level and for each section.</summary>
    public static void WriteTables(StringBuilder text, DocumentFormat format)
    {
        WriteTable(text, format, "", "Top level", "");
        foreach (var section in format.Sections)
        {
            WriteTable(text, format, section.Path, $"`{section.Path}`", section.Description);
        }
    }

    private static void WriteTable(StringBuilder text, DocumentFormat format, string path, string title, string description)
    {
        var options = format.Options.Where(option => option.Section == path).ToList();
        text.Append($"\n## {title}\n");
        if (description.Length > 0)
        {
            text.Append($"\n{description}\n");
        }

        if (options.Count == 0)
        {
            return;
        }

        text.Append("\n| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        foreach (var option in options)
        {
            var defaults = option.IsRequired ? "required" : option.DefaultTexts.Count == 0 ? "none"
                : string.Join(", ", option.DefaultTexts.Select(value => $"`{value}`"));
            var allowed = (option.IsList ? "a list; each item: " : "") + option.Kind.Allowed;
            text.Append($"| `{option.Name}` | {defaults} | {allowed.Replace("|", "\\|", StringComparison.Ordinal)} | {option.Description} |\n");
        }
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Values)> Labels() =>
        ThresholdCatalogue.Metrics.SelectMany(metric => metric.Labels.Select(label => ($"{metric.Name}{{{label.Key}}}", label.Value)));
}
