using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport.Observability;

namespace UeFarm.Farm.Tests.Observability;

/// <summary>Dashboards and rules against the catalogue of metrics, without a Prometheus.</summary>
public sealed class DashboardTests
{
    private static readonly string Rules = File.ReadAllText(Repository.PathOf("grafana", "rules", "uefarm.yml"));
    private static readonly MetricCatalogue Catalogue = new(File.ReadAllText(Repository.PathOf("docs", "metrics.md")), Rules);
    private static readonly IReadOnlyList<Dashboard> Dashboards = Dashboard.ReadAll(Repository.PathOf("grafana", "dashboards"));

    public static TheoryData<string> Names => [.. Dashboards.Select(dashboard => dashboard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_dashboard_keeps_the_rules(string name) =>
        Assert.Empty(DashboardRules.Problems(Dashboards.Single(dashboard => dashboard.Name == name), Catalogue));

    [Fact]
    public void There_are_four_dashboards_with_names_of_their_own()
    {
        Assert.Equal(["cluster", "nodes", "overview", "replay-cache"], Dashboards.Select(dashboard => dashboard.Name));
        Assert.Equal(4, Dashboards.Select(dashboard => dashboard.Uid).Distinct().Count());
    }

    [Fact]
    public void What_the_run_and_its_servers_count_is_drawn_somewhere()
    {
        var drawn = Dashboards.SelectMany(dashboard => dashboard.Queries).SelectMany(entry => entry.Query.Selectors).Select(selector => selector.Name).ToHashSet();

        // What is said elsewhere: sums of histograms, totals that a drawn metric is part of, and what rules watch.
        var left = Catalogue.Names.Where(name => name.StartsWith("uefarm_", StringComparison.Ordinal) && !name.EndsWith("_sum", StringComparison.Ordinal)
            && !name.EndsWith("_seconds_count", StringComparison.Ordinal) && !drawn.Contains(name));
        Assert.Equal(
            [
                "uefarm_as_expiry_seconds", "uefarm_as_reports_dropped_total", "uefarm_as_reports_total", "uefarm_build_info", "uefarm_core_bindings", "uefarm_core_presence_total",
                "uefarm_identity_differs_total", "uefarm_ledger_closed", "uefarm_messages_answered_total", "uefarm_messages_deferred_total",
                "uefarm_reports_unexpected_total", "uefarm_reports_unsent_total",
            ],
            left.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a metric", "uefarm_messages_sent_total", "uefarm_messages_gone_total", "no metric uefarm_messages_gone_total")]
    [InlineData("a histogram", "uefarm_delivery_seconds_bucket", "uefarm_delivery_seconds", "no metric uefarm_delivery_seconds")]
    [InlineData("a label", "sum by (state)", "sum by (status_of)", "no metric has a label status_of")]
    [InlineData("a matcher", "state=\\u0022registered\\u0022", "status=\\u0022registered\\u0022", "uefarm_phones has no label status")]
    [InlineData("the job", "job=~\\u0022$job\\u0022", "job!=\\u0022\\u0022", "without job=~\"$job\"")]
    [InlineData(
        "a selector",
        "rate(uefarm_registrations_total{job=~\\u0022$job\\u0022, instance=~\\u0022$instance\\u0022}", "rate(uefarm_registrations_total",
        "uefarm_registrations_total without job")]
    [InlineData("the instance", "instance=~\\u0022$instance\\u0022", "instance!=\\u0022\\u0022", "without instance=~\"$instance\"")]
    [InlineData("the interval", "$__rate_interval", "1m", "instead of $__rate_interval")]
    [InlineData("a rate", "sum(rate(uefarm_messages_due_total", "sum((uefarm_messages_due_total", "uefarm_messages_due_total is a counter without rate")]
    [InlineData("the data source", "${datasource}", "prometheus-1", "does not use the data source that was chosen")]
    [InlineData("the variable of the data source", "\"label\":\"Data source\"", "\"label\":\"Source\"", "one data source variable")]
    [InlineData("a variable", "\"allValue\":\".\\u002B\"", "\"allValue\":\".*\"", "with .+ for all")]
    [InlineData("refreshing", "\"refresh\":2", "\"refresh\":1", "refreshed when the time changes")]
    [InlineData("the phases", "\"expr\":\"uefarm_run_phase", "\"expr\":\"uefarm_phones", "phases are not annotated")]
    [InlineData("a unit", "\"unit\":\"mps\"", "\"unit\":\"\"", "has no unit")]
    [InlineData("a description", "\"description\":\"Registered, on their way, or away.\"", "\"description\":\"\"", "no description")]
    [InlineData("the place", "\"x\":8", "\"x\":1", "lies over")]
    [InlineData("editing", "\"editable\":false", "\"editable\":true", "editable")]
    [InlineData("ids", "\"id\":3,", "\"id\":2,", "the same id")]
    public void A_mistake_is_seen(string what, string right, string wrong, string problem)
    {
        var text = Dashboards.Single(dashboard => dashboard.Name == "overview").Json.ToJsonString();
        Assert.True(text.Contains(right, StringComparison.Ordinal), $"{what}: nothing to spoil");
        var problems = DashboardRules.Problems(Dashboard.Parse("overview", text.Replace(right, wrong, StringComparison.Ordinal)), Catalogue);
        Assert.Contains(problems, seen => seen.Contains(problem, StringComparison.Ordinal));
    }
}
