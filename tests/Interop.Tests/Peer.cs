using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Other people's programs as test peers: found, started and stopped here; never left running.</summary>
internal static class Peer
{
    private static readonly string[] SearchPath = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/bin"];

    /// <summary>The full path of a program; skips the test when it is not installed.</summary>
    public static string Require(string program, string package)
    {
        var path = SearchPath.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not installed (Debian package {package})");
        return path!;
    }

    /// <summary>Runs a program to its end and returns exit code and output; kills it when it takes longer than the limit.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string path, string folder, TimeSpan limit, params string[] arguments)
    {
        using var process = Start(path, folder, arguments);
        using var timeout = new CancellationTokenSource(limit);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Starts a program with its output captured; the caller stops it.</summary>
    public static Process Start(string path, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start");
    }

    /// <summary>A TCP and UDP port of the loopback address that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until somebody listens on a TCP port.</summary>
    public static async Task WaitForPortAsync(int port, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < limit)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }
}
