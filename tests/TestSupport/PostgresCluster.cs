using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace UeFarm.TestSupport;

/// <summary>
/// A PostgreSQL server of a test's own: made in a temporary folder, on a port of the loopback address, stopped and deleted at the end. Everybody on
/// this machine may connect to it while it lives, so it holds nothing but test data.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    /// <summary>The server refuses to run as root; this is the account that its package makes.</summary>
    private const string Account = "postgres";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder;
    private readonly string _options;
    private bool _runs;

    private PostgresCluster(DirectoryInfo folder, int port, string options)
    {
        _folder = folder;
        Port = port;
        _options = string.Create(
            CultureInfo.InvariantCulture,
            $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=30 "
            + $"-c autovacuum_naptime=1s {options}");
    }

    /// <summary>Null: it can be started here. Else why not.</summary>
    public static string? Missing => Programs is null ? "PostgreSQL is not installed (Debian package postgresql)" : null;

    public int Port { get; }

    /// <summary>Where the data is, to look at its size.</summary>
    public string DataFolder => Path.Combine(_folder.FullName, "data");

    private static string? Programs { get; } = FindPrograms();

    /// <summary>Options: as on the server's command line.</summary>
    public static async Task<PostgresCluster> StartAsync(string options = "")
    {
        var folder = Directory.CreateTempSubdirectory("uefarm-postgres-");
        var cluster = new PostgresCluster(folder, FreePort(), options);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", Account, folder.FullName).ConfigureAwait(false);
        }

        await RunProgramAsync("initdb", "-D", cluster.DataFolder, "-U", "uefarm", "-E", "UTF8", "--auth=trust", "--no-locale", "--no-sync")
            .ConfigureAwait(false);
        await cluster.StartServerAsync().ConfigureAwait(false);
        return cluster;
    }

    /// <summary>For a store with tables of its own; another port: that of something in between.</summary>
    public string ConnectionTo(string schema, int? port = null) => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port ?? Port};Database=postgres;Username=uefarm;Search Path={schema};SSL Mode=Disable");

    public async Task StartServerAsync()
    {
        await RunProgramAsync("pg_ctl", "start", "-w", "-D", DataFolder, "-l", Path.Combine(_folder.FullName, "log"), "-o", _options)
            .ConfigureAwait(false);
        _runs = true;
    }

    /// <summary>Immediate: without a word to anybody, like a crash; the next start recovers.</summary>
    public async Task StopServerAsync(bool immediate = false)
    {
        await RunProgramAsync("pg_ctl", "stop", "-w", "-D", DataFolder, "-m", immediate ? "immediate" : "fast").ConfigureAwait(false);
        _runs = false;
    }

    /// <summary>SIGKILL of all its processes at once, as if its machine had died; the next start recovers.</summary>
    public async Task KillServerAsync()
    {
        var processes = Freeze(); // so that none starts another one meanwhile
        Signal(processes, ProcessSignal.Kill);
        _runs = false;
        using var patience = new CancellationTokenSource(Patience);
        while (processes.Exists(static process => StatusOf(process) is not (null or { State: "Z" })))
        {
            await Task.Delay(10, patience.Token).ConfigureAwait(false);
        }

        // A process has its number until somebody has waited for it: the next start would take it for a server that still runs.
        File.Delete(LockFile);
    }

    /// <summary>SIGSTOP of all its processes: they do nothing any more, connections stay.</summary>
    public List<int> Freeze()
    {
        var main = MainProcess;
        ProcessSignal.Send(main, ProcessSignal.Stop);
        var children = ChildrenOf(main);
        Signal(children, ProcessSignal.Stop);
        return [main, .. children];
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal([.. ChildrenOf(MainProcess), MainProcess], ProcessSignal.Continue);

    /// <summary>Asks the server directly.</summary>
    public async Task<object?> ScalarAsync(string sql, string schema = "public")
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(schema) + ";Pooling=false");
        await connection.OpenAsync().ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }

    /// <summary>Lets a role in only with its password.</summary>
    public async Task RequirePasswordAsync(string role)
    {
        var rules = Path.Combine(DataFolder, "pg_hba.conf");
        var text = await File.ReadAllTextAsync(rules).ConfigureAwait(false);
        await File.WriteAllTextAsync(rules, $"host all {role} 127.0.0.1/32 scram-sha-256\n{text}").ConfigureAwait(false);
        await RunProgramAsync("pg_ctl", "reload", "-D", DataFolder).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_runs)
        {
            await KillServerAsync().ConfigureAwait(false);
        }

        _folder.Delete(recursive: true);
    }

    private string LockFile => Path.Combine(DataFolder, "postmaster.pid");

    /// <summary>It starts all the others.</summary>
    private int MainProcess => int.Parse(File.ReadLines(LockFile).First(), CultureInfo.InvariantCulture);

    private static void Signal(List<int> processes, int signal) => processes.ForEach(process => ProcessSignal.Send(process, signal));

    private static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(static name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(process => StatusOf(process)?.Parent == parent),
    ];

    /// <summary>Behind the name, which may hold anything (proc(5)). Null: it is gone.</summary>
    private static (string State, int Parent)? StatusOf(int process)
    {
        try
        {
            var line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string? FindPrograms() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin"))
            .Where(static bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task RunProgramAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid", Account, "--regid", Account, "--clear-groups", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits what it is given: with a pipe for its output nobody would ever see the end of it.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }
}
