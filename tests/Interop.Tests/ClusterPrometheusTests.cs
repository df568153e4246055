using System.Globalization;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;
using UeFarm.TestSupport.Observability;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A real Prometheus scrapes the three nodes of a cluster: added up over the nodes, its numbers are those of the result, and every panel has data.</summary>
[Collection(ClusterProcesses.Name)]
public sealed class ClusterPrometheusTests
{
    private const int Nodes = 3;
    private const int MostSeries = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Two entries and live messages that pass the drain: some are refused.</summary>
    private const string Scenario =
        """
        version: 1
        name: observed-cluster
        seed: 11
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 60, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 2 }
        applicationServer: { order: oldest-first, window: 1, live: bypass, settle: 0s, drainDelay: 1500ms, holdTime: 2s }
        traffic: { rate: 60/s, size: 40B }
        phases:
          - { name: acquaint, for: 5s }
          - { name: outage, offline: 50%, cut: clean, for: 6s }
          - { name: return, online: all, for: 8s }
        thresholds:
          - memory.peak < 4GB
        """;

    [Fact]
    public async Task Three_ways_lead_to_the_same_numbers_and_every_query_of_the_dashboards_has_data()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        var promtool = Peer.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        await using var lab = new ClusterLab(folder, database.ConnectionTo("lab"), [.. Enumerable.Range(0, Nodes).Select(static _ => ClusterLab.LoopbackPlace)]);
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(lab.StartAsync));
        await using var prometheus = await PrometheusServer.StartAsync([.. Enumerable.Range(0, Nodes).Select(lab.AdminPortOf)]);
        await using var run = lab.Submit(0, Scenario, "--junit", folder.PathOf("verdict.xml"));
        var from = await prometheus.WaitForAsync("timestamp(uefarm_ledger_closed == 0)");
        var result = await run.WaitForHeldAsync(Patience);

        var rows = File.ReadLines(Assert.Single(Directory.GetFiles(folder.PathOf("results"), "ledger.csv", SearchOption.AllDirectories))).ToList();
        var outcome = Array.IndexOf(rows[0].Split(','), "outcome");
        var outcomes = rows.Skip(1).CountBy(row => row.Split(',')[outcome]).ToDictionary();
        var (sent, accepted, rejected) = (result.Ledger.Sent, result.Ledger.Accepted, result.Ledger.Rejected);
        Assert.True(accepted > 100 && rejected > 0, result.Ledger.ToString());
        Assert.Equal((sent, accepted, rejected), (rows.Count - 1, outcomes["accepted"], outcomes["rejected"]));

        Assert.InRange(Assert.Single(result.Thresholds).Observed!.Value, 10e6, 4e9);
        Assert.Contains("memory.peak &lt; 4GB", await File.ReadAllTextAsync(folder.PathOf("verdict.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // By then every node was scraped after its last message.
        var end = await prometheus.WaitForAsync(string.Create(
            CultureInfo.InvariantCulture, $"max(timestamp(uefarm_ledger_closed == 1)) and on () (sum(uefarm_node_messages_total{{event=\"due\"}}) == {sent})"));
        await prometheus.AssertValueAsync(end, sent, "sum(uefarm_messages_due_total)");
        await prometheus.AssertValueAsync(end, sent, "sum(uefarm_ledger_messages)");
        await prometheus.AssertValueAsync(end, accepted, "sum(uefarm_ledger_messages{outcome=\"accepted\"})");
        await prometheus.AssertValueAsync(end, accepted, "sum(uefarm_messages_received_total{outcome=~\"accepted|plain-accepted\"})");
        await prometheus.AssertValueAsync(end, accepted, "sum(uefarm_node_messages_total{event=\"accepted\"})");
        await prometheus.AssertValueAsync(end, rejected, "sum(uefarm_ledger_messages{outcome=\"rejected\"})");
        await prometheus.AssertValueAsync(end, rejected, "sum(uefarm_node_messages_total{event=\"rejected\"})");
        await prometheus.AssertValueAsync(end, sent, "sum(uefarm_generator_lag_seconds_count)");
        await prometheus.AssertValueAsync(end, result.Registrations.Succeeded, "sum(uefarm_node_registrations_total)");
        await prometheus.AssertValueAsync(end, Nodes, "count(uefarm_node_messages_total{event=\"sent\"} > 0)");
        await prometheus.AssertValueAsync(end, 1, "count(uefarm_messages_sent_total)");
        await prometheus.AssertValueAsync(end, 1, "uefarm_run_phase{phase=\"ended\"}");
        Assert.All(
            await prometheus.QueryAsync("count by (instance) ({__name__=~\"uefarm_.+|process_.+|dotnet_.+\"})", end), static series => Assert.InRange(series, 100, MostSeries));

        var dashboards = Dashboard.ReadAll(Repository.PathOf("grafana", "dashboards"));
        Assert.Equal(4, dashboards.Count);
        foreach (var dashboard in dashboards)
        {
            Assert.Equal([], await prometheus.WithoutDataAsync(dashboard, from, end));
        }

        for (var node = 0; node < Nodes; node++)
        {
            using var http = new HttpClient();
            var page = await http.GetStringAsync(new Uri($"http://127.0.0.1:{lab.AdminPortOf(node)}/metrics"), TestContext.Current.CancellationToken);
            var (exitCode, output) = await Peer.RunAsync("/bin/sh", folder.FullPath, Patience, "-c", $"'{promtool}' check metrics <'{folder.Write("metrics.txt", page)}'");
            Assert.Equal((0, ""), (exitCode, output));
        }
    }
}
