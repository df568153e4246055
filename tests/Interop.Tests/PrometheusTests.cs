using System.Globalization;
using System.Text.RegularExpressions;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;
using UeFarm.TestSupport.Observability;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A real Prometheus scrapes a real run: what it knows afterwards, and whether the dashboards' queries find it.</summary>
[Collection(WholeProcesses.Name)]
public sealed partial class PrometheusTests
{
    private const string Renamed = "uefarm_messages_sent_total";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string RuleFile = Repository.PathOf("grafana", "rules", "uefarm.yml");

    [Fact]
    public async Task Every_query_of_the_dashboards_has_data_and_three_ways_lead_to_the_same_numbers()
    {
        var promtool = Peer.Require("promtool", "prometheus");
        var port = Peer.FreePort();
        await using var prometheus = await PrometheusServer.StartAsync(port);
        using var folder = new TemporaryFolder();
        await using var farm = FarmProcess.Start(folder, Scenario(port));
        var from = await prometheus.WaitForAsync("timestamp(uefarm_ledger_closed == 0)");
        var end = await prometheus.WaitForAsync("timestamp(uefarm_ledger_closed == 1)");

        await CheckScrapeAsync(promtool, folder, port);
        ProcessSignal.Send(farm.Id, ProcessSignal.Terminate);
        var result = await farm.WaitForHeldAsync(Limit);

        var rows = File.ReadLines(folder.PathOf("results/ledger.csv")).ToList();
        var outcome = Array.IndexOf(rows[0].Split(','), "outcome");
        var outcomes = rows.Skip(1).CountBy(row => row.Split(',')[outcome]).ToDictionary();
        var (sent, accepted, rejected) = (result.Ledger.Sent, result.Ledger.Accepted, result.Ledger.Rejected);
        Assert.True(accepted > 100 && rejected > 0, result.Ledger.ToString());
        Assert.Equal((sent, accepted, rejected), (rows.Count - 1, outcomes["accepted"], outcomes["rejected"]));
        await prometheus.AssertValueAsync(end, sent, "sum(uefarm_messages_due_total)");
        await prometheus.AssertValueAsync(end, sent, "sum(uefarm_ledger_messages)");
        await prometheus.AssertValueAsync(end, accepted, "sum(uefarm_messages_received_total{outcome=~\"accepted|plain-accepted\"})");
        await prometheus.AssertValueAsync(end, accepted, "sum(uefarm_ledger_messages{outcome=\"accepted\"})");
        await prometheus.AssertValueAsync(end, rejected, "sum(uefarm_messages_received_total{outcome!~\"accepted|plain-accepted|duplicate|kms-unavailable\"})");
        await prometheus.AssertValueAsync(end, rejected, "sum(uefarm_ledger_messages{outcome=\"rejected\"})");
        await prometheus.AssertValueAsync(end, 1, "uefarm_run_phase{phase=\"ended\"}");

        var dashboards = Dashboard.ReadAll(Repository.PathOf("grafana", "dashboards")).Where(static dashboard => dashboard.Name != "cluster").ToList();
        Assert.Equal(3, dashboards.Count);
        foreach (var dashboard in dashboards)
        {
            Assert.Equal([], await prometheus.WithoutDataAsync(dashboard, from, end));
            await AssertVariablesAsync(prometheus, dashboard, port);
        }

        foreach (Match rule in Recorded().Matches(await File.ReadAllTextAsync(RuleFile, TestContext.Current.CancellationToken)))
        {
            var name = rule.Groups["name"].Value;
            Assert.True(await prometheus.HasDataAsync(name, from, end), $"{name} was not recorded");
        }

        // The check itself: a query for a metric that is not there any more has to be seen.
        var overview = dashboards.Single(static dashboard => dashboard.Name == "overview");
        var spoiled = Dashboard.Parse("overview", overview.Json.ToJsonString().Replace(Renamed, Renamed + "_before", StringComparison.Ordinal));
        Assert.NotEmpty(await prometheus.WithoutDataAsync(spoiled, from, end));
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_configuration_and_rules_and_every_alert_fires_and_stays_quiet()
    {
        var promtool = Peer.Require("promtool", "prometheus");
        await AssertCleanAsync(promtool, "check", "config", Repository.PathOf("grafana", "prometheus.yml"));
        await AssertCleanAsync(promtool, "check", "rules", RuleFile);
        await AssertCleanAsync(promtool, "test", "rules", Repository.PathOf("grafana", "rules", "tests", "uefarm.yml"));

        var rules = await File.ReadAllTextAsync(RuleFile, TestContext.Current.CancellationToken);
        var tests = await File.ReadAllTextAsync(Repository.PathOf("grafana", "rules", "tests", "uefarm.yml"), TestContext.Current.CancellationToken);
        foreach (var alert in Alert().Matches(rules).Select(static match => match.Groups["name"].Value))
        {
            Assert.Matches($"alertname: {alert}\n +exp_alerts:\n", tests);
            Assert.Contains($"alertname: {alert}, exp_alerts: []", tests, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("uefarm_as_store_up")]
    [InlineData("uefarm_generator_lag_seconds_bucket")]
    [InlineData("uefarm_messages_sent_total")]
    public async Task A_metric_that_a_rule_misnames_fails_the_tests_of_the_rules(string metric)
    {
        var promtool = Peer.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        var rules = await File.ReadAllTextAsync(RuleFile, TestContext.Current.CancellationToken);
        Assert.Contains(metric, rules, StringComparison.Ordinal);
        folder.Write("uefarm.yml", rules.Replace(metric, metric + "_before", StringComparison.Ordinal));
        var tests = await File.ReadAllTextAsync(Repository.PathOf("grafana", "rules", "tests", "uefarm.yml"), TestContext.Current.CancellationToken);
        var path = folder.Write("tests.yml", tests.Replace("../uefarm.yml", "uefarm.yml", StringComparison.Ordinal));

        var (exitCode, output) = await Peer.RunAsync(promtool, folder.FullPath, Limit, "test", "rules", path);

        Assert.True(exitCode != 0, output);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
    }

    /// <summary>Two entries and live messages that pass the drain: some are refused. It lingers until it is told to stop.</summary>
    private static string Scenario(int port) => $$"""
        version: 1
        name: observed
        seed: 11
        subscribers: { count: 30, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 2 }
        applicationServer: { order: oldest-first, window: 1, live: bypass, settle: 0s, drainDelay: 1500ms, holdTime: 2s }
        traffic: { rate: 60/s, size: 40B, reports: all }
        phases:
          - { name: acquaint, for: 4s }
          - { name: outage, offline: 50%, cut: clean, for: 5s }
          - { name: return, online: all, for: 6s }
        faults: { attacks: { replay: 5/s, forged: 5/s } }
        metrics: { port: {{port}}, linger: 10m }
        """;

    private static async Task CheckScrapeAsync(string promtool, TemporaryFolder folder, int port)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
        var path = folder.Write("metrics.txt", page);
        var (exitCode, output) = await Peer.RunAsync("/bin/sh", folder.FullPath, Limit, "-c", $"'{promtool}' check metrics <'{path}'");
        Assert.Equal((0, ""), (exitCode, output));
    }

    private static async Task AssertCleanAsync(string promtool, params string[] arguments)
    {
        var (exitCode, output) = await Peer.RunAsync(promtool, Repository.Root, Limit, arguments);
        Assert.True(exitCode == 0, output);
    }

    private static async Task AssertVariablesAsync(PrometheusServer prometheus, Dashboard dashboard, int port)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var variable in dashboard.Variables.Where(static variable => (string?)variable["type"] == "query"))
        {
            var query = LabelValues().Match((string)variable["query"]!["query"]!);
            Assert.True(query.Success, variable.ToJsonString());
            values[(string)variable["name"]!] = await prometheus.LabelValuesAsync(
                query.Groups["selector"].Value.Replace("$job", PrometheusServer.Job, StringComparison.Ordinal), query.Groups["label"].Value);
        }

        Assert.Equal([PrometheusServer.Job], values["job"]);
        Assert.Equal([string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")], values["instance"]);
    }

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex("record: (?<name>[a-z0-9_:]+)")]
    private static partial Regex Recorded();

    [GeneratedRegex(@"alert: (?<name>\w+)")]
    private static partial Regex Alert();
}
