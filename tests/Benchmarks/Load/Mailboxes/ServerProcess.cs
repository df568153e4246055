using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using UeFarm.Protocol.Sip;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>A <see cref="ServerHost"/> in a process of its own, seen from the one that measures it.</summary>
internal sealed class ServerProcess : IMessageServer
{
    private readonly Process _process;
    private bool _isDisposed;

    private ServerProcess(Process process, IPEndPoint endPoint, TimeSpan opening, TimeSpan start)
    {
        _process = process;
        EndPoint = endPoint;
        Opening = opening;
        StartTime = start;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>From the first line of the program until messages are accepted: checking the database and reading what it holds.</summary>
    public TimeSpan Opening { get; }

    /// <summary>The same with the start of the process.</summary>
    public TimeSpan StartTime { get; }

    public TimeSpan Cpu => ProcessFigures.CpuOfTree(_process.Id);

    public double PeakMebibytes => ProcessFigures.MebibytesOf(_process.Id, "VmHWM");

    public double ResidentMebibytes => ProcessFigures.MebibytesOf(_process.Id, "VmRSS");

    public long BytesWritten => ProcessFigures.BytesWrittenByTree(_process.Id);

    /// <summary>Core: where the phones are, by which transport they get their messages.</summary>
    public static async Task<ServerProcess> StartAsync(string database, SipHop core, int maxPerPhone)
    {
        string[] arguments =
        [
            typeof(ServerProcess).Assembly.Location, "load", ServerHost.Verb, database, core.Transport.ToString(),
            core.EndPoint.Port.ToString(CultureInfo.InvariantCulture), maxPerPhone.ToString(CultureInfo.InvariantCulture),
        ];
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (await process.StandardOutput.ReadLineAsync() is not { } line)
        {
            await process.WaitForExitAsync();
            throw new IOException($"the application server did not start (exit code {process.ExitCode})");
        }

        var words = line.Split(' ');
        return new ServerProcess(
            process,
            new IPEndPoint(IPAddress.Loopback, int.Parse(words[0], CultureInfo.InvariantCulture)),
            TimeSpan.FromSeconds(double.Parse(words[1], CultureInfo.InvariantCulture)),
            Stopwatch.GetElapsedTime(start));
    }

    public async Task<ServerFigures> ReadFiguresAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new IOException("the application server has ended");
        return JsonSerializer.Deserialize<ServerFigures>(line)!;
    }

    /// <summary>As the kernel kills: nothing more is written.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it in order, unless it was killed. More calls do nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
