using System.Diagnostics;
using System.Globalization;
using System.Net;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Scenarios;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// What it costs to be watched: a run in this process, whose CPU in a second is measured, and beside it each thing that watching adds, timed by itself: the picture that
/// is taken each second in any case, the live page's document of it, a scrape of <c>/metrics</c> and a question of the page, both by HTTP with the client's part. The CPU of
/// whole stretches with and without them differs by more from one stretch to the next than they cost.
/// </summary>
internal static class ObservingLoad
{
    private const int Repetitions = 120;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(string[] options) => await BenchmarkRuns.WithFolderAsync(folder => PlayAsync(folder, options.Length > 0 ? options[0] : "1500/s"));

    private static async Task<bool> PlayAsync(string folder, string rate)
    {
        var text = $$"""
            version: 1
            name: observing
            subscribers: { count: 2000 }
            traffic: { rate: {{rate}}, size: 160B, arrivals: uniform }
            phases:
              - { name: load, for: 10m }
            thresholds: ["accepted.share >= 90%", "delivery.p99 < 10s", "rejected == 0"]
            """;
        var scenario = ScenarioReader.Read(text, "observing.yaml", []).Scenario ?? throw new ArgumentException($"'{rate}' is not a rate, such as 1500/s");
        var run = await FarmRun.StartAsync(await RunSettingsMapper.MapAsync(scenario, Path.Combine(folder, "mailboxes.db"), CancellationToken.None));
        await using var running = run;
        var endpoint = await MetricsEndpoint.StartAsync(FreePorts.Take(IPAddress.Loopback), run);
        await using var metrics = endpoint;
        var board = new LiveBoard(scenario, run, TimeProvider.System);
        var page = await LivePageServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), board);
        await using var served = page;
        using var stop = new CancellationTokenSource();
        var playing = Task.Run(() => run.RunAsync(stop.Token));
        using var http = new HttpClient();
        await Task.Delay(WarmUp);

        var (cpu, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.Delay(Alone);
        var second = (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(began) * 1000;

        var snapshots = new SnapshotMaker(scenario, run);
        Table.Head(string.Create(CultureInfo.InvariantCulture, $"Watched at {rate}, 2,000 phones, protected: ms, median of {Repetitions}"), "ms", "% of CPU");
        Row("the run's CPU in a second, nobody looks", second, second);
        Row("a picture, once a second in any case", await MedianAsync(() => Offer(board, snapshots)), second);
        var document = await MedianAsync(() => AskedAndOffered(board, snapshots));
        Row("the same with the document of an open page", document, second);
        var asked = await MedianAsync(async () => await http.GetByteArrayAsync(new Uri(page.Address + "live/state")));
        Row("a question of the page", asked, second);
        Row("a scrape of /metrics", await MedianAsync(async () => await http.GetByteArrayAsync(endpoint.Address)), second);
        Table.Note($"{run.Recorder.Counters.Sent:N0} messages sent; whoever looks costs no more than these: what waits for a core meanwhile counts too");
        await stop.CancelAsync();
        await playing;
        return true;
    }

    private static void Row(string name, double milliseconds, double second) => Table.Row(name, milliseconds, milliseconds / second * 100);

    private static Task Offer(LiveBoard board, SnapshotMaker snapshots)
    {
        board.Offer(snapshots.Take());
        return Task.CompletedTask;
    }

    private static async Task AskedAndOffered(LiveBoard board, SnapshotMaker snapshots)
    {
        board.Offer(snapshots.Take());
        await board.ReadAsync(CancellationToken.None);
    }

    private static async Task<double> MedianAsync(Func<Task> action)
    {
        var times = new double[Repetitions];
        for (var repetition = 0; repetition < times.Length; repetition++)
        {
            // Long enough for every distribution to have new samples.
            await Task.Delay(Pause);
            var began = Stopwatch.GetTimestamp();
            await action();
            times[repetition] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return Table.Median(times);
    }
}
