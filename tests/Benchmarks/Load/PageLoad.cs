using System.Diagnostics;
using System.Globalization;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// What the live page costs: one run of the program in a process of its own, in which stretches with an open page (a client that asks once a second, as a browser
/// does) and without one take turns, after a warm-up with one. CPU is that of the program alone.
/// </summary>
internal static class PageLoad
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(string[] options)
    {
        var rate = options.Length > 0 ? options[0] : "1500/s";
        var turns = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 4;
        await BenchmarkRuns.WithFolderAsync(folder => PlayAsync(folder, rate, turns));
    }

    private static async Task<bool> PlayAsync(string folder, string rate, int turns)
    {
        var length = WarmUp + (2 * turns * Stretch) + TimeSpan.FromSeconds(10);
        var scenario = Path.Combine(folder, "page.yaml");
        await File.WriteAllTextAsync(scenario, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: page-load
            subscribers: { count: 2000 }
            traffic: { rate: {{rate}}, size: 160B, arrivals: uniform }
            phases:
              - { name: load, for: {{length.TotalSeconds}}s }
            thresholds: ["accepted.share >= 90%", "delivery.p99 < 10s", "rejected == 0"]
            """));
        using var process = Process.Start(new ProcessStartInfo(
            FarmProgram.Runtime, [FarmProgram.FullPath, "run", scenario, "--page", "0", "--out", Path.Combine(folder, "results")])
        { RedirectStandardOutput = true })!;
        try
        {
            var address = await AddressAsync(process.StandardOutput);
            var output = process.StandardOutput.ReadToEndAsync();
            using var http = new HttpClient();
            await MeasureAsync(process, http, address, WarmUp);
            Table.Head($"The live page at {rate}, 2,000 phones, protected: CPU of the program in a second", "none: ms", "one: ms", "asked");
            var (without, with) = (new double[turns], new double[turns]);
            for (var turn = 0; turn < turns; turn++)
            {
                (without[turn], _) = await MeasureAsync(process, null, address, Stretch);
                (with[turn], var asked) = await MeasureAsync(process, http, address, Stretch);
                Table.Row($"turn {turn + 1}", without[turn], with[turn], asked);
            }

            var (none, one) = (Table.Median(without), Table.Median(with));
            Table.Row("median", none, one);
            Table.Note($"an open page: {one - none:F1} ms a second, {(one / none) - 1:P2}");
            process.Kill();
            await output;
            return true;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Milliseconds of CPU in a second, and how often was asked.</summary>
    private static async Task<(double Cpu, int Asked)> MeasureAsync(Process process, HttpClient? http, Uri address, TimeSpan length)
    {
        process.Refresh();
        var (cpu, began, asked) = (process.TotalProcessorTime, Stopwatch.GetTimestamp(), 0);
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            if (http is not null)
            {
                await http.GetByteArrayAsync(new Uri(address, "live/state"));
                asked++;
            }

            await Task.Delay(Interval);
        }

        process.Refresh();
        return ((process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(began) * 1000, asked);
    }

    private static async Task<Uri> AddressAsync(StreamReader output)
    {
        const string Announced = "live page: ";
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Announced, StringComparison.Ordinal))
            {
                return new Uri(line[Announced.Length..]);
            }
        }

        throw new InvalidOperationException("the program served no page");
    }
}
