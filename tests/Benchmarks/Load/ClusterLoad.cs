using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// What a message and a phone cost in one process and on clusters of one, two and three, and what Akka carries between the nodes meanwhile. Slopes, of two runs each: what
/// a start costs is in neither.
/// </summary>
internal static partial class ClusterLoad
{
    private const int MostNodes = 3;
    private const int Phones = 1000;
    private const int IdlePhones = 30_000;
    private const string DefaultRate = "200/s";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    public static async Task<int> RunAsync(string[] options)
    {
        if (PostgresCluster.Missing is { } missing)
        {
            Table.Note($"{missing}");
            return 1;
        }

        var rate = options.Length > 0 ? options[0] : DefaultRate;
        await using var database = await PostgresCluster.StartAsync("-c max_connections=200");
        Table.Head($"{Phones:N0} phones, protected, {rate}: {Short.TotalSeconds} s and {Long.TotalSeconds} s", "msg/CPU-s", "µs CPU/msg", "Akka B/msg", "Akka B/s node");
        for (var nodes = 0; nodes <= MostNodes; nodes++)
        {
            var (few, many) = (await PlayAsync(database, nodes, Phones, rate, Short), await PlayAsync(database, nodes, Phones, rate, Long));
            var messages = many.Accepted - few.Accepted;
            var cpu = many.CpuSeconds - few.CpuSeconds;
            var (perMessage, perNode) = nodes < 2 ? (double.NaN, double.NaN)
                : (many.AkkaBytesPerSecond * Long.TotalSeconds / many.Accepted, many.AkkaBytesPerSecond / nodes);
            Table.Row(NameOf(nodes), messages / cpu, cpu * 1e6 / messages, perMessage, perNode);
        }

        Table.Head($"Registered and idle: {Phones:N0} and {IdlePhones:N0} phones", "B/phone");
        for (var nodes = 0; nodes <= 1; nodes++)
        {
            var (few, many) = (await PlayAsync(database, nodes, Phones, "1/s", Short), await PlayAsync(database, nodes, IdlePhones, "1/s", Short));
            Table.Row(NameOf(nodes), (double)(many.PeakBytes - few.PeakBytes) / (IdlePhones - Phones));
        }

        return 0;
    }

    private static string NameOf(int nodes) => nodes switch { 0 => "one process", 1 => "cluster of one", _ => $"cluster of {nodes}" };

    private static Task<Played> PlayAsync(PostgresCluster database, int nodes, int phones, string rate, TimeSpan length) => BenchmarkRuns.WithFolderAsync(async folder =>
    {
        var scenario = Path.Combine(folder, "cluster.yaml");
        await File.WriteAllTextAsync(scenario, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: cluster-load
            subscribers: { count: {{phones}} }
            traffic: { rate: {{rate}}, size: 160B }
            phases:
              - { name: load, for: {{length.TotalSeconds}}s }
            """));
        var results = Path.Combine(folder, "results");
        string[] cluster = nodes == 0 ? [] : ["--nodes", nodes.ToString(CultureInfo.InvariantCulture), "--store", database.ConnectionTo("load")];
        using var process = Process.Start(new ProcessStartInfo(FarmProgram.Runtime, [FarmProgram.FullPath, "run", scenario, "--out", results, .. cluster])
        {
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var akka = nodes < 2 || length != Long ? 0 : await MeasureAkkaAsync(results, nodes);
        var printed = await output;
        await process.WaitForExitAsync();
        if (process.ExitCode is not (0 or 97))
        {
            throw new InvalidOperationException(printed);
        }

        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(results, "result.json")));
        return new Played(
            result.RootElement.GetProperty("ledger").GetProperty("accepted").GetInt64(),
            result.RootElement.GetProperty("generator").GetProperty("cpuSeconds").GetDouble(),
            result.RootElement.GetProperty("memory").GetProperty("peakWorkingSet").GetInt64(),
            akka);
    });

    /// <summary>In the middle of the run, by what the kernel counts of the nodes' connections with each other. Both ends are here, so each byte is counted once.</summary>
    private static async Task<double> MeasureAkkaAsync(string results, int nodes)
    {
        var ports = new List<string>();
        for (var number = 1; number <= nodes; number++)
        {
            ports.Add(await PortOfAsync(Path.Combine(results, $"node-{number}.log")));
        }

        // Everybody is registered by then.
        await Task.Delay(Long / 2);
        var (before, began) = (await SentAsync(ports), Stopwatch.GetTimestamp());
        await Task.Delay(Long / 4);
        return (await SentAsync(ports) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<string> PortOfAsync(string log)
    {
        while (true)
        {
            if (File.Exists(log))
            {
                using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                if (Member().Match(await reader.ReadToEndAsync()) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private static async Task<long> SentAsync(List<string> ports)
    {
        using var process = Process.Start(new ProcessStartInfo("ss", ["-tinHO", "state", "established"]) { RedirectStandardOutput = true })!;
        var lines = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return lines.Split('\n').Where(line => ports.Exists(port => line.Contains($":{port} ", StringComparison.Ordinal)))
            .Sum(static line => BytesSent().Match(line) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0);
    }

    [GeneratedRegex(@"node: \S+:(\d+) is a member")]
    private static partial Regex Member();

    [GeneratedRegex(@"bytes_sent:(\d+)")]
    private static partial Regex BytesSent();

    private readonly record struct Played(long Accepted, double CpuSeconds, long PeakBytes, double AkkaBytesPerSecond);
}
