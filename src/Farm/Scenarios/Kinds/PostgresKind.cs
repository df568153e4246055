using System.Text.Json.Nodes;
using UeFarm.Actors.Stores;

namespace UeFarm.Farm.Scenarios;

/// <summary>A PostgreSQL database, without passwords.</summary>
internal sealed class PostgresKind : OptionKind<string>
{
    public const string Prefix = "postgres:";

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

        return TryCheck(value, out problem);
    }

    public override JsonObject CreateSchema() => SchemaOf("^postgres:.+$");

    /// <summary>Whether a connection string can be used.</summary>
    public static bool TryCheck(string connection, out OptionProblem problem)
    {
        var isUsable = PostgresConnectionText.TryCheck(connection, out var fault, out var remedy);
        problem = isUsable ? default : new OptionProblem(fault, remedy);
        return isUsable;
    }

    /// <summary>Of a text with this pattern, or of a mapping with the connection string.</summary>
    public static JsonObject SchemaOf(string pattern) => new()
    {
        ["anyOf"] = new JsonArray(
            Pattern(pattern),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["postgres"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 } },
                ["required"] = new JsonArray("postgres"),
                ["additionalProperties"] = false,
            }),
    };
}
