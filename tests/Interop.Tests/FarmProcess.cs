using System.Diagnostics;
using System.Globalization;
using System.Net;
using UeFarm.Farm.Report;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>The built program as a process of its own, <c>run SCENARIO --out FOLDER</c> unless said otherwise, with its output read; killed when disposed.</summary>
internal sealed class FarmProcess : IAsyncDisposable
{
    private const string Listening = "listening: ";
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly string _results;

    private FarmProcess(Process process, string results)
    {
        _process = process;
        _results = results;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Everything printed so far.</summary>
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

    public ResultDocument Result => ResultJson.Deserialize(File.ReadAllText(Path.Combine(_results, "result.json")));

    public static FarmProcess Start(TemporaryFolder folder, string scenario, string results = "results", params string[] arguments)
    {
        var path = folder.Write($"{results}.yaml", scenario);
        var output = folder.PathOf(results);
        return new FarmProcess(Peer.Start(FarmProgram.Runtime, folder.FullPath, (string[])[FarmProgram.FullPath, "run", path, "--out", output, .. arguments]), output);
    }

    /// <summary>Another command of the program, by a launcher that becomes the program itself (nothing: directly). It leaves its result, if any, in the results folder.</summary>
    public static FarmProcess StartCommand(TemporaryFolder folder, IReadOnlyList<string> launcher, string results, params string[] arguments)
    {
        string[] line = [.. launcher, FarmProgram.Runtime, FarmProgram.FullPath, .. arguments];
        return new FarmProcess(Peer.Start(line[0], folder.FullPath, line[1..]), folder.PathOf(results));
    }

    /// <summary>Waits for a printed line that contains the text.</summary>
    public Task<string> WaitForLineAsync(string text, TimeSpan limit) =>
        WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), limit, $"'{text}' was not printed");

    /// <summary>Waits until the run has been played for so many seconds, by its lines of progress. Of those one or the other second may be missing.</summary>
    public Task WaitForSecondAsync(int second, TimeSpan limit) =>
        WaitForLineAsync(line => PlayedSeconds(line) >= second, limit, $"second {second} was not reached");

    /// <summary>The addresses that the program listens on, by role: core, as, phones.</summary>
    public async Task<IReadOnlyDictionary<string, IPEndPoint>> WaitForAddressesAsync()
    {
        var line = await WaitForLineAsync(Listening, TimeSpan.FromSeconds(60));
        return line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split(", ")
            .Select(static part => part.Split(' '))
            .Where(static part => IPEndPoint.TryParse(part[1], out _))
            .ToDictionary(static part => part[0], static part => IPEndPoint.Parse(part[1]));
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the program did not end:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>
    /// Waits for the end of a run that must hold. A machine that could not keep the pace makes the measurement invalid, not the run wrong: that exit
    /// code passes too, and the books are checked all the same.
    /// </summary>
    public async Task<ResultDocument> WaitForHeldAsync(TimeSpan limit)
    {
        var code = await WaitForExitAsync(limit);
        Assert.True(code is 0 or 97, $"exit code {code}\n{Output}");
        var result = Result;
        Assert.All(result.Invariants, invariant => Assert.True(invariant.Held, invariant.Name));
        Assert.Equal(code == 0, result.Generator.IsValid);
        return result;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => ProcessSignal.Send(_process, ProcessSignal.Terminate);

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> WaitForLineAsync(Predicate<string> isWanted, TimeSpan limit, string problem)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            lock (_lines)
            {
                if (_lines.Find(isWanted) is { } found)
                {
                    return found;
                }
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{problem}:\n{Output}");
    }

    /// <summary>Of a line of progress, 00:12 and so on; null: another line.</summary>
    private static int? PlayedSeconds(string line) =>
        line is [_, _, ':', _, _, ' ', ..] && int.TryParse(line.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            && int.TryParse(line.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? (60 * minutes) + seconds : null;

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
}
