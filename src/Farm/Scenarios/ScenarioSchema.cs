using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>Writes the JSON Schema of a file format from its declarations.</summary>
internal static class ScenarioSchema
{
    private static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write() => Write(ScenarioFormat.Document);

    public static string Write(DocumentFormat format)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"uefarm {format.Noun}",
        };
        foreach (var (key, value) in CreateSection(format, ""))
        {
            schema[key] = value?.DeepClone();
        }

        if (format.Sections.Contains(ScenarioFormat.Phases))
        {
            ((JsonArray)schema["required"]!).Add("phases");
        }

        return schema.ToJsonString(Options) + "\n";
    }

    private static JsonObject CreateSection(DocumentFormat format, string path)
    {
        var properties = new JsonObject();
        foreach (var option in format.Options.Where(option => option.Section == path))
        {
            properties[option.Name] = CreateOption(option);
        }

        foreach (var section in format.Sections.Where(section => ParentOf(section.Path) == path))
        {
            var inner = CreateSection(format, section.Path);
            var name = section.Path[(section.Path.LastIndexOf('.') + 1)..];
            if (section.IsList)
            {
                properties[name[..^2]] = new JsonObject { ["description"] = section.Description, ["type"] = "array", ["minItems"] = 1, ["items"] = inner };
            }
            else
            {
                inner["description"] = section.Description;
                properties[name] = inner;
            }
        }

        var required = new JsonArray();
        foreach (var option in format.Options.Where(option => option.Section == path && option.IsRequired))
        {
            required.Add(option.Name);
        }

        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["required"] = required, ["properties"] = properties };
    }

    private static JsonObject CreateOption(ScenarioOption option)
    {
        var schema = option.Kind.CreateSchema();
        if (option.IsList)
        {
            schema = new JsonObject { ["type"] = "array", ["maxItems"] = option.MaxItems, ["items"] = schema };
        }

        var defaults = option.DefaultTexts.Count == 0 ? "" : $" Default: {string.Join(", ", option.DefaultTexts)}.";
        schema["description"] = $"{option.Description}{defaults}";
        return schema;
    }

    private static string ParentOf(string path) => path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : "";
}
