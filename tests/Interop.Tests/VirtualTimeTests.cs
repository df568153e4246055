using System.Text.Json.Nodes;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>
/// Two processes, because each one draws new seeds for its hashes and has its own threads: an order that depends on either would pass within one process.
/// </summary>
[Collection(WholeProcesses.Name)]
public sealed class VirtualTimeTests
{
    private const string Scenario = """
        version: 1
        name: twice
        seed: 20120722
        clock: virtual
        target: { transport: udp }
        subscribers: { count: 60 }
        security: { sign: ecdsa-p256 }
        replayCache: { entries: 3 }
        applicationServer: { live: bypass, holdTime: 2s }
        traffic: { rate: 20/s, size: 40B-900B, recipients: { pick: zipf } }
        faults: { network: { loss: 5%, duplicate: 5%, reorder: 5%, latency: 20ms } }
        phases:
          - { name: acquaint, for: 5s }
          - { name: outage, offline: 50%, cut: clean, within: 5s, for: 20s }
          - { name: return, online: all, within: 5s, for: 15s }
        results: { arrivals: true, ledger: true }
        """;

    [Fact]
    public async Task Two_processes_write_the_same_files_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        await using var first = FarmProcess.Start(folder, Scenario, "same");
        Assert.True(await first.WaitForExitAsync(TimeSpan.FromSeconds(120)) == 0, first.Output);
        Directory.Move(folder.PathOf("same"), folder.PathOf("first"));
        await using var second = FarmProcess.Start(folder, Scenario, "same");
        Assert.True(await second.WaitForExitAsync(TimeSpan.FromSeconds(120)) == 0, second.Output);

        foreach (var file in new[] { "ledger.csv", "arrivals.csv", "series.csv", "report.html" })
        {
            Assert.Equal(File.ReadAllBytes(folder.PathOf($"first/{file}")), File.ReadAllBytes(folder.PathOf($"same/{file}")));
        }

        Assert.Equal(WithoutWall(folder.PathOf("first/result.json")), WithoutWall(folder.PathOf("same/result.json")));
        Assert.True(second.Result.Ledger is { Accepted: > 500, Rejected: > 0 }, second.Result.Ledger.ToString());
    }

    private static string WithoutWall(string path)
    {
        var result = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        Assert.True(result.Remove("wall"));
        return result.ToJsonString();
    }
}
