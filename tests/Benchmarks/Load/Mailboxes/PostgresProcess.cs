using System.Diagnostics;
using System.Globalization;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>A PostgreSQL server of its own for a database of Kamailio's: fsync and synchronous_commit on, the rest as it comes.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin/";
    private const string Scripts = "/usr/share/kamailio/postgres/";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;

    private PostgresProcess(Process process, int port)
    {
        _process = process;
        Url = string.Create(CultureInfo.InvariantCulture, $"postgres://kamailio:none@127.0.0.1:{port}/kamailio");
    }

    public static bool IsInstalled => File.Exists(Programs + "postgres") && File.Exists(Programs + "initdb");

    /// <summary>As Kamailio's modules want it.</summary>
    public string Url { get; }

    public TimeSpan Cpu => ProcessFigures.CpuOfTree(_process.Id);

    public static async Task<PostgresProcess> StartAsync(string folder)
    {
        // PostgreSQL refuses to run as root: then it runs as the user that its package made.
        var port = ChildProcess.FreePort();
        var data = Path.Combine(folder, "postgres");
        await ChildProcess.RunAsync("chmod", folder, "a+x", folder);
        await ChildProcess.RunAsync("install", folder, Environment.IsPrivilegedProcess ? ["-d", "-o", "postgres", data] : ["-d", data]);
        await RunAsUserAsync(data, Programs + "initdb", "-D", data, "-U", "kamailio", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
        var process = StartAsUser(
            data, Programs + "postgres", "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-k", data,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "synchronous_commit=on");
        var postgres = new PostgresProcess(process, port);
        try
        {
            await WaitUntilReadyAsync(folder, port);
            await PsqlAsync(folder, port, "postgres", "-c", "CREATE DATABASE kamailio");
            await PsqlAsync(folder, port, "kamailio", "-f", Scripts + "standard-create.sql", "-f", Scripts + "msilo-create.sql");
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>It listens before it is ready.</summary>
    private static async Task WaitUntilReadyAsync(string folder, int port)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await PsqlAsync(folder, port, "postgres", "-c", "SELECT 1");
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start) < StartLimit)
            {
                await Task.Delay(Pause);
            }
        }
    }

    private static Task PsqlAsync(string folder, int port, string database, params string[] commands) => ChildProcess.RunAsync(
        Programs + "psql", folder,
        [
            "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "kamailio", "-d", database, "-v", "ON_ERROR_STOP=1", "-q", .. commands,
        ]);

    private static Task RunAsUserAsync(string folder, string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? ChildProcess.RunAsync("runuser", folder, ["-u", "postgres", "--", program, .. arguments])
            : ChildProcess.RunAsync(program, folder, arguments);

    private static Process StartAsUser(string folder, string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? ChildProcess.Start("runuser", folder, ["-u", "postgres", "--", program, .. arguments])
            : ChildProcess.Start(program, folder, arguments);
}
