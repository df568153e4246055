using System.Xml.Linq;

namespace UeFarm.Manifests.Tests.Checks;

/// <summary>That pods run the image of this version, and have the ports that it says.</summary>
internal static class ImageCheck
{
    private static readonly string Version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    public static IEnumerable<string> Problems(ManifestSet manifests)
    {
        foreach (var image in manifests.AllPods.Select(pods => pods.Container.Image).Distinct().Where(image => !image.EndsWith($"/uefarm:{Version}", StringComparison.Ordinal)))
        {
            yield return $"image {image} is not of version {Version}";
        }

        var exposed = ContainerImage.ValueOf("EXPOSE").Split(' ').Order(StringComparer.Ordinal).ToList();
        foreach (var nodes in manifests.Nodes)
        {
            var ports = nodes.Container.Ports.Select(port => $"{port.ContainerPort}/{port.Protocol}".ToLowerInvariant());
            if (!ports.Order(StringComparer.Ordinal).SequenceEqual(exposed))
            {
                yield return $"{nodes.Name}: other ports than the image";
            }
        }
    }
}
