using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>Kamailio with msilo over a database that another object owns; nothing of it is left when it is disposed.</summary>
internal sealed class KamailioProcess : IMessageServer
{
    public const string Program = "/usr/sbin/kamailio";
    private const string Modules = "/usr/lib/x86_64-linux-gnu/kamailio/modules/";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly PostgresProcess? _postgres;

    private KamailioProcess(Process process, int port, PostgresProcess? postgres)
    {
        _process = process;
        _postgres = postgres;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public TimeSpan Cpu => ProcessFigures.CpuOfTree(_process.Id) + (_postgres?.Cpu ?? default);

    public static bool IsInstalled(string databaseModule) =>
        File.Exists(Program) && File.Exists(Modules + "msilo.so") && File.Exists(Modules + databaseModule + ".so");

    /// <summary>Postgres null: a SQLite file in the folder, made when it is not there.</summary>
    public static async Task<KamailioProcess> StartAsync(string folder, int port, int workers, PostgresProcess? postgres)
    {
        var database = Path.Combine(folder, "silo.db");
        if (postgres is null && !File.Exists(database))
        {
            CreateDatabase(database);
        }

        var config = Path.Combine(folder, "kamailio.cfg");
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "kamailio-msilo.cfg"));
        await File.WriteAllTextAsync(
            config,
            text.Replace("@PORT@", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("@DOMAIN@", Subscribers.Domain, StringComparison.Ordinal)
                .Replace("@DATABASE@", postgres?.Url ?? "sqlite://" + database, StringComparison.Ordinal)
                .Replace("@MODULE@", postgres is null ? "db_sqlite" : "db_postgres", StringComparison.Ordinal)
                .Replace("@WORKERS@", workers.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var process = ChildProcess.Start(Program, folder, "-DD", "-E", "-f", config, "-L", Modules, "-m", "1024", "-M", "32", "-Y", folder);
        var kamailio = new KamailioProcess(process, port, postgres);
        try
        {
            await ChildProcess.WaitForPortAsync(process, port, StartLimit);
            return kamailio;
        }
        catch
        {
            await kamailio.DisposeAsync();
            throw;
        }
    }

    /// <summary>All its processes.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>
    /// With a write-ahead log, as our own store has it (the file remembers), which takes one fsync for a commit instead of four. synchronous is FULL by
    /// default in Debian's SQLite.
    /// </summary>
    private static void CreateDatabase(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        foreach (var statements in (string[])["PRAGMA journal_mode = WAL", Script("standard-create.sql"), Script("msilo-create.sql")])
        {
            using var command = connection.CreateCommand();
            command.CommandText = statements;
            command.ExecuteNonQuery();
        }

        static string Script(string name) => File.ReadAllText(Path.Combine("/usr/share/kamailio/db_sqlite", name));
    }
}
