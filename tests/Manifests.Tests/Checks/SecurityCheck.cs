using k8s.Models;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>The restricted pod security profile and what the farm asks for beyond it; no secret in the manifests.</summary>
internal static class SecurityCheck
{
    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        foreach (var item in manifests.Objects.Where(item => item is not V1Namespace && item.Metadata.NamespaceProperty != FarmNames.Namespace))
        {
            yield return $"{item.Kind} {item.Metadata.Name} is in another namespace";
        }

        var labels = manifests.All<V1Namespace>().Single(item => item.Metadata.Name == FarmNames.Namespace).Metadata.Labels;
        foreach (var mode in (string[])["enforce", "audit", "warn"])
        {
            if (!labels.TryGetValue($"pod-security.kubernetes.io/{mode}", out var profile) || profile != "restricted")
            {
                yield return $"the namespace does not {mode} the restricted profile";
            }
        }

        foreach (var problem in manifests.AllPods.SelectMany(pods => PodProblems(pods).Select(problem => $"{pods.Name}: {problem}")).Concat(SecretProblems(manifests)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> PodProblems(Pods pods)
    {
        var pod = pods.Spec;
        var container = pods.Container;
        var isolation = container.SecurityContext;
        var writable = pod.Volumes.Where(volume => volume.EmptyDir is not null).Select(volume => volume.Name).ToList();
        (bool Holds, string Problem)[] rules =
        [
            (pod.Containers.Count == 1 && pod.InitContainers is null, "more than one container"),
            (pod.SecurityContext?.RunAsNonRoot == true && isolation?.RunAsNonRoot == true, "may run as root"),
            (pod.SecurityContext?.SeccompProfile?.Type == "RuntimeDefault", "without the seccomp profile RuntimeDefault"),
            (pod.SecurityContext?.RunAsUser == ContainerImage.UserId, "runs as another user than the image"),
            (isolation?.AllowPrivilegeEscalation == false, "may escalate privileges"),
            (isolation?.ReadOnlyRootFilesystem == true, "root file system is not read-only"),
            (isolation?.Capabilities is { Add: null, Drop: ["ALL"] }, "does not drop all capabilities"),
            (isolation?.Privileged != true, "privileged"),
            (pod is { HostNetwork: null, HostPID: null, HostIPC: null }, "shares namespaces of the host"),
            (pod.Volumes.All(volume => volume.EmptyDir?.SizeLimit is not null || volume.Projected is not null), "a volume without limit or of a kind not restricted"),
            (pod.AutomountServiceAccountToken == false, "mounts a token of the API server"),
            (container.Resources?.Limits is { } limits && limits.ContainsKey("cpu") && limits.ContainsKey("memory"), "without limits"),
            (container.Resources?.Requests is { } requests && requests.ContainsKey("cpu") && requests.ContainsKey("memory"), "without requests"),
            (container.VolumeMounts.Any(mount => mount.MountPath == "/tmp" && writable.Contains(mount.Name)), "/tmp cannot be written"),
            (container.WorkingDir == ContainerImage.WorkingFolder, "works in another folder than the image"),
            (container.VolumeMounts.Any(mount => mount.MountPath == container.WorkingDir && writable.Contains(mount.Name)), "the working folder cannot be written"),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Problem);
    }

    private static IEnumerable<string> SecretProblems(ManifestSet manifests)
    {
        foreach (var secret in manifests.All<V1Secret>())
        {
            yield return $"secret {secret.Metadata.Name} is in the manifests";
        }

        foreach (var variable in manifests.AllPods.SelectMany(pods => pods.Container.Env ?? []).Where(variable => IsSecretName(variable.Name) && variable.Value is not null))
        {
            yield return $"secret in the environment: {variable.Name}";
        }

        foreach (var (map, text) in manifests.All<V1ConfigMap>().SelectMany(map => map.Data.Values.Select(text => (map, text))))
        {
            if (text.Contains("password=", StringComparison.OrdinalIgnoreCase) || text.Contains("BEGIN ", StringComparison.Ordinal))
            {
                yield return $"secret in config map {map.Metadata.Name}";
            }
        }
    }

    private static bool IsSecretName(string name) =>
        ((string[])["PASSWORD", "TOKEN", "SECRET", "KEY"]).Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
