using System.Text.Json;
using System.Text.Json.Serialization;

namespace UeFarm.Farm.Report;

/// <summary>Reads and writes <c>result.json</c> without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ResultDocument))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    public static string Serialize(ResultDocument result) => JsonSerializer.Serialize(result, Default.ResultDocument);

    /// <exception cref="JsonException">The text is not a result of this schema.</exception>
    public static ResultDocument Deserialize(string text)
    {
        var result = JsonSerializer.Deserialize(text, Default.ResultDocument) ?? throw new JsonException("The text is null.");
        return result.SchemaVersion == Report.ResultDocument.CurrentSchemaVersion ? result
            : throw new JsonException($"Schema version {result.SchemaVersion} is not known.");
    }
}
