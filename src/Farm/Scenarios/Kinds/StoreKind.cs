using System.Text.Json.Nodes;
using UeFarm.Actors.Stores;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>sqlite</c>, or a connection string for PostgreSQL, without passwords.</summary>
internal sealed class StoreKind : OptionKind<StorePlace>
{
    private const string Prefix = "postgres:";

    public override string Name => "store";

    public override string Allowed => "sqlite, or { postgres: \"Host=...;Database=...;Username=...\" } without a password";

    public override string? MappingKey => "postgres";

    public override bool TryRead(string text, out StorePlace value, out OptionProblem problem)
    {
        problem = default;
        value = StorePlace.Sqlite;
        if (text == "sqlite")
        {
            return true;
        }

        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            problem = new OptionProblem("is neither sqlite nor postgres", "write sqlite, or { postgres: \"Host=db.lab;Database=uefarm;Username=as\" }");
            return false;
        }

        var connection = text[Prefix.Length..].Trim();
        if (!PostgresConnectionText.TryCheck(connection, out var fault, out var remedy))
        {
            problem = new OptionProblem(fault, remedy);
            return false;
        }

        value = new StorePlace(connection);
        return true;
    }

    public override JsonObject CreateSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            Pattern("^(sqlite|postgres:.+)$"),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["postgres"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 } },
                ["required"] = new JsonArray("postgres"),
                ["additionalProperties"] = false,
            }),
    };
}
