using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>derived</c>, or a CSV file.</summary>
internal sealed class SecretsKind : OptionKind<SecretsSource>
{
    public override string Name => "secrets";

    public override string Allowed => "derived, or { file: PATH.csv } with columns impu,impi,password or impu,impi,k,opc,amf";

    public override string? MappingKey => "file";

    public override bool TryRead(string text, out SecretsSource value, out OptionProblem problem)
    {
        problem = default;
        value = SecretsSource.Derived;
        if (text == "derived")
        {
            return true;
        }

        if (!text.StartsWith("file:", StringComparison.Ordinal) || text["file:".Length..].Trim().Length == 0)
        {
            problem = new OptionProblem("is neither derived nor a file", "write derived, or { file: subscribers.csv }");
            return false;
        }

        value = new SecretsSource(text["file:".Length..].Trim());
        return true;
    }

    public override JsonObject CreateSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            Pattern("^(derived|file:.+)$"),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["file"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 } },
                ["required"] = new JsonArray("file"),
                ["additionalProperties"] = false,
            }),
    };
}
