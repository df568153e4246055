using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport.Observability;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A Prometheus of the test's own, on a loopback port and with a folder of its own, that scrapes its targets every second and evaluates the rules.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    public const string Job = "uefarm-run";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _http;

    private PrometheusServer(Process process, TemporaryFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };
    }

    public static async Task<PrometheusServer> StartAsync(params int[] scrapedPorts)
    {
        var program = Peer.Require("prometheus", "prometheus");
        var folder = new TemporaryFolder();
        var targets = string.Join(", ", scrapedPorts.Select(static scraped => $"\"127.0.0.1:{scraped}\""));
        var config = folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: ["{{Repository.PathOf("grafana", "rules", "uefarm.yml")}}"]
            scrape_configs:
              - job_name: {{Job}}
                static_configs: [{ targets: [{{targets}}] }]
            """);
        var port = Peer.FreePort();
        var process = Peer.Start(
            program, folder.FullPath, $"--config.file={config}", $"--storage.tsdb.path={folder.PathOf("data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn");
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var server = new PrometheusServer(process, folder, port);
        try
        {
            await Peer.WaitForPortAsync(port, TimeSpan.FromSeconds(60));
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until an instant query has a result, which it returns: its first value.</summary>
    public async Task<double> WaitForAsync(string query)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await QueryAsync(query) is { Count: > 0 } values)
            {
                return values[0];
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < LongestWait, $"no result of {query}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The values of an instant query; at the given second, or now.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string query, double? at = null)
    {
        var data = await GetAsync($"query?query={Uri.EscapeDataString(query)}{(at is { } time ? $"&time={Seconds(time)}" : "")}");
        return [.. data["result"]!.AsArray().Select(static series => ValueOf(series!["value"]!))];
    }

    /// <summary>Whether a query has at any second of a time a number for its result.</summary>
    public async Task<bool> HasDataAsync(string query, double from, double to)
    {
        var data = await GetAsync($"query_range?query={Uri.EscapeDataString(query)}&start={Seconds(from)}&end={Seconds(to)}&step=1");
        return data["result"]!.AsArray().SelectMany(static series => series!["values"]!.AsArray()).Any(static point => double.IsFinite(ValueOf(point!)));
    }

    /// <summary>The values of a label of a metric, as Grafana asks for those of a variable.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string selector, string label) =>
        [.. (await GetAsync($"label/{label}/values?match[]={Uri.EscapeDataString(selector)}")).AsArray().Select(static value => (string)value!)];

    public async Task AssertValueAsync(double at, long expected, string query) =>
        Assert.Equal((query, (double)expected), (query, Assert.Single(await QueryAsync(query, at))));

    /// <summary>The places of a dashboard whose queries found nothing in a time, with Grafana's variables put in.</summary>
    public async Task<List<string>> WithoutDataAsync(Dashboard dashboard, double from, double to)
    {
        var empty = new List<string>();
        foreach (var (place, query) in dashboard.Queries)
        {
            var text = query.Text.Replace("$__rate_interval", "15s", StringComparison.Ordinal).Replace("$__range", "5m", StringComparison.Ordinal)
                .Replace("$job", Job, StringComparison.Ordinal).Replace("$instance", ".+", StringComparison.Ordinal);
            Assert.DoesNotContain("$", text, StringComparison.Ordinal);
            if (!await HasDataAsync(text, from, to))
            {
                empty.Add($"{place}: {text}");
            }
        }

        return empty;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>It listens before it answers queries.</summary>
    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < LongestWait, "Prometheus is not ready");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    private static double ValueOf(JsonNode point) => double.Parse((string)point[1]!, CultureInfo.InvariantCulture);

    private static string Seconds(double time) => time.ToString("0.###", CultureInfo.InvariantCulture);
}
