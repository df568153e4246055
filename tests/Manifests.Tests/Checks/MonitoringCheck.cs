using System.Text.RegularExpressions;
using k8s.Models;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>That what is scraped is there, may be reached, and has the metrics that alerts are about.</summary>
internal static partial class MonitoringCheck
{
    private static readonly string Documented = File.ReadAllText(Repository.PathOf("docs", "metrics.md"));

    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        var monitors = manifests.All<PodMonitor>().ToList();
        foreach (var monitor in monitors)
        {
            var endPoint = monitor.Spec.PodMetricsEndpoints.Single();
            if (endPoint.Path != FarmNames.Metrics)
            {
                yield return $"{monitor.Metadata.Name} scrapes {endPoint.Path}";
            }

            foreach (var nodes in manifests.Nodes)
            {
                var port = nodes.PortNamed(endPoint.Port);
                if (!nodes.Matches(monitor.Spec.Selector) || port is null)
                {
                    yield return $"{nodes.Name} is not scraped";
                }
                else if (!manifests.All<V1NetworkPolicy>().Any(policy => nodes.Matches(policy.Spec.PodSelector) && LetsPrometheusIn(policy, $"{port}")))
                {
                    yield return $"Prometheus cannot reach {nodes.Name}";
                }
            }
        }

        if (monitors.Count > 0 && !manifests.All<V1ConfigMap>().Any(map => map.Metadata.Labels?.ContainsKey("grafana_dashboard") == true && map.Data.Count == 4))
        {
            yield return "the dashboards are not there";
        }

        foreach (var rule in manifests.All<PrometheusRule>().SelectMany(rules => rules.Spec.Groups).SelectMany(group => group.Rules))
        {
            var metrics = Metric().Matches(rule.Expr).Select(match => match.Groups["name"].Value);
            foreach (var metric in metrics.Where(name => !Documented.Contains($"`{name}`", StringComparison.Ordinal)))
            {
                yield return $"rule {rule.Alert}{rule.Record}: no metric {metric}";
            }

            var jobs = Job().Matches(rule.Expr).Select(match => match.Groups["name"].Value);
            foreach (var job in jobs.Where(job => !monitors.Any(monitor => Regex.IsMatch($"{monitor.Metadata.NamespaceProperty}/{monitor.Metadata.Name}", $"^(?:{job})$"))))
            {
                yield return $"alert {rule.Alert}: no job {job}";
            }

            if (rule.Expr.Length == 0 || (rule.Alert.Length > 0) == (rule.Record.Length > 0))
            {
                yield return $"rule {rule.Alert}{rule.Record} is not one that warns or records";
            }
            else if (rule.Alert.Length > 0 && (!rule.Labels.ContainsKey("severity") || !rule.Annotations.ContainsKey("summary")))
            {
                yield return $"alert {rule.Alert} does not say what and how bad";
            }
        }
    }

    private static bool LetsPrometheusIn(V1NetworkPolicy policy, string port) => (policy.Spec.Ingress ?? []).Any(rule =>
        rule.FromProperty.Any(peer => peer.NamespaceSelector is not null) && rule.Ports.Any(entry => entry.Port.Value == port && entry.Protocol == "TCP"));

    [GeneratedRegex("(?<name>uefarm_[a-z_]+?)(?:_bucket|_sum|_count)?(?![a-z_])")]
    private static partial Regex Metric();

    [GeneratedRegex("job=~?\"(?<name>[^\"]*)\"")]
    private static partial Regex Job();
}
