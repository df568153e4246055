using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Manifests.Tests;

/// <summary>The program takes the node files of the manifests as they are, but for the secrets, which are not here.</summary>
public sealed class NodeFileTests
{
    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void The_program_reads_the_node_file(string overlay)
    {
        var text = File.ReadAllText(Repository.PathOf("k8s", "overlays", overlay, "node.yaml"));
        var read = NodeReader.ReadText(
            text, "node.yaml",
            [
                DocumentOverride.Set($"role={string.Join(',', FarmNames.Roles)}"), DocumentOverride.Set($"{FarmNames.SipListenKey}=10.1.2.3:{FarmNames.SipPort}"),
                DocumentOverride.Set($"{FarmNames.AdvertiseKey}=uefarm-0.uefarm-nodes"),
            ]);

        Assert.Equal(FarmNames.SecretFileKeys.Order(StringComparer.Ordinal), read.Errors.Select(static error => error.Path).Order(StringComparer.Ordinal));
        Assert.All(read.Errors, static error => Assert.Equal("does not exist", error.Problem));
    }
}
