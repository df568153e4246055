using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Report;

/// <summary>The live page of a cluster's node in Chromium: the conductor's books, whichever node is asked, to the verdict.</summary>
[Collection(ClusterProcesses.Name)]
public sealed class ClusterLivePageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_node_shows_the_run_of_the_cluster_to_its_verdict()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        await using var chromium = await Chromium.StartAsync(_folder);
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        var scenario = await File.ReadAllTextAsync(Repository.PathOf("scenarios", "cluster.yaml"), TestContext.Current.CancellationToken);
        await using var run = FarmProcess.Start(_folder, scenario, "results", "--nodes", "2", "--store", database.ConnectionTo("page"));
        var first = await LivePages.AddressOfAsync(run, TimeSpan.FromMinutes(2));
        var greeting = await File.ReadAllTextAsync(_folder.PathOf("results/node-2.log"), TestContext.Current.CancellationToken);
        var second = greeting[(greeting.IndexOf("; admin ", StringComparison.Ordinal) + 8)..].Split('\n')[0].Trim() + "/";
        Assert.NotEqual(first, second);

        await using var other = await chromium.OpenAsync(second, 390, isDark: true);
        await LivePages.UntilAsync(other.Page, LivePages.IsSending);
        await LivePages.UntilAsync(other.Page, "document.querySelectorAll('#nodes tr').length === 2");
        await other.AssertReadableAsync("cluster-390-dark", 390, isDark: true);
        await other.KeepPictureAsync("cluster-390-dark");
        Assert.All(other.Requests, request => Assert.StartsWith(second, request, StringComparison.Ordinal));

        await using var opened = await chromium.OpenAsync(first, 1280, isDark: false);
        await LivePages.UntilAsync(opened.Page, LivePages.IsSending);
        await LivePages.UntilAsync(opened.Page, "document.querySelector('#phase').textContent.includes('phase 3 of ')");
        await opened.AssertReadableAsync("cluster-1280", 1280, isDark: false);
        await opened.KeepPictureAsync("cluster-1280");
        Assert.Empty(opened.Complaints.Concat(other.Complaints));

        await LivePages.UntilAsync(opened.Page, LivePages.IsEnded);
        var (stand, reason) = (await LivePages.TextOfAsync(opened.Page, "#stand"), await LivePages.TextOfAsync(opened.Page, "#reason"));
        var sent = await LivePages.TextOfAsync(opened.Page, "#facts dd span");
        await run.WaitForExitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal((run.Result.Verdict.ToString().ToUpperInvariant(), run.Result.Reason), (stand, reason));
        Assert.Equal(run.Result.Ledger.Sent.ToString("#,##0", System.Globalization.CultureInfo.InvariantCulture), sent);
    }
}
