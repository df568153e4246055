using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary><c>sqlite</c>, or a connection string for PostgreSQL, without passwords.</summary>
internal sealed class StoreKind : OptionKind<StorePlace>
{
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

        if (!text.StartsWith(PostgresKind.Prefix, StringComparison.Ordinal))
        {
            problem = new OptionProblem("is neither sqlite nor postgres", "write sqlite, or { postgres: \"Host=db.lab;Database=uefarm;Username=as\" }");
            return false;
        }

        var connection = text[PostgresKind.Prefix.Length..].Trim();
        if (!PostgresKind.TryCheck(connection, out problem))
        {
            return false;
        }

        value = new StorePlace(connection);
        return true;
    }

    public override JsonObject CreateSchema() => PostgresKind.SchemaOf("^(sqlite|postgres:.+)$");
}
