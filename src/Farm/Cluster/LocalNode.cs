using System.Diagnostics;
using System.Net;
using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Cluster;

/// <summary>A node of a cluster as a child process of this one. It ends when its standard input does, so it never outlives its parent.</summary>
internal sealed class LocalNode : IDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _gate = new();
    private string _last = "";

    private LocalNode(Process process, string logFile, Uri admin)
    {
        _process = process;
        _log = new StreamWriter(new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        Admin = admin;
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Admin { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>What it printed last.</summary>
    public string LastLine
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <param name="folder">Its working directory.</param>
    /// <param name="logFile">What it prints.</param>
    /// <param name="admin">The address of its admin endpoint.</param>
    /// <param name="arguments">Of <c>node</c>.</param>
    public static LocalNode Start(string folder, string logFile, IPEndPoint admin, IReadOnlyList<string> arguments)
    {
        // The program itself, or the runtime that plays it.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "uefarm.dll"));
        }

        foreach (var argument in (string[])["node", NodeCommand.ChildFlag, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new LocalNode(Process.Start(start)!, logFile, new Uri($"http://{admin}/"));
    }

    /// <summary>Asks it to stop in order, and ends it if it has not done so within this time.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _process.Dispose();
        lock (_gate)
        {
            _log.Dispose();
        }
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _log.WriteLine(line);
            _last = line;
        }
    }
}
