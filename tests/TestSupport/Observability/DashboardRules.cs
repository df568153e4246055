using System.Text.Json.Nodes;

namespace UeFarm.TestSupport.Observability;

/// <summary>The rules of Grafana's dashboard linter that concern Prometheus, and that every name in a query is known.</summary>
public static class DashboardRules
{
    private const string Source = "${datasource}";
    private static readonly string[] Matchers = ["job=~\"$job\"", "instance=~\"$instance\""];

    /// <summary>Empty: all is well.</summary>
    public static IReadOnlyList<string> Problems(Dashboard dashboard, MetricCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(dashboard);
        ArgumentNullException.ThrowIfNull(catalogue);
        return [.. OfDashboard(dashboard), .. OfVariables(dashboard), .. dashboard.Panels.SelectMany(OfPanel), .. OfQueries(dashboard, catalogue)];
    }

    private static IEnumerable<string> OfDashboard(Dashboard dashboard)
    {
        if ((bool?)dashboard.Json["editable"] != false)
        {
            yield return "the dashboard is editable: changes would be lost";
        }

        if (dashboard.Uid.Length == 0 || string.IsNullOrEmpty((string?)dashboard.Json["title"]) || string.IsNullOrEmpty((string?)dashboard.Json["description"]))
        {
            yield return "the dashboard has no uid, title or description";
        }

        if (dashboard.Panels.Select(static panel => (int?)panel["id"]).Distinct().Count() != dashboard.Panels.Count())
        {
            yield return "two panels have the same id";
        }

        if (!dashboard.Annotations.Any(static annotation => ((string)annotation["expr"]!).StartsWith("uefarm_run_phase{", StringComparison.Ordinal)))
        {
            yield return "phases are not annotated";
        }

        foreach (var (one, other) in Overlaps(dashboard))
        {
            yield return $"{one} lies over {other}";
        }
    }

    private static IEnumerable<string> OfVariables(Dashboard dashboard)
    {
        var sources = dashboard.Variables.Where(static variable => (string?)variable["type"] == "datasource").ToList();
        if (sources is not [var source] || (string?)source["name"] != "datasource" || (string?)source["label"] != "Data source" || (string?)source["query"] != "prometheus")
        {
            yield return "there has to be one data source variable: datasource, labelled Data source, for prometheus";
        }

        foreach (var (name, label) in new[] { ("job", "Job"), ("instance", "Instance") })
        {
            var variable = dashboard.Variables.SingleOrDefault(candidate => (string?)candidate["name"] == name);
            if (variable is null || (string?)variable["label"] != label || (string?)variable["type"] != "query" || !IsFromSource(variable))
            {
                yield return $"there is no variable {name} that asks the data source";
            }
            else if ((bool?)variable["multi"] != true || (bool?)variable["includeAll"] != true || (string?)variable["allValue"] != ".+" || (int?)variable["refresh"] != 2)
            {
                yield return $"variable {name} has to take several values, with .+ for all, and to be refreshed when the time changes";
            }
        }
    }

    private static IEnumerable<string> OfPanel(JsonObject panel)
    {
        var title = (string?)panel["title"] ?? "";
        if (title.Length == 0 || string.IsNullOrEmpty((string?)panel["description"]))
        {
            yield return $"panel {(int?)panel["id"]} '{title}' has no title or no description";
        }

        if (string.IsNullOrEmpty((string?)panel["fieldConfig"]?["defaults"]?["unit"]))
        {
            yield return $"'{title}' has no unit";
        }

        var targets = Dashboard.TargetsOf(panel).ToList();
        if (targets.Count == 0)
        {
            yield return $"'{title}' asks nothing";
        }

        if (!IsFromSource(panel) || !targets.TrueForAll(IsFromSource))
        {
            yield return $"'{title}' does not use the data source that was chosen";
        }

        if (targets.Select(static target => (string?)target["refId"]).Distinct().Count() != targets.Count)
        {
            yield return $"'{title}' has two queries of the same name";
        }
    }

    private static IEnumerable<string> OfQueries(Dashboard dashboard, MetricCatalogue catalogue)
    {
        foreach (var (place, query) in dashboard.Queries)
        {
            if (!query.Selectors.Any())
            {
                yield return $"{place}: no metric";
            }

            foreach (var problem in catalogue.Unknown(query))
            {
                yield return $"{place}: {problem}";
            }

            foreach (var matcher in Matchers)
            {
                foreach (var name in query.SelectorsWithout(matcher))
                {
                    yield return $"{place}: {name} without {matcher}";
                }
            }

            foreach (var (function, range) in query.Ranges)
            {
                if (range != "$__rate_interval" && (function, range) != ("increase", "$__range"))
                {
                    yield return $"{place}: {function} over {range} instead of $__rate_interval";
                }
            }

            foreach (var name in query.BareCounters)
            {
                yield return $"{place}: {name} is a counter without rate or increase";
            }
        }
    }

    private static IEnumerable<(string One, string Other)> Overlaps(Dashboard dashboard)
    {
        var places = dashboard.Panels.Select(static panel => (Title: (string?)panel["title"] ?? "", At: panel["gridPos"]!)).ToList();
        return places.SelectMany((one, number) => places.Skip(number + 1).Where(other => Cross(one.At, other.At, "x", "w") && Cross(one.At, other.At, "y", "h"))
            .Select(other => (one.Title, other.Title)));
    }

    private static bool Cross(JsonNode one, JsonNode other, string from, string length) =>
        (int)one[from]! < (int)other[from]! + (int)other[length]! && (int)other[from]! < (int)one[from]! + (int)one[length]!;

    private static bool IsFromSource(JsonObject asking) => (string?)asking["datasource"]?["uid"] == Source && (string?)asking["datasource"]?["type"] == "prometheus";
}
