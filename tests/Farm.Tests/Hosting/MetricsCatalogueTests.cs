using System.Globalization;
using System.Text;
using Prometheus;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>What a scrape shows before anything was sent: every series exists at 0, and the documentation lists just these.</summary>
public sealed class MetricsCatalogueTests
{
    private const int MostSeries = 500;

    [Fact]
    public async Task The_documentation_lists_the_metrics_that_are_served()
    {
        var ofRun = await ScrapeAsync(phones: 2);
        var ofCluster = await ScrapeClusterAsync();
        var lines = ofRun.Concat(ofCluster.Values.SelectMany(part => part)).Distinct().ToArray();
        var help = lines.Where(line => line.StartsWith("# HELP ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', 4))
            .ToDictionary(parts => parts[2], parts => parts[3]);
        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).OrderBy(parts => parts[2], StringComparer.Ordinal);
        var text = new StringBuilder("# Metrics\n\nServed at `/metrics` while a run goes on, when the scenario gives `metrics.port`; an application server by itself serves ");
        text.Append("`uefarm_as_`, `uefarm_sip_` and those of the process at its admin endpoint. ");
        text.Append("No label names a phone or a message; every label value exists at 0 from the start.\n");
        text.Append("Not in virtual time, where every rate over the scraper's clock would be wrong.\n");
        text.Append("At most 500 series, whatever the number of phones. [observability.md](observability.md) says how to scrape, draw and be warned.\n\n");
        text.Append("*Served by*: the process of a `run`, and which nodes of a cluster at their admin endpoints.\n");
        text.Append("\n| Metric | Type | Labels | Served by | Meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var type in types)
        {
            var server = ServerOf(type[2], ofRun, ofCluster);
            text.Append(CultureInfo.InvariantCulture, $"| `{type[2]}` | {type[3]} | {LabelsOf(lines, type[2])} | {server} | {help[type[2]]} |\n");
        }

        Approved.Matches(text.ToString(), "docs", "metrics.md");
    }

    [Fact]
    public async Task A_node_that_has_everything_shows_each_metric_once_and_500_series_at_most()
    {
        var lines = (await ScrapeClusterAsync()).Values.SelectMany(part => part).ToArray();

        Assert.Empty(lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).GroupBy(line => line).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.InRange(SeriesOf(lines).Count, 400, MostSeries);
        Assert.All(lines.Where(line => line.StartsWith("uefarm_messages_", StringComparison.Ordinal)), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_number_of_series_is_bounded_and_does_not_depend_on_the_number_of_phones()
    {
        var few = await ScrapeAsync(phones: 100, isPlayed: true);
        var many = await ScrapeAsync(phones: 50_000, isPlayed: true);

        Assert.Equal(SeriesOf(few), SeriesOf(many));
        Assert.InRange(SeriesOf(few).Count, 400, MostSeries);
        Assert.Contains("uefarm_phones{state=\"registered\"} 50000", many);
        Assert.Contains("uefarm_run_phase{phase=\"ended\"} 1", many);
        Assert.DoesNotContain("uefarm_replay_cache_entries 0", many);
    }

    [Fact]
    public async Task A_scenario_of_very_many_phases_does_not_add_a_series_for_each()
    {
        var phases = string.Concat(Enumerable.Range(0, 300).Select(number => $"  - {{ name: phase-{number}, for: 100ms }}\n"));
        var lines = await ScrapeAsync(phones: 2, scenario: Samples.Minimal[..Samples.Minimal.IndexOf("  - ", StringComparison.Ordinal)] + phases);

        Assert.InRange(SeriesOf(lines).Count, 50, MostSeries);
        Assert.Contains("uefarm_run_phase{phase=\"phase-39\"} 0", lines);
    }

    private static async Task<string[]> ScrapeAsync(int phones, bool isPlayed = false, string scenario = Samples.Minimal)
    {
        using var folder = new TemporaryFolder();
        var read = Samples.Scenario(
            scenario, string.Create(CultureInfo.InvariantCulture, $"subscribers.count={phones}"), $"clock={(isPlayed ? "virtual" : "real")}", "subscribers.auth.scheme=md5");
        var settings = await RunSettingsMapper.MapAsync(read, Path.Combine(folder.Path, "mailbox.db"), TestContext.Current.CancellationToken);
        await using var run = await FarmRun.StartAsync(settings);
        var registry = Metrics.NewCustomRegistry();
        FarmMetrics.Register(run, registry);
        ProcessMetrics.Register(registry);
        if (isPlayed)
        {
            await run.RunAsync(TestContext.Current.CancellationToken);
        }

        return await CollectAsync([registry]);
    }

    /// <summary>By who serves it on a cluster; a scenario with more phases than have a series.</summary>
    private static async Task<Dictionary<string, string[]>> ScrapeClusterAsync()
    {
        using var folder = new TemporaryFolder();
        var phases = string.Concat(Enumerable.Range(0, 100).Select(number => $"  - {{ name: phase-{number}, for: 100ms }}\n"));
        var read = Samples.Scenario(
            Samples.Minimal[..Samples.Minimal.IndexOf("  - ", StringComparison.Ordinal)] + phases, "subscribers.count=2", "subscribers.auth.scheme=md5");
        var settings = await RunSettingsMapper.MapAsync(read, Path.Combine(folder.Path, "mailbox.db"), TestContext.Current.CancellationToken);
        await using var run = await FarmRun.StartAsync(settings);
        var process = Metrics.NewCustomRegistry();
        ProcessMetrics.Register(process);
        var cluster = new ClusterMetrics(new MemberNotices(_ => { }));
        var node = cluster.Of("a run");
        node.Show(NodeMetricsPart.Node, FarmMetrics.OfNode(settings.Ue.ReplayCache, null));
        var everywhere = cluster.Registries;
        CollectorRegistry[] parts =
        [
            FarmMetrics.OfKms(new KmsCounters()), FarmMetrics.OfCore(new CoreCounters()),
            FarmMetrics.OfApplicationServers(ServedMailboxes.Of(run.ApplicationServer!), TimeProvider.System),
        ];
        return new()
        {
            ["each node"] = await CollectAsync([process, .. everywhere]),
            ["the node that has it"] = await CollectAsync(parts),
            ["the conductor's node"] = await CollectAsync([FarmMetrics.OfBooks(new ClusterRunView(settings, TimeProvider.System))]),
        };
    }

    private static async Task<string[]> CollectAsync(IReadOnlyList<CollectorRegistry> registries)
    {
        using var stream = new MemoryStream();
        foreach (var registry in registries)
        {
            await registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        }

        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string ServerOf(string metric, string[] run, Dictionary<string, string[]> cluster)
    {
        bool IsIn(string[] lines) => lines.Any(line => line.StartsWith($"# TYPE {metric} ", StringComparison.Ordinal));
        return string.Join("; ", (IsIn(run) ? (string[])["run"] : []).Concat(cluster.Where(part => IsIn(part.Value)).Select(part => part.Key)));
    }

    private static List<string> SeriesOf(string[] lines) => [.. lines.Where(line => line[0] != '#').Select(line => line[..line.LastIndexOf(' ')])];

    private static string LabelsOf(string[] lines, string metric)
    {
        var names = lines.Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal))
            .SelectMany(line => line[(metric.Length + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split("\","))
            .Select(pair => pair.Split('=')[0])
            .Where(name => name != "le")
            .Distinct();
        return string.Join(", ", names.Select(name => $"`{name}`"));
    }
}
