using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>That the names, ports and files that one object takes from another, or from the program, are there.</summary>
internal static partial class WiringCheck
{
    private static readonly string[] NamedPorts =
    [
        $"remoting {FarmNames.RemotingPort}/TCP", $"sip {FarmNames.SipPort}/TCP", $"sip-udp {FarmNames.SipPort}/UDP", $"admin {FarmNames.AdminPort}/TCP",
    ];

    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        var problems = manifests.Nodes.SelectMany(nodes => NodeProblems(manifests, nodes).Select(problem => $"{nodes.Name}: {problem}"));
        return problems.Concat(RoleProblems(manifests)).Concat(SelectorProblems(manifests)).Concat(SubmitProblems(manifests));
    }

    private static IEnumerable<string> NodeProblems(ManifestSet manifests, Pods nodes)
    {
        var set = nodes.Set!;
        var file = manifests.NodeFileOf(nodes);
        var service = manifests.All<V1Service>().FirstOrDefault(service => service.Metadata.Name == set.Spec.ServiceName);
        var ports = nodes.Container.Ports.Select(port => $"{port.Name} {port.ContainerPort}/{port.Protocol}").ToList();
        (bool Holds, string Problem)[] rules =
        [
            (nodes.Arguments is ["node", ..] && nodes.Argument("--config=") == FarmNames.NodeFile, "does not run its node file"),
            (file.Keys.Order(StringComparer.Ordinal).SequenceEqual(FarmNames.NodeFileKeys.Order(StringComparer.Ordinal)), "the node file has other keys"),
            (service is { Spec: { ClusterIP: "None", PublishNotReadyAddresses: true } }, "no headless service with nodes that are not ready"),
            (service is not null && nodes.Matches(service.Spec.Selector), "its service does not select it"),
            (set.Spec.PodManagementPolicy == "Parallel", "nodes start one after the other"),
            (ports.SequenceEqual(NamedPorts), "other ports"),
            (file.GetValueOrDefault(FarmNames.RemotingListenKey) == $"0.0.0.0:{FarmNames.RemotingPort}", "remoting listens elsewhere"),
            (file.GetValueOrDefault(FarmNames.AdminListenKey) == $"0.0.0.0:{FarmNames.AdminPort}", "the admin endpoint listens elsewhere"),
            (nodes.Argument($"--set={FarmNames.SipListenKey}=") == $"$(POD_IP):{FarmNames.SipPort}", "SIP listens elsewhere"),
            (nodes.Argument($"--set={FarmNames.AdvertiseKey}=") == $"$(POD_NAME).{set.Spec.ServiceName}", "is not advertised under its name in the service"),
            (FieldOf(nodes, "POD_NAME") == "metadata.name" && FieldOf(nodes, "POD_IP") == "status.podIP", "variables do not come from the pod"),
        ];
        foreach (var (_, problem) in rules.Where(rule => !rule.Holds))
        {
            yield return problem;
        }

        var variables = nodes.Arguments.SelectMany(argument => Variable().Matches(argument)).Select(match => match.Groups["name"].Value);
        foreach (var variable in variables.Where(name => FieldOf(nodes, name) is null))
        {
            yield return $"argument with a variable that is not there: {variable}";
        }

        foreach (var key in FarmNames.SecretFileKeys.Where(key => nodes.SourceOf(file.GetValueOrDefault(key, ""))?.StartsWith("secret ", StringComparison.Ordinal) != true))
        {
            yield return $"{key} is not mounted from a secret";
        }

        foreach (var seed in SeedProblems(manifests, file.GetValueOrDefault(FarmNames.SeedsKey, "").Split(' ')))
        {
            yield return seed;
        }
    }

    private static IEnumerable<string> SeedProblems(ManifestSet manifests, string[] seeds)
    {
        if (seeds.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            yield return "fewer than two seeds: a first node that starts again alone would found a second cluster";
        }

        var names = manifests.Nodes.SelectMany(nodes => Enumerable.Range(0, nodes.Set!.Spec.Replicas ?? 1)
            .Select(number => $"{nodes.Name}-{number}.{nodes.Set.Spec.ServiceName}:{FarmNames.RemotingPort}"));
        foreach (var seed in seeds.Except(names))
        {
            yield return $"seed {seed} is no node";
        }
    }

    private static IEnumerable<string> RoleProblems(ManifestSet manifests)
    {
        foreach (var role in FarmNames.Roles.Except(manifests.Nodes.SelectMany(nodes => nodes.Roles)))
        {
            yield return $"nobody has the role {role}";
        }

        foreach (var nodes in manifests.Nodes)
        {
            if (nodes.Roles.Except(FarmNames.Roles).Any())
            {
                yield return $"{nodes.Name}: not a role in {string.Join(',', nodes.Roles)}";
            }

            if (nodes.Labels.ContainsKey("uefarm/conductor") != nodes.Roles.Contains("conductor"))
            {
                yield return $"{nodes.Name}: role and label of the conductor differ";
            }

            if (nodes.Set!.Spec.Replicas is null or < 2)
            {
                yield return $"{nodes.Name}: nobody takes over";
            }
        }
    }

    private static IEnumerable<string> SelectorProblems(ManifestSet manifests)
    {
        foreach (var nodes in manifests.Nodes)
        {
            var selected = manifests.AllPods.Where(pods => pods.Matches(nodes.Set!.Spec.Selector)).Select(pods => pods.Name);
            if (!selected.SequenceEqual([nodes.Name]))
            {
                yield return $"{nodes.Name} selects the pods of {string.Join(", ", selected)}";
            }

            if (nodes.Spec.TopologySpreadConstraints is null or [] || nodes.Spec.TopologySpreadConstraints.Any(rule => !nodes.Matches(rule.LabelSelector)))
            {
                yield return $"{nodes.Name} is not spread over machines";
            }

            if (!manifests.All<V1PodDisruptionBudget>().Any(budget => nodes.Matches(budget.Spec.Selector) && budget.Spec is { MaxUnavailable.Value: "1", MinAvailable: null }))
            {
                yield return $"{nodes.Name} has no budget for disruptions";
            }
        }

        foreach (var service in manifests.All<V1Service>())
        {
            var pods = manifests.AllPods.Where(pods => pods.Matches(service.Spec.Selector)).ToList();
            if (pods.Count == 0 || service.Spec.Ports.Any(port => pods.Any(pod => pod.PortNamed(port.TargetPort.Value) != port.Port)))
            {
                yield return $"service {service.Metadata.Name} leads nowhere";
            }
        }

        foreach (var policy in manifests.All<V1NetworkPolicy>().Where(policy => !manifests.AllPods.Any(pods => pods.Matches(policy.Spec.PodSelector))))
        {
            yield return $"policy {policy.Metadata.Name} selects no pod";
        }
    }

    private static IEnumerable<string> SubmitProblems(ManifestSet manifests)
    {
        var submit = manifests.AllPods.Single(pods => pods.Set is null);
        var addresses = manifests.All<V1Service>()
            .Where(service => service.Spec.ClusterIP is null && manifests.Nodes.All(nodes => nodes.Matches(service.Spec.Selector) == nodes.Roles.Contains("conductor")))
            .SelectMany(service => service.Spec.Ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"http://{service.Metadata.Name}:{port.Port}")));
        if (submit.Arguments is not ["submit", FarmNames.ScenarioFile, "--wait", ..]
            || submit.SourceOf(FarmNames.ScenarioFile)?.StartsWith("configMap ", StringComparison.Ordinal) != true)
        {
            yield return "the Job does not submit its scenario";
        }

        if (!addresses.Contains(submit.Argument("--conductor=")))
        {
            yield return "the Job asks nobody's conductor";
        }

        var token = submit.SourceOf(submit.Argument("--token-file="));
        if (token is null || manifests.Nodes.Any(nodes => nodes.SourceOf(manifests.NodeFileOf(nodes).GetValueOrDefault("admin.tokenFile", "")) != token))
        {
            yield return "the Job has another token than the nodes";
        }
    }

    private static string? FieldOf(Pods nodes, string variable) =>
        nodes.Container.Env.FirstOrDefault(entry => entry.Name == variable)?.ValueFrom?.FieldRef?.FieldPath;

    [GeneratedRegex(@"\$\((?<name>\w+)\)")]
    private static partial Regex Variable();
}
