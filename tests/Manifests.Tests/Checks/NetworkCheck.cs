using System.Globalization;
using k8s.Models;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>The network policies: nothing by default, and what the farm needs, from both ends, and no more.</summary>
internal static class NetworkCheck
{
    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        var policies = manifests.All<V1NetworkPolicy>().ToList();
        if (!policies.Any(DeniesEverything))
        {
            yield return "no policy denies everything by default";
        }

        foreach (var policy in policies.Where(IsOpen))
        {
            yield return $"policy {policy.Metadata.Name} allows any address or any port";
        }

        var addresses = policies.Where(policy => (policy.Spec.Egress ?? []).Any(rule => rule.To.Any(peer => peer.IpBlock is not null)));
        if (!addresses.Select(policy => policy.Metadata.Name).Order(StringComparer.Ordinal).SequenceEqual(["postgres", "target"]))
        {
            yield return "addresses outside the cluster other than those of PostgreSQL and the target";
        }

        foreach (var problem in PathProblems(manifests, policies))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> PathProblems(ManifestSet manifests, List<V1NetworkPolicy> policies)
    {
        foreach (var from in manifests.AllPods)
        {
            if (!policies.Any(policy => from.Matches(policy.Spec.PodSelector) && IsDns(policy)))
            {
                yield return $"{from.Name} cannot ask DNS";
            }

            foreach (var to in manifests.Nodes)
            {
                var isConductor = to.Roles.Contains("conductor");
                (int Port, string Protocol, bool Wanted)[] paths =
                [
                    (FarmNames.RemotingPort, "TCP", from.Set is not null),
                    (FarmNames.SipPort, "TCP", from.Set is not null),
                    (FarmNames.SipPort, "UDP", from.Set is not null),
                    (FarmNames.AdminPort, "TCP", from.Set is null && isConductor),
                ];
                foreach (var (port, protocol, wanted) in paths)
                {
                    var goesOut = policies.Any(policy => from.Matches(policy.Spec.PodSelector)
                        && (policy.Spec.Egress ?? []).Any(rule => Reaches(rule.To, to) && Carries(rule.Ports, port, protocol)));
                    var comesIn = policies.Any(policy => to.Matches(policy.Spec.PodSelector)
                        && (policy.Spec.Ingress ?? []).Any(rule => Reaches(rule.FromProperty, from) && Carries(rule.Ports, port, protocol)));
                    if ((goesOut && comesIn) != wanted)
                    {
                        yield return $"{from.Name} {(wanted ? "cannot" : "can")} reach {to.Name} on port {port}/{protocol}";
                    }
                }
            }
        }
    }

    private static bool DeniesEverything(V1NetworkPolicy policy) =>
        policy.Spec is { Egress: null, Ingress: null, PodSelector: { MatchLabels: null, MatchExpressions: null } }
        && policy.Spec.PolicyTypes.Order(StringComparer.Ordinal).SequenceEqual(["Egress", "Ingress"]);

    private static bool IsOpen(V1NetworkPolicy policy) =>
        (policy.Spec.Egress ?? []).Any(rule => IsOpen(rule.To, rule.Ports)) || (policy.Spec.Ingress ?? []).Any(rule => IsOpen(rule.FromProperty, rule.Ports));

    private static bool IsOpen(IList<V1NetworkPolicyPeer>? peers, IList<V1NetworkPolicyPort>? ports) =>
        peers is null or [] || ports is null or [] || peers.Any(peer => peer.IpBlock?.Cidr.EndsWith("/0", StringComparison.Ordinal) == true);

    private static bool IsDns(V1NetworkPolicy policy) => (policy.Spec.Egress ?? []).Any(rule =>
        rule.To.Any(peer => peer.NamespaceSelector?.MatchLabels?.Values.Contains("kube-system") == true) && Carries(rule.Ports, 53, "UDP") && Carries(rule.Ports, 53, "TCP"));

    private static bool Reaches(IList<V1NetworkPolicyPeer> peers, Pods pods) =>
        peers.Any(peer => peer is { NamespaceSelector: null, PodSelector: { } selector } && pods.Matches(selector));

    private static bool Carries(IList<V1NetworkPolicyPort> ports, int port, string protocol) => ports.Any(entry =>
    {
        var first = int.Parse(entry.Port.Value, CultureInfo.InvariantCulture);
        return entry.Protocol == protocol && port >= first && port <= (entry.EndPort ?? first);
    });
}
