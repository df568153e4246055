using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace UeFarm.Manifests.Tests;

/// <summary>Rendered manifests as objects of the API; a key that the API does not know is an error.</summary>
internal sealed class ManifestSet
{
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/Service"] = typeof(V1Service),
        ["v1/Secret"] = typeof(V1Secret),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["batch/v1/Job"] = typeof(V1Job),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
    };

    private ManifestSet(string text, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        Text = text;
        Objects = objects;
    }

    public string Text { get; }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public IReadOnlyList<Pods> Nodes => [.. All<V1StatefulSet>().Select(set => new Pods(set.Metadata.Name, set.Spec.Template, set))];

    public IReadOnlyList<Pods> AllPods => [.. Nodes, .. All<V1Job>().Select(job => new Pods(job.Metadata.Name, job.Spec.Template, null))];

    /// <summary>An overlay with the Job that submits, as they are together in one namespace.</summary>
    public static string RenderFarm(string overlay) => Kustomize.Render($"overlays/{overlay}") + "---\n" + Kustomize.Render("submit");

    public static ManifestSet Read(string text) =>
        new(text, [.. KubernetesYaml.LoadAllFromString(text, Types, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    /// <summary>The node file of a set of nodes by paths of keys; lists joined with blanks.</summary>
    public IReadOnlyDictionary<string, string> NodeFileOf(Pods nodes)
    {
        var source = nodes.SourceOf(FarmNames.NodeFile)?.Split(' ');
        var map = All<V1ConfigMap>().FirstOrDefault(map => source is ["configMap", var name, _] && map.Metadata.Name == name);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (map is not null)
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(map.Data[source![2]]));
            Flatten("", stream.Documents[0].RootNode, values);
        }

        return values;
    }

    private static void Flatten(string path, YamlNode node, Dictionary<string, string> values)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                {
                    Flatten(path.Length == 0 ? $"{key}" : $"{path}.{key}", value, values);
                }

                break;
            case YamlSequenceNode list:
                values[path] = string.Join(' ', list.Children);
                break;
            default:
                values[path] = node.ToString();
                break;
        }
    }
}
