using System.Globalization;
using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>Brings a set of tables to the present version, whoever else may be about to do the same.</summary>
internal static class PostgresMigration
{
    /// <summary>"UESC", with the hash of the schema's name: the lock on making tables.</summary>
    private const int LockClass = 0x5545_5343;

    /// <summary>
    /// Steps: from each version to the next, version 0 being nothing; the first makes the table of the version, with its row. The lock ends with the
    /// session if this ends with an exception. False: the data is of a later version; close the session.
    /// </summary>
    public static bool TryApply(
        NpgsqlConnection connection, string schema, string versionTable, IReadOnlyList<string> steps, out bool isNew, out string problem)
    {
        var key = (int)PostgresSchema.Scalar(connection, "SELECT hashtext($1)", schema)!;
        PostgresSchema.Scalar(connection, "SELECT pg_advisory_lock($1, $2)", LockClass, key);
        problem = string.Empty;
        if (PostgresSchema.Scalar(connection, "SELECT to_regnamespace($1)::text", schema) is DBNull or null)
        {
            PostgresSchema.Run(connection, $"CREATE SCHEMA {schema}"); // a checked name
        }

        isNew = PostgresSchema.Scalar(connection, "SELECT to_regclass($1)::text", $"{schema}.{versionTable}") is DBNull or null;
        var version = isNew
            ? 0
            : Convert.ToInt32(PostgresSchema.Scalar(connection, $"SELECT version FROM {versionTable}"), CultureInfo.InvariantCulture);
        if (version > steps.Count)
        {
            problem = $"schema {schema} has version {version}, this program knows versions up to {steps.Count}: "
                + "use the program that wrote it, or a later one";
            return false;
        }

        for (var next = version + 1; next <= steps.Count; next++)
        {
            PostgresSchema.Change(connection, $"BEGIN; {steps[next - 1]} UPDATE {versionTable} SET version = {next}; COMMIT;");
        }

        PostgresSchema.Scalar(connection, "SELECT pg_advisory_unlock($1, $2)", LockClass, key);
        return true;
    }
}
