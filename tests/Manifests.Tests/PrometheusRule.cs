using System.Diagnostics.CodeAnalysis;
using k8s;
using k8s.Models;

namespace UeFarm.Manifests.Tests;

/// <summary>The part of monitoring.coreos.com/v1 PrometheusRule that the manifests use; any other key is an error.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the YAML reader.")]
internal sealed class PrometheusRule : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public RuleSpec Spec { get; set; } = new();

    internal sealed class RuleSpec
    {
        public List<Group> Groups { get; set; } = [];
    }

    internal sealed class Group
    {
        public string Name { get; set; } = "";

        public List<Rule> Rules { get; set; } = [];
    }

    internal sealed class Rule
    {
        public string Alert { get; set; } = "";

        public string Record { get; set; } = "";

        public string Expr { get; set; } = "";

        public string? For { get; set; }

        public Dictionary<string, string> Labels { get; set; } = [];

        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
