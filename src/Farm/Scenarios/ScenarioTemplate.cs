using System.Text;
using UeFarm.Farm.Console;

namespace UeFarm.Farm.Scenarios;

/// <summary>Writes a commented file with every option of its format, from the declarations: a valid one that does what the defaults do.</summary>
internal static class ScenarioTemplate
{
    /// <summary>Phases that show every way of moving phones.</summary>
    private static readonly string[] Phases =
    [
        "- { name: warm-up, for: 10s }",
        "- { name: outage, offline: 60%, cut: silent, for: 20s }",
        "- { name: storm, online: all, within: 5s, for: 30s }",
    ];

    private const string ScenarioHeading = """
        # A uefarm scenario with every option. Values shown are the defaults, or
        # examples where a default would show little. Options behind a '#' are off: they
        # mean something only beside another choice. Check it with: uefarm check FILE

        """;

    public static string Write() => Write(ScenarioFormat.Document, ScenarioHeading);

    /// <param name="format">The options.</param>
    /// <param name="heading">Comment lines before the first of them.</param>
    public static string Write(DocumentFormat format, string heading)
    {
        var text = new StringBuilder(heading);
        WriteSection(text, format, "", 0);
        return text.ToString();
    }

    private static void WriteSection(StringBuilder text, DocumentFormat format, string path, int depth)
    {
        foreach (var option in format.Options.Where(option => option.Section == path && !option.IsList))
        {
            WriteOption(text, option, depth);
        }

        foreach (var section in format.Sections.Where(section => ParentOf(section.Path) == path))
        {
            text.Append('\n', depth == 0 ? 1 : 0);
            Comment(text, depth, section.Description);
            Line(text, depth, (IsAllOff(format, section) ? "# " : "") + section.Path[(section.Path.LastIndexOf('.') + 1)..].Replace("[]", "", StringComparison.Ordinal) + ":");
            if (!section.IsList)
            {
                WriteSection(text, format, section.Path, depth + 1);
                continue;
            }

            foreach (var option in format.Options.Where(option => option.Section == section.Path))
            {
                Comment(text, depth + 1, $"{option.Name}: {option.Description}");
            }

            foreach (var item in Phases)
            {
                Line(text, depth + 1, item);
            }
        }

        foreach (var option in format.Options.Where(option => option.Section == path && option.IsList))
        {
            var values = option.DefaultTexts.Count > 0 ? option.DefaultTexts : [option.Sample!];
            text.Append('\n', depth == 0 ? 1 : 0);
            Comment(text, depth, option.Description);
            Line(text, depth, $"{option.Name}: [{string.Join(", ", values.Select(value => $"\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}]");
        }
    }

    private static readonly ScenarioOption[] BesideAnother =
    [
        ScenarioFormat.CacheSenderPartitions, ScenarioFormat.CacheWindow, ScenarioFormat.RecipientExponent, ScenarioFormat.ClockAheadBy, ScenarioFormat.NetworkLatency,
        ScenarioFormat.ServerStoreUnsafe,
    ];

    private static void WriteOption(StringBuilder text, ScenarioOption option, int depth)
    {
        // An option that means something only beside a certain choice would contradict the defaults; it is shown but off.
        var isOff = IsOff(option);
        var value = option.Sample ?? option.DefaultTexts[0];
        var shown = value.Contains('{', StringComparison.Ordinal) ? $"\"{value}\"" : value;
        Comment(text, depth, $"{option.Description} Allowed: {option.Kind.Allowed}.");
        Line(text, depth, $"{(isOff ? "# " : "")}{option.Name}: {shown}");
    }

    private static bool IsOff(ScenarioOption option) => !option.IsRequired && (option.DefaultTexts.Count == 0 || BesideAnother.Contains(option));

    /// <summary>A key without anything below it would have no value.</summary>
    private static bool IsAllOff(DocumentFormat format, ScenarioSection section) =>
        format.Options.Where(option => option.Path.StartsWith(section.Path + ".", StringComparison.Ordinal)).All(IsOff) && !section.IsList;

    private static void Comment(StringBuilder text, int depth, string comment)
    {
        foreach (var line in TextLayout.Wrap(new string(' ', depth * 2) + "# ", comment))
        {
            text.Append(' ', line.TrimStart().StartsWith('#') ? 0 : depth * 2).Append(line.TrimStart().StartsWith('#') ? line : "# " + line.TrimStart()).Append(
                '\n');
        }
    }

    private static void Line(StringBuilder text, int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');

    private static string ParentOf(string path) => path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : "";
}
