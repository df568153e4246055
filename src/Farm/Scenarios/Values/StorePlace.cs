namespace UeFarm.Farm.Scenarios;

/// <summary>Where the application server stores messages: in a SQLite file, or where the connection string says.</summary>
internal sealed record StorePlace(string? Postgres)
{
    public static readonly StorePlace Sqlite = new((string?)null);

    public override string ToString() => Postgres is null ? "sqlite" : $"postgres:{Postgres}";
}
