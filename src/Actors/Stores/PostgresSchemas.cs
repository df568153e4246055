namespace UeFarm.Actors.Stores;

/// <summary>Schemas that somebody made for a while.</summary>
public static class PostgresSchemas
{
    /// <summary>Deletes the schema that Search Path names, with all that is in it. False: the problem says why not, for an operator.</summary>
    public static bool TryDrop(string connectionString, string? passwordFile, out string problem)
    {
        if (!PostgresConnector.TryConnect(
            connectionString, passwordFile, allowUnsafe: true, $"uefarm-{Guid.NewGuid():N}", out var connection, out var schema, out problem))
        {
            return false;
        }

        using (connection)
        {
            try
            {
                PostgresSchema.Change(connection!, $"SET client_min_messages = error; DROP SCHEMA IF EXISTS {schema} CASCADE"); // a checked name
                return true;
            }
            catch (Exception failure) when (PostgresConnector.IsOfConnection(failure))
            {
                problem = PostgresConnector.Explain(failure);
                return false;
            }
        }
    }
}
