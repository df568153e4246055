using System.Diagnostics.CodeAnalysis;
using k8s;
using k8s.Models;

namespace UeFarm.Manifests.Tests;

/// <summary>The part of monitoring.coreos.com/v1 PodMonitor that the manifests use; any other key is an error.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the YAML reader.")]
internal sealed class PodMonitor : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public PodMonitorSpec Spec { get; set; } = new();

    internal sealed class PodMonitorSpec
    {
        public V1LabelSelector Selector { get; set; } = new();

        public List<EndPoint> PodMetricsEndpoints { get; set; } = [];
    }

    internal sealed class EndPoint
    {
        public string Port { get; set; } = "";

        public string Path { get; set; } = "";

        public string Interval { get; set; } = "";

        public string ScrapeTimeout { get; set; } = "";
    }
}
