using k8s.Models;
using UeFarm.Farm.Cli;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>Probes, and the time that a node has to stop.</summary>
internal static class LifeCheck
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestStart = TimeSpan.FromMinutes(1);

    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        foreach (var nodes in manifests.Nodes)
        {
            var container = nodes.Container;
            (bool Holds, string Problem)[] rules =
            [
                (Asks(nodes, container.StartupProbe, FarmNames.Live), "the start is not that of the process"),
                (Asks(nodes, container.LivenessProbe, FarmNames.Live), "liveness is not that of the process"),
                (Asks(nodes, container.ReadinessProbe, FarmNames.Ready), "readiness is not that of the member"),
                (TimeOf(container.StartupProbe) >= ShortestStart, "is killed while it starts"),
                (TimeSpan.FromSeconds(nodes.Spec.TerminationGracePeriodSeconds ?? 0) >= NodeCommand.LongestStop + Margin, "is killed while it stops"),
            ];
            foreach (var (_, problem) in rules.Where(rule => !rule.Holds))
            {
                yield return $"{nodes.Name}: {problem}";
            }
        }
    }

    private static bool Asks(Pods nodes, V1Probe? probe, string path) =>
        probe?.HttpGet is { } get && get.Path == path && nodes.PortNamed(get.Port.Value) == FarmNames.AdminPort;

    private static TimeSpan TimeOf(V1Probe? probe) => TimeSpan.FromSeconds((probe?.PeriodSeconds ?? 0) * (probe?.FailureThreshold ?? 0));
}
