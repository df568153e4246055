using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>Other people's programs: started with their output read and dropped, waited for until they listen.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Process Start(string program, string folder, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };

        // A full pipe would stop it.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static async Task RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Start(program, folder, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
        }
    }

    public static async Task WaitForPortAsync(Process process, int port, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < limit && !process.HasExited)
            {
                await Task.Delay(Pause);
            }
        }
    }

    /// <summary>A port of the loopback address that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
