using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Tests.Support;

/// <summary>The few keywords of JSON Schema that ours uses, and YAML as an editor sees it (YAML 1.2 core types).</summary>
internal static class SchemaChecker
{
    private static readonly HashSet<string> Annotations = ["$schema", "title", "description"];

    public static JsonNode? ToJson(ScenarioNode node) => node switch
    {
        ScenarioNode.Mapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
        ScenarioNode.Sequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        ScenarioNode.Scalar { Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        ScenarioNode.Scalar scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        ScenarioNode.Scalar scalar when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        ScenarioNode.Scalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>The example, and every default and sample of a document's options, can be read and fit its schema; each option has one of the two.</summary>
    public static void CheckDeclarations(DocumentFormat document, string example)
    {
        var schema = JsonNode.Parse(ScenarioSchema.Write(document))!.AsObject();
        Assert.True(ScenarioTreeReader.TryRead(example, null, out var root, out _));
        Assert.Null(Check(schema, ToJson(root)));
        foreach (var option in document.Options)
        {
            foreach (var text in option.DefaultTexts.Append(option.Sample).OfType<string>())
            {
                Assert.True(option.Kind.TryReadObject(text, out _, out var problem), $"{option.Path} {text} {problem.Problem}");
                var value = ToJson(new ScenarioNode.Scalar(text, false, ScenarioLocation.FileStart));
                Assert.Null(Check(option.Kind.CreateSchema(), value, option.Path));
            }

            Assert.True(option.DefaultTexts.Count > 0 || option.Sample is not null, option.Path);
        }
    }

    /// <summary>Null when the value fits, else where it does not.</summary>
    public static string? Check(JsonObject schema, JsonNode? value, string path = "$")
    {
        foreach (var (keyword, rule) in schema)
        {
            var fits = keyword switch
            {
                "type" => IsType(rule!.GetValue<string>(), value),
                "pattern" => value is not JsonValue text || !text.TryGetValue<string>(out var content) || Regex.IsMatch(content, rule!.GetValue<string>()),
                "enum" => rule!.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)),
                "const" => JsonNode.DeepEquals(rule, value),
                "minimum" => AsNumber(value) is not { } low || low >= AsNumber(rule),
                "maximum" => AsNumber(value) is not { } high || high <= AsNumber(rule),
                "minItems" => value is not JsonArray array || array.Count >= rule!.GetValue<int>(),
                "maxItems" => value is not JsonArray array || array.Count <= rule!.GetValue<int>(),
                "minLength" => value is not JsonValue || value.ToString().Length >= rule!.GetValue<int>(),
                "anyOf" => rule!.AsArray().Any(choice => Check(choice!.AsObject(), value, path) is null),
                "required" => value is not JsonObject mapping || rule!.AsArray().All(key => mapping.ContainsKey(key!.GetValue<string>())),
                "additionalProperties" => value is not JsonObject mapping || mapping.All(entry => schema["properties"]!.AsObject().ContainsKey(entry.Key)),
                "properties" or "items" => true,
                _ => Annotations.Contains(keyword),
            };
            if (!fits)
            {
                return $"{path}: {keyword}";
            }
        }

        return CheckChildren(schema, value, path);
    }

    private static string? CheckChildren(JsonObject schema, JsonNode? value, string path)
    {
        if (value is JsonObject mapping && schema["properties"] is JsonObject properties)
        {
            return mapping.Select(entry => Check(properties[entry.Key]!.AsObject(), entry.Value, $"{path}.{entry.Key}")).FirstOrDefault(fault =>
                fault is not null);
        }

        return value is JsonArray array && schema["items"] is JsonObject items
            ? array.Select(item => Check(items, item, $"{path}[]")).FirstOrDefault(fault => fault is not null)
            : null;
    }

    private static bool IsType(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value is JsonValue text && text.TryGetValue<string>(out _),
        "integer" => value is JsonValue number && number.TryGetValue<long>(out _),
        "number" => AsNumber(value) is not null,
        _ => false,
    };

    private static double? AsNumber(JsonNode? value) =>
        value is not JsonValue number ? null : number.TryGetValue<long>(out var whole) ? whole : number.TryGetValue<double>(out var real) ? real : null;
}
