using System.Globalization;
using UeFarm.Farm.Sizing;

namespace UeFarm.Farm.Tests.Hosting;

[Collection(WholeRuns.Name)]
public class ReplayCapacityRunTests
{
    private const string Scenario = """
        version: 1
        name: one-entry
        seed: 11
        subscribers: { count: 12, auth: { scheme: md5, secretsFrom: derived } }
        replayCache: { entries: 1 }
        applicationServer: { order: oldest-first, window: 1, live: behind-drain, settle: 100ms, drainDelay: 300ms, holdTime: 2s }
        traffic: { rate: 60/s, size: 40B }
        phases:
          - { name: acquaint, for: 1s }
          - { name: outage, offline: 50%, cut: clean, for: 2s }
          - { name: return, online: all, for: 2s }
        results: { arrivals: true, ledger: true }
        """;

    [Fact]
    public async Task One_entry_is_enough_when_everything_is_delivered_in_order()
    {
        using var run = await PlayedRun.PlayAsync(Scenario);

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(0, run.Document.Ledger.Rejected);
        Assert.Equal(run.Document.Ledger.Sent, run.Document.Ledger.Accepted + run.Document.Ledger.Failed);
        Assert.True(run.Document.Ledger.Accepted > 100);
        Assert.Equal(0, RefusedByRank(run, entries: 1));
    }

    [Theory]
    [InlineData(1, "real")]
    [InlineData(8, "real")]
    [InlineData(8, "virtual")]
    public async Task Where_live_messages_overtake_exactly_those_are_refused_that_the_rank_rule_names(int entries, string clock)
    {
        using var run = await PlayedRun.PlayAsync(
            Scenario, $"clock={clock}", $"replayCache.entries={entries}", "applicationServer.live=bypass", "applicationServer.settle=0s", "applicationServer.drainDelay=1500ms",
            "traffic.rate=120/s");

        var expected = RefusedByRank(run, entries);
        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.True(expected > 0);
        Assert.Equal(expected, run.Document.Ledger.Rejected);
        Assert.Equal(expected, run.Document.Rejections.GetValueOrDefault("stale") + run.Document.Rejections.GetValueOrDefault("tie"));
        Assert.Equal(expected, run.Ledger.Count(row => row["outcome"] == "rejected"));

        // The recorded trace gives the same number for this capacity, and a capacity that would have refused nothing.
        using var trace = File.OpenRead(run.Results.ArrivalsFile);
        var sized = new TraceSizer(new TraceSizerSettings()).Size(trace, "arrivals.csv", new Progress<SizingProgress>(), TestContext.Current.CancellationToken);
        Assert.Equal(expected, sized!.Curve.RejectedAt(entries));
        Assert.Equal(0, RefusedByRank(run, sized.Curve.MinCapacity, checkVerdicts: false));
        Assert.NotEqual(0, RefusedByRank(run, sized.Curve.MinCapacity - 1, checkVerdicts: false));
    }

    /// <summary>
    /// Computed from the trace alone, without a cache: a message that is new to its phone must be refused when at least as many different messages with a
    /// timestamp not before its own came earlier as the cache has entries. Checks each row on the way.
    /// </summary>
    private static int RefusedByRank(PlayedRun run, int entries, bool checkVerdicts = true)
    {
        var refused = 0;
        foreach (var phone in run.Arrivals.GroupBy(row => row["ue"]))
        {
            var earlier = new Dictionary<string, ulong>();
            foreach (var row in phone.Where(row => row["verdict"] != "kms-unavailable"))
            {
                var timestamp = ulong.Parse(row["timestamp"], CultureInfo.InvariantCulture);
                if (earlier.TryAdd(row["digest"], timestamp))
                {
                    var isRefused = earlier.Values.Count(other => other >= timestamp) - 1 >= entries;
                    refused += isRefused ? 1 : 0;
                    Assert.True(!checkVerdicts || isRefused == row["verdict"] is "stale" or "tie", $"phone {phone.Key}, timestamp {timestamp}: {row["verdict"]}");
                }
            }
        }

        return refused;
    }
}
