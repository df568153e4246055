namespace UeFarm.Manifests.Tests;

/// <summary>One source of rules: the file that Prometheus reads by itself.</summary>
public sealed class RuleFileTests
{
    private const string Head = """
        # Made from grafana/rules/uefarm.yml: change that, then run the manifest tests with UEFARM_APPROVE=1.
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: uefarm
          labels:
            app.kubernetes.io/part-of: uefarm
        spec:

        """;

    [Fact]
    public void The_rules_for_the_operator_are_those_of_the_rule_file()
    {
        // The first line is a comment about the file itself.
        var rules = File.ReadAllLines(Repository.PathOf("grafana", "rules", "uefarm.yml")).Skip(1);
        var text = Head + string.Concat(rules.Select(static line => line.Length == 0 ? "\n" : $"  {line}\n"));
        Approved.Matches(text, "k8s", "components", "monitoring", "prometheus-rule.yaml");
    }
}
