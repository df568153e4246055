using System.Text.RegularExpressions;
using Npgsql;

namespace UeFarm.Actors.Stores;

/// <summary>Connection strings as users write them: read, checked, completed.</summary>
public static partial class PostgresConnectionText
{
    private const string DefaultSchema = "uefarm";
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 15;

    /// <summary>False: problem and remedy say why, without the text, which may hold a password.</summary>
    public static bool TryCheck(string text, out string problem, out string remedy) => TryRead(text, out _, out problem, out remedy);

    /// <summary>The same database with another schema, named like the text's own and what follows.</summary>
    /// <exception cref="ArgumentException">It is not a connection string, or the name is too long.</exception>
    public static string WithSchemaSuffix(string text, string suffix)
    {
        if (!TryCheck(text, out var problem, out _))
        {
            throw new ArgumentException(problem, nameof(text));
        }

        var builder = new NpgsqlConnectionStringBuilder(text);
        builder.SearchPath = (builder.SearchPath ?? DefaultSchema) + suffix;
        return SchemaPattern().IsMatch(builder.SearchPath)
            ? builder.ConnectionString
            : throw new ArgumentException($"the schema {builder.SearchPath} has no valid name: shorten Search Path", nameof(suffix));
    }

    /// <summary>What a server connects with: one session, whose name tells it from those of other servers.</summary>
    internal static bool TryRead(string text, out NpgsqlConnectionStringBuilder builder, out string problem, out string remedy)
    {
        problem = remedy = string.Empty;
        builder = new NpgsqlConnectionStringBuilder();
        try
        {
            builder.ConnectionString = text;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            problem = "is not a connection string";
            remedy = "write it like Host=db.lab;Database=uefarm;Username=as";
            return false;
        }

        if (builder.Password is not null || builder.SslPassword is not null)
        {
            problem = "contains a password, which would be kept with the results";
            remedy = "remove it and put it into a password file, or into the environment (PGPASSWORD, PGPASSFILE)";
            return false;
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
        {
            problem = "names no host";
            remedy = "add Host=, an address or the folder of a Unix socket";
            return false;
        }

        builder.SearchPath ??= DefaultSchema;
        if (!SchemaPattern().IsMatch(builder.SearchPath))
        {
            problem = "names more or other than one schema in Search Path";
            remedy = "write one name of lower-case letters, digits and underscores";
            return false;
        }

        Complete(builder);
        return true;
    }

    private static void Complete(NpgsqlConnectionStringBuilder builder)
    {
        var defaults = new NpgsqlConnectionStringBuilder();
        builder.Timeout = builder.Timeout == defaults.Timeout ? ConnectSeconds : builder.Timeout;
        builder.CommandTimeout = builder.CommandTimeout == defaults.CommandTimeout ? CommandSeconds : builder.CommandTimeout;
        builder.Pooling = false;
        builder.Multiplexing = false;
        builder.Enlist = false;
        builder.MaxAutoPrepare = 32;
        builder.AutoPrepareMinUsages = 2;
        builder.CancellationTimeout = -1; // a command out of time ends with its session: what became of it is found out by the next one
        builder.IncludeErrorDetail = false;
        builder.PersistSecurityInfo = false;
        builder.TcpKeepAlive = true;
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex SchemaPattern();
}
