using System.Globalization;
using System.Text.Json;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A scenario on three processes with a database between them, beside the same one in one process.</summary>
[Collection(ClusterProcesses.Name)]
public sealed class ClusterRunTests
{
    private const int Nodes = 3;

    /// <summary>Of two figures that are written in microseconds, and their difference.</summary>
    private const decimal Rounding = 0.000_002m;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string Scenario = Repository.PathOf("scenarios", "cluster.yaml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_nodes_play_the_schedule_of_one_and_give_a_verdict_on_all_of_it()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        await using var database = await PostgresCluster.StartAsync("-c max_connections=100");
        var running = RunAsync(folder, "three", "--nodes", $"{Nodes}", "--store", database.ConnectionTo("lab"));
        var sentByNodes = await WatchSentAsync(folder.PathOf("three/node-1.log"), running);
        var (code, output) = await running;

        // A machine that could not keep the pace makes the measurement invalid, not the run wrong.
        Assert.True(code is 0 or 97, output);
        var result = Read(folder, "three");
        Assert.Equal(code == 0 ? RunVerdict.Pass : RunVerdict.Invalid, result.Verdict);
        Assert.Equal(code == 0, result.Generator.IsValid);
        Assert.All(result.Invariants, static invariant => Assert.True(invariant.Held, invariant.Name));
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.Empty(result.Warnings);
        Assert.Equal(result.Ledger.Sent, sentByNodes);
        AssertNodes(result, File.ReadLines(folder.PathOf("three/series.csv")).Count() - 1);
        Assert.Equal("cluster.yaml", result.Scenario.FileName);
        Assert.Contains($"cluster: {result.Reason}", await File.ReadAllTextAsync(folder.PathOf("three/report.html"), Cancellation), StringComparison.Ordinal);
        for (var number = 1; number <= Nodes; number++)
        {
            Assert.EndsWith("node: stopped", (await File.ReadAllTextAsync(folder.PathOf($"three/node-{number}.log"), Cancellation)).TrimEnd(), StringComparison.Ordinal);
        }

        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'lab%'"));

        (code, output) = await RunAsync(folder, "one");
        Assert.True(code is 0 or 97, output);
        var one = Read(folder, "one");
        Assert.Equal(one.Ledger.Sent, result.Ledger.Sent);
        var (schedule, other) = (ScheduleOf(folder, "one"), ScheduleOf(folder, "three"));
        Assert.Equal(schedule.Select(static row => (row.Sender, row.Recipient)), other.Select(static row => (row.Sender, row.Recipient)));
        Assert.All(schedule.Zip(other), static pair => Assert.InRange(pair.Second.Due - pair.First.Due, -Rounding, Rounding));
    }

    /// <summary>What the nodes did comes to what the run did, and its course is there.</summary>
    private static void AssertNodes(ResultDocument result, int rows)
    {
        Assert.Equal(Nodes, result.Nodes!.Count);
        Assert.Equal(
            (result.Ledger.Sent, result.Ledger.Sent, result.Ledger.Accepted, result.Registrations.Succeeded),
            (result.Nodes.Sum(static node => node.Due), result.Nodes.Sum(static node => node.Sent), result.Nodes.Sum(static node => node.Accepted),
                result.Nodes.Sum(static node => node.Registrations)));
        Assert.Equal(result.Registrations.Phones, result.Nodes.Sum(static node => node.Phones));
        Assert.Equal(result.Generator.CpuSeconds!.Value, result.Nodes.Sum(static node => node.CpuSeconds), 3);
        Assert.Equal(result.Generator.LagMaxSeconds, result.Nodes.Max(static node => node.LagMaxSeconds));
        Assert.Equal(result.Memory!.PeakWorkingSet, result.Nodes.Max(static node => node.PeakWorkingSet));
        Assert.InRange(result.Series.Count, 27, 600);
        Assert.Equal(result.Series.Count, rows);
        Assert.Equal(["registering", "steady", "outage", "return", "settle"], result.Series.Select(static point => point.Phase).Distinct().Take(5));
        Assert.InRange(result.Series.Max(static point => point.Sent), result.Ledger.Sent * 9 / 10, result.Ledger.Sent);
        Assert.Contains(result.Series, static point => point.DeliveryP50 > 0);
    }

    private static Task<(int Code, string Output)> RunAsync(TemporaryFolder folder, string results, params string[] arguments) => Peer.RunAsync(
        FarmProgram.Runtime, folder.FullPath, Patience, [FarmProgram.FullPath, "run", Scenario, "--out", folder.PathOf(results), .. arguments]);

    private static ResultDocument Read(TemporaryFolder folder, string results) => ResultJson.Deserialize(File.ReadAllText(folder.PathOf($"{results}/result.json")));

    /// <summary>What all nodes together say that they have sent, when it was most: they forget it when the run has ended.</summary>
    private static async Task<long> WatchSentAsync(string log, Task running)
    {
        const string Label = "; admin ";
        using var http = new HttpClient();
        var most = 0L;
        while (!running.IsCompleted)
        {
            var greeting = File.Exists(log) ? ReadShared(log).Split('\n').FirstOrDefault(static line => line.Contains(Label, StringComparison.Ordinal)) : null;
            if (greeting is not null)
            {
                try
                {
                    var address = greeting[(greeting.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..].Trim();
                    var text = await http.GetStringAsync(new Uri(address + "/runs/current"), Cancellation);
                    most = Math.Max(most, JsonSerializer.Deserialize(text, ConductorJson.Default.ConductorStatus)!.Nodes.Sum(static node => node.Sent));
                }
                catch (HttpRequestException)
                {
                    // Not ready yet, or not any more.
                }
            }

            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(500), Cancellation));
        }

        return most;
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    /// <summary>Who writes to whom, and how many seconds after the first message.</summary>
    private static List<(string Sender, string Recipient, decimal Due)> ScheduleOf(TemporaryFolder folder, string results)
    {
        var rows = File.ReadLines(folder.PathOf($"{results}/ledger.csv")).Skip(1).Select(static line => line.Split(',')).ToList();
        return rows.ConvertAll(row => (row[1], row[2], DueOf(row) - DueOf(rows[0])));
    }

    private static decimal DueOf(string[] row) => decimal.Parse(row[3], CultureInfo.InvariantCulture);
}
