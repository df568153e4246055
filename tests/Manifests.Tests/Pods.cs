using k8s.Models;

namespace UeFarm.Manifests.Tests;

/// <summary>The pods that a StatefulSet or a Job makes.</summary>
internal sealed record Pods(string Name, V1PodTemplateSpec Template, V1StatefulSet? Set)
{
    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    public V1PodSpec Spec => Template.Spec;

    public V1Container Container => Spec.Containers[0];

    /// <summary>Every argument with the variables replaced whose values the manifest gives.</summary>
    public IReadOnlyList<string> Arguments => [.. Container.Args.Select(Expand)];

    public IReadOnlyList<string> Roles => Argument("--role=").Split(',');

    /// <summary>What follows the prefix in the argument that starts with it; empty without one.</summary>
    public string Argument(string prefix) =>
        Arguments.FirstOrDefault(argument => argument.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..] ?? "";

    public int? PortNamed(string name) => Container.Ports.FirstOrDefault(port => port.Name == name)?.ContainerPort;

    public bool Matches(V1LabelSelector selector) => Matches(selector.MatchLabels, Labels);

    public bool Matches(IDictionary<string, string> selector) => Matches(selector, Labels);

    public static bool Matches(IDictionary<string, string>? selector, IDictionary<string, string> labels) =>
        selector is null || selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <summary>Where a file of the container comes from: "configMap NAME KEY", "secret NAME KEY", or null.</summary>
    public string? SourceOf(string path)
    {
        foreach (var mount in Container.VolumeMounts.Where(mount => path.StartsWith(mount.MountPath + "/", StringComparison.Ordinal)))
        {
            var relative = path[(mount.MountPath.Length + 1)..];
            foreach (var source in Spec.Volumes.First(volume => volume.Name == mount.Name).Projected?.Sources ?? [])
            {
                var items = source.ConfigMap?.Items ?? source.Secret?.Items ?? [];
                if (items.FirstOrDefault(item => item.Path == relative) is { } item)
                {
                    return source.ConfigMap is { } map ? $"configMap {map.Name} {item.Key}" : $"secret {source.Secret!.Name} {item.Key}";
                }
            }
        }

        return null;
    }

    private string Expand(string argument) => (Container.Env ?? [])
        .Where(variable => variable.Value is not null)
        .Aggregate(argument, (text, variable) => text.Replace($"$({variable.Name})", variable.Value, StringComparison.Ordinal));
}
