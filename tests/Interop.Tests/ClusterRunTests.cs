using System.Globalization;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A scenario on three processes with a database between them, beside the same one in one process.</summary>
[Collection(WholeProcesses.Name)]
public sealed class ClusterRunTests
{
    private const int Nodes = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string Scenario = Repository.PathOf("scenarios", "cluster.yaml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_nodes_play_the_schedule_of_one_and_give_a_verdict_on_all_of_it()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        var (code, output) = await RunAsync(folder, "three", "--nodes", $"{Nodes}", "--store", database.ConnectionTo("lab"));
        Assert.True(code == 0, output);

        var result = Read(folder, "three");
        Assert.Equal(RunVerdict.Pass, result.Verdict);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Empty(result.Warnings);
        Assert.Equal(result.Ledger.Sent, SentByNodes(output));
        Assert.Equal("cluster.yaml", result.Scenario.FileName);
        Assert.Contains("cluster: all invariants and thresholds held", await File.ReadAllTextAsync(folder.PathOf("three/report.html"), Cancellation), StringComparison.Ordinal);
        for (var number = 1; number <= Nodes; number++)
        {
            Assert.EndsWith("node: stopped", (await File.ReadAllTextAsync(folder.PathOf($"three/node-{number}.log"), Cancellation)).TrimEnd(), StringComparison.Ordinal);
        }

        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'lab%'"));

        // In one process the machine may be too slow for a valid measurement; the schedule is the same all the same.
        (code, output) = await RunAsync(folder, "one");
        Assert.True(code is 0 or 97, output);
        var one = Read(folder, "one");
        Assert.Equal(one.Ledger.Sent, result.Ledger.Sent);
        Assert.Equal(ScheduleOf(folder, "one"), ScheduleOf(folder, "three"));
    }

    private static Task<(int Code, string Output)> RunAsync(TemporaryFolder folder, string results, params string[] arguments) => Peer.RunAsync(
        FarmProgram.Runtime, folder.FullPath, Patience, [FarmProgram.FullPath, "run", Scenario, "--out", folder.PathOf(results), .. arguments]);

    private static ResultDocument Read(TemporaryFolder folder, string results) => ResultJson.Deserialize(File.ReadAllText(folder.PathOf($"{results}/result.json")));

    /// <summary>Of the last line of progress, where the nodes' own counters are added up.</summary>
    private static long SentByNodes(string output)
    {
        var words = output.Split('\n').Last(static line => line.Contains(" closing ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[Array.IndexOf(words, "sent") + 1], CultureInfo.InvariantCulture);
    }

    /// <summary>Who writes to whom, and how long after the first message, to a tenth of a millisecond.</summary>
    private static List<(string Sender, string Recipient, long Due)> ScheduleOf(TemporaryFolder folder, string results)
    {
        var rows = File.ReadLines(folder.PathOf($"{results}/ledger.csv")).Skip(1).Select(static line => line.Split(',')).ToList();
        return rows.ConvertAll(row => (row[1], row[2], (long)Math.Round((DueOf(row) - DueOf(rows[0])) * 1e4m)));
    }

    private static decimal DueOf(string[] row) => decimal.Parse(row[3], CultureInfo.InvariantCulture);
}
