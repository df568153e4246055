using System.Net;
using UeFarm.Farm.Nodes;

namespace UeFarm.Manifests.Tests;

/// <summary>What probes and Prometheus ask is asked of a node that runs.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task A_node_answers_what_is_asked()
    {
        using var folder = new TemporaryFolder();
        var read = NodeReader.ReadText(
            $"role: as\ndomain: ims.example\nlisten: 127.0.0.1:0\ncore: 127.0.0.1:9\nstore: {Path.Combine(folder.Path, "m.db")}\nadmin: {{ listen: 0 }}", "as.yaml", []);
        Assert.True(read.IsValid, string.Join('\n', read.Errors.Select(error => error.Format("as.yaml"))));
        var (node, fault) = await ApplicationServerNode.StartAsync(read.Options!, failure => Assert.Fail(failure.ToString()));
        Assert.True(node is not null, fault?.Format());
        await using var running = node;
        using var http = new HttpClient();
        foreach (var path in (string[])[FarmNames.Live, FarmNames.Ready, FarmNames.Metrics])
        {
            using var answer = await http.GetAsync(new Uri(node.AdminAddress + path), TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }
    }
}
