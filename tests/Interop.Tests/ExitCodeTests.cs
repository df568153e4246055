using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

[Collection(WholeProcesses.Name)]
public sealed class ExitCodeTests
{
    [Fact]
    public async Task Five_mistakes_are_all_named_and_nothing_is_sent()
    {
        var output = await RefuseAsync(2, """
            version: 1
            name: Not a Name
            seed: -5
            subscribers: { count: many, auth: { scheme: md6 } }
            traffic: { rate: 5 parrots }
            phases:
              - { name: steady, for: 5s }
            """);

        Assert.Contains("5 mistakes; nothing was sent.", output, StringComparison.Ordinal);
        Assert.All(
            ["name", "seed", "subscribers.count", "subscribers.auth.scheme", "traffic.rate"],
            path => Assert.Contains(path, output, StringComparison.Ordinal));
        Assert.All(["Not a Name", "-5", "many", "md6", "5 parrots"], value => Assert.Contains(value, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_target_outside_the_allow_list_is_refused()
    {
        var output = await RefuseAsync(3, """
            version: 1
            name: outside
            target: { core: "sip:192.0.2.1:5060", as: external, allow: [127.0.0.0/8] }
            subscribers: { count: 1 }
            phases:
              - { name: steady, for: 1s }
            """);

        Assert.Contains("192.0.2.1 is not in target.allow", output, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_threshold_on_an_unknown_name_is_a_mistake()
    {
        var output = await RefuseAsync(2, """
            version: 1
            name: unknown-threshold
            subscribers: { count: 1 }
            phases:
              - { name: steady, for: 1s }
            thresholds:
              - no_such_number == 0
            """);

        Assert.Contains("no_such_number", output, StringComparison.Ordinal);
        Assert.Contains("1 mistake; nothing was sent.", output, StringComparison.Ordinal);
    }

    /// <summary>Runs the program and checks that it ended with this code before it listened anywhere or made a folder.</summary>
    private static async Task<string> RefuseAsync(int code, string scenario)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("scenario.yaml", scenario);

        var (exitCode, output) = await Peer.RunAsync(
            FarmProgram.Runtime, folder.FullPath, TimeSpan.FromSeconds(60), FarmProgram.FullPath, "run", path, "--out", folder.PathOf("results"));

        Assert.True(exitCode == code, $"exit code {exitCode}\n{output}");
        Assert.DoesNotContain("listening", output, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.FullPath));
        return output;
    }
}
