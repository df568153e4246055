using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace UeFarm.TestSupport;

/// <summary>
/// The application server as a child process: <c>uefarm node --role as</c> on ports and a store of its own, which it keeps when it is killed, stopped, frozen
/// and started again. Its output and its admin endpoint can be read. Not thread-safe; killed when disposed.
/// </summary>
public sealed class ApplicationServerProcess : IAsyncDisposable
{
    private const int MachineUnfit = 4;
    private const int StartAttempts = 5;
    private const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    private readonly ApplicationServerProcessSettings _settings;
    private readonly HttpClient _http;
    private readonly List<string> _lines = [];
    private Process? _process;

    private ApplicationServerProcess(ApplicationServerProcessSettings settings)
    {
        _settings = settings;
        EndPoint = new IPEndPoint(settings.Address, FreePorts.Take(settings.Address));
        Admin = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take(IPAddress.Loopback)}/"));
        _http = new HttpClient { BaseAddress = Admin, Timeout = CallLimit };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        File.WriteAllText(TokenFile, Token);
    }

    /// <summary>Where it listens, now and after every restart.</summary>
    public IPEndPoint EndPoint { get; }

    public Uri Admin { get; }

    public string StorePath => Path.Combine(_settings.Folder, "mailboxes.db");

    /// <summary>Of the present life.</summary>
    public int Id => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts so far, this one included.</summary>
    public int Starts { get; private set; }

    /// <summary>Everything printed so far, by all lives.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    private string[] StoreArguments => _settings.Postgres is { } connection
        ? ["--set", $"applicationServer.store={{ postgres: \"{connection}\" }}"]
        : ["--store", StorePath];

    private string TokenFile => Path.Combine(_settings.Folder, "admin.token");

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<ApplicationServerProcess> StartAsync(ApplicationServerProcessSettings settings, CancellationToken cancellation)
    {
        var process = new ApplicationServerProcess(settings);
        try
        {
            await process.StartAgainAsync(cancellation);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the next life on the same ports and the same store, and waits until it is ready.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("the process still runs");
        }

        for (var attempt = 1; ; attempt++)
        {
            Launch();
            if (await WaitForReadyAsync(cancellation))
            {
                return;
            }

            // Somebody else got the port a moment before; that passes.
            if (_process!.ExitCode != MachineUnfit || attempt == StartAttempts)
            {
                throw new InvalidOperationException($"the application server ended with {_process.ExitCode}:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation);
        }
    }

    /// <summary>Starts the next life and kills it after a time, ready or not.</summary>
    public async Task KillWhileStartingAsync(TimeSpan after, CancellationToken cancellation)
    {
        Launch();
        await Task.Delay(after, cancellation);
        await KillAsync();
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Signal(ProcessSignal.Kill);
        await _process!.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM; returns the exit code. Killed, and a failure, when it takes longer than the limit.</summary>
    public Task<int> StopAsync(TimeSpan limit)
    {
        Signal(ProcessSignal.Terminate);
        return WaitForExitAsync(limit);
    }

    /// <summary>Sends a signal and returns at once.</summary>
    public void Signal(int signal) => ProcessSignal.Send(_process!, signal);

    /// <summary>Waits for its end; returns the exit code. Killed, and a failure, when it takes longer than the limit.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new TimeoutException($"the application server did not stop within {limit}:\n{Output}");
        }
    }

    /// <summary>SIGSTOP: it does nothing any more; its connections stay.</summary>
    public void Freeze()
    {
        Signal(ProcessSignal.Stop);

        // The signal is sent, not heard: on a busy machine a thread may go on for a moment, and answer.
        SpinWait.SpinUntil(() => Directory.EnumerateDirectories($"/proc/{Id}/task").All(IsStopped), TimeSpan.FromSeconds(10));
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal(ProcessSignal.Continue);

    /// <summary>What an admin page answers, as JSON.</summary>
    public async Task<JsonNode> GetAsync(string page, CancellationToken cancellation) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(page, UriKind.Relative), cancellation))!;

    /// <summary>A changing call; returns its answer.</summary>
    public async Task<JsonNode> ChangeAsync(HttpMethod method, string page, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(page, UriKind.Relative));
        using var response = await _http.SendAsync(request, cancellation);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
    }

    /// <summary>Messages stored and not yet removed, as the server counts them.</summary>
    public async Task<long> BacklogAsync(CancellationToken cancellation) => (long)(await GetAsync("status", cancellation))["now"]!["backlog"]!;

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process?.Dispose();
        _http.Dispose();
    }

    private void Launch()
    {
        string[] arguments =
        [
            FarmProgram.FullPath, "node", "--role", "as", "--domain", _settings.Domain, "--listen", EndPoint.ToString(), "--core", _settings.Core.ToString(),
            .. StoreArguments, "--allow", "127.0.0.0/8", "--admin", Admin.Authority, "--admin-token-file", TokenFile,
            .. _settings.SentBy is { } sentBy ? new[] { "--sent-by", sentBy.ToString() } : [], .. _settings.Options,
        ];
        var start = new ProcessStartInfo(FarmProgram.Runtime, arguments)
        {
            WorkingDirectory = _settings.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1"; // as the launcher starts it
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException("the application server did not start");
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Starts++;
    }

    /// <summary>False: it ended instead.</summary>
    private async Task<bool> WaitForReadyAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < _settings.StartLimit)
        {
            if (_process!.HasExited)
            {
                await _process.WaitForExitAsync(cancellation); // until its output is read
                return false;
            }

            if (await IsReadyAsync(cancellation))
            {
                return true;
            }

            await Task.Delay(Pause, cancellation);
        }

        throw new TimeoutException($"the application server is not ready after {_settings.StartLimit}:\n{Output}");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // not listening yet, or too busy to answer
        }
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }

    private static bool IsStopped(string task)
    {
        try
        {
            var status = File.ReadAllText(Path.Combine(task, "stat"));
            return status[status.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return true;   // it has ended
        }
    }
}
