using System.Text.Json.Nodes;
using UeFarm.Actors.Stores;

namespace UeFarm.Farm.Scenarios;

/// <summary>A PostgreSQL database, without passwords.</summary>
internal sealed class PostgresKind : OptionKind<string>
{
    private const string Prefix = "postgres:";

    public override string Name => "database";

    public override string Allowed => "{ postgres: \"Host=...;Database=...;Username=...\" } without a password";

    public override string? MappingKey => "postgres";

    public override bool TryRead(string text, out string value, out OptionProblem problem)
    {
        problem = default;
        value = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Trim() : "";
        if (value.Length == 0)
        {
            problem = new OptionProblem("is not postgres", "write { postgres: \"Host=db.lab;Database=uefarm;Username=uefarm\" }");
            return false;
        }

        if (PostgresConnectionText.TryCheck(value, out var fault, out var remedy))
        {
            return true;
        }

        problem = new OptionProblem(fault, remedy);
        return false;
    }

    public override JsonObject CreateSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            Pattern("^postgres:.+$"),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["postgres"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 } },
                ["required"] = new JsonArray("postgres"),
                ["additionalProperties"] = false,
            }),
    };
}
