using System.Diagnostics;
using System.Globalization;
using System.Net;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>One run of SIPp with one of the scenarios in Data; killed when disposed.</summary>
internal sealed class Sipp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _statistics;
    private readonly string _errors;
    private readonly Task<string> _output;

    private Sipp(Process process, string statistics, string errors, int port)
    {
        _process = process;
        _statistics = statistics;
        _errors = errors;
        Port = port;
        _output = ReadAsync(process);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Starts a client: one call per user, each user with its line of credentials.</summary>
    public static Sipp StartClient(
        TemporaryFolder folder, string scenario, SipTransportKind transport, IPEndPoint core,
        IReadOnlyList<(string User, string Credentials)> users, int? contactPort = null)
    {
        var list = folder.Write(Unique("users.csv"), "SEQUENTIAL\n" + string.Concat(users.Select(user => $"{user.User};{user.Credentials}\n")));
        return Start(folder, scenario, transport, users.Count, contactPort, [core.ToString(), "-inf", list, "-r", "50", "-l", "10"]);
    }

    /// <summary>Starts a receiver of that many messages and waits until it listens.</summary>
    public static async Task<Sipp> StartReceiverAsync(TemporaryFolder folder, SipTransportKind transport, int messages)
    {
        var sipp = Start(folder, "sipp-receive.xml", transport, messages, null, []);
        var table = transport == SipTransportKind.Udp ? "/proc/net/udp" : "/proc/net/tcp";
        var entry = string.Create(CultureInfo.InvariantCulture, $" 0100007F:{sipp.Port:X4} ");
        var started = Stopwatch.GetTimestamp();
        while (!(await File.ReadAllTextAsync(table, TestContext.Current.CancellationToken)).Contains(entry, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "SIPp does not listen");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return sipp;
    }

    /// <summary>0: every call succeeded.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(90));
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits for the end and checks that SIPp counts all calls as successful and none as failed.</summary>
    public async Task AssertAllSucceededAsync(int calls)
    {
        var exitCode = await WaitForExitAsync();
        var output = await _output + (File.Exists(_errors) ? await File.ReadAllTextAsync(_errors, TestContext.Current.CancellationToken) : "");
        Assert.True(exitCode == 0, $"exit code {exitCode}\n{output}");
        var lines = await File.ReadAllLinesAsync(_statistics, TestContext.Current.CancellationToken);
        var names = lines[0].Split(';');
        var last = lines[^1].Split(';');
        Assert.Equal(calls, int.Parse(last[Array.IndexOf(names, "SuccessfulCall(C)")], CultureInfo.InvariantCulture));
        Assert.Equal(0, int.Parse(last[Array.IndexOf(names, "FailedCall(C)")], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }

    private static Sipp Start(TemporaryFolder folder, string scenario, SipTransportKind transport, int calls, int? contactPort, string[] arguments)
    {
        var program = Peer.Require("sipp", "sip-tester");
        var port = Peer.FreePort();
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", scenario))
            .Replace("DOMAIN", "ims.example", StringComparison.Ordinal)
            .Replace("CONTACT", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{contactPort ?? port}"), StringComparison.Ordinal);
        var statistics = folder.PathOf(Unique("statistics.csv"));
        var errors = folder.PathOf(Unique("errors.log"));
        var process = Peer.Start(
            program, folder.FullPath,
            [.. arguments, "-sf", folder.Write(Unique(scenario), text), "-t", transport == SipTransportKind.Udp ? "u1" : "t1", "-i", "127.0.0.1",
                "-p", port.ToString(CultureInfo.InvariantCulture), "-m", calls.ToString(CultureInfo.InvariantCulture), "-timeout", "60s", "-timeout_error",
                "-nostdin", "-trace_err", "-error_file", errors, "-trace_stat", "-stf", statistics, "-fd", "1"]);
        return new Sipp(process, statistics, errors, port);
    }

    private static string Unique(string name) => $"{Guid.NewGuid():N}-{name}";

    private static async Task<string> ReadAsync(Process process)
    {
        var errors = process.StandardError.ReadToEndAsync();
        return await process.StandardOutput.ReadToEndAsync() + await errors;
    }
}
