using System.Diagnostics;
using System.Globalization;
using System.Net;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// What it costs to be watched: one run of the program in a process of its own, in which stretches take turns in which nobody looks, in which <c>/metrics</c> is scraped, and
/// with an open live page (a client that asks as a browser does); both once a second, after a warm-up with both. CPU is that of the program alone.
/// </summary>
internal static class ObservingLoad
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
        var length = WarmUp + WarmUp + (3 * turns * Stretch) + TimeSpan.FromSeconds(10);
        var metrics = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take(IPAddress.Loopback)}/metrics"));
        var scenario = Path.Combine(folder, "observing.yaml");
        await File.WriteAllTextAsync(scenario, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: observing
            subscribers: { count: 2000 }
            metrics: { port: {{metrics.Port}} }
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
            var page = new Uri(await AddressAsync(process.StandardOutput), "live/state");
            var output = process.StandardOutput.ReadToEndAsync();
            using var http = new HttpClient();
            await MeasureAsync(process, http, page, WarmUp);
            await MeasureAsync(process, http, metrics, WarmUp);
            Table.Head($"Watched at {rate}, 2,000 phones, protected: ms of CPU of the program in a second", "nobody", "metrics", "page");
            var (alone, scraped, watched) = (new double[turns], new double[turns], new double[turns]);
            for (var turn = 0; turn < turns; turn++)
            {
                alone[turn] = await MeasureAsync(process, http, null, Stretch);
                scraped[turn] = await MeasureAsync(process, http, metrics, Stretch);
                watched[turn] = await MeasureAsync(process, http, page, Stretch);
                Table.Row($"turn {turn + 1}", alone[turn], scraped[turn], watched[turn]);
            }

            var (nobody, scrape, open) = (Table.Median(alone), Table.Median(scraped), Table.Median(watched));
            Table.Row("median", nobody, scrape, open);
            Table.Note($"scraped each second {scrape - nobody:F1} ms, {(scrape / nobody) - 1:P2}; an open page {open - nobody:F1} ms, {(open / nobody) - 1:P2}");
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

    /// <summary>Milliseconds of CPU in a second, in which somebody asks for that; null: nobody asks.</summary>
    private static async Task<double> MeasureAsync(Process process, HttpClient http, Uri? address, TimeSpan length)
    {
        process.Refresh();
        var (cpu, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            if (address is not null)
            {
                await http.GetByteArrayAsync(address);
            }

            await Task.Delay(Interval);
        }

        process.Refresh();
        return (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(began) * 1000;
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
