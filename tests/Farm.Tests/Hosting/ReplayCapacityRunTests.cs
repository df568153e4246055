using System.Globalization;
using System.Text;
using Prometheus;
using UeFarm.Actors.Metrics;
using UeFarm.Farm.Sizing;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Replay;

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
        // In virtual time: by a real clock a busy machine can hold a straggler up for longer than messages settle.
        using var run = await PlayedRun.PlayAsync(Scenario, "clock=virtual");

        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(0, run.Document.Ledger.Rejected);
        Assert.Equal(run.Document.Ledger.Sent, run.Document.Ledger.Accepted + run.Document.Ledger.Failed);
        Assert.True(run.Document.Ledger.Accepted > 100);
        Assert.Equal(0, RefusedByRank(run, entries: 1));

        // Each of the twelve phones holds one entry of 8 + 20 bytes.
        Assert.Equal(12 * 28, run.Document.Wall!.Memory.ReplayCaches);
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

        // And so does what the run itself counted while it went on.
        var live = run.Document.ReplayCapacity!;
        Assert.Equal((sized.Curve.Messages, sized.Curve.MinCapacity), (live.Messages, live.MinCapacity));
        Assert.Equal((sized.Curve.CapacityFor(1e-3), sized.Curve.CapacityFor(1e-6)), (live.CapacityForThousandth, live.CapacityForMillionth));
        Assert.All(live.Curve, point => Assert.Equal(sized.Curve.RejectedAt(point.Capacity), point.Rejected));
        Assert.Equal(["acquaint", "outage", "return"], live.Phases.Select(phase => phase.Name));
        Assert.Equal((live.Messages, live.MinCapacity), (live.Phases.Sum(phase => phase.Messages), live.Phases.Max(phase => phase.MinCapacity)));
    }

    [Fact]
    public async Task Buckets_of_the_overtake_rank_answer_for_capacities_that_are_powers_of_two()
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(
            folder, Scenario, "applicationServer.live=bypass", "applicationServer.settle=0s", "applicationServer.drainDelay=1500ms");
        await using var _ = run;
        var registry = Metrics.NewCustomRegistry();
        FarmMetrics.Register(run, registry);
        await run.RunAsync(TestContext.Current.CancellationToken);
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);

        var total = new RankHistogram();
        run.Recorder.Ranks.ByPhase().ToList().ForEach(total.Merge);
        var curve = new CapacityCurve(total);
        var text = Encoding.UTF8.GetString(stream.ToArray());
        for (var capacity = 1; capacity <= 1 << 20; capacity *= 2)
        {
            var accepted = curve.Messages - curve.RejectedAt(capacity);
            Assert.Contains(FormattableString.Invariant($"uefarm_overtake_rank_bucket{{le=\"{capacity - 1}\"}} {accepted}\n"), text, StringComparison.Ordinal);
        }

        Assert.Contains(FormattableString.Invariant($"uefarm_overtake_rank_count {curve.Messages}\n"), text, StringComparison.Ordinal);
        Assert.True(curve.MinCapacity > 4, $"{curve.MinCapacity} entries were needed");
    }

    [Theory]
    [InlineData("replayCache.policy=modified")]
    [InlineData("replayCache.policy=per-sender", "replayCache.senderPartitions=4")]
    public async Task What_was_accepted_is_held_or_was_evicted(params string[] policy)
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(
            folder, Scenario, ["clock=virtual", "replayCache.entries=8", "traffic.rate=120/s", .. policy]);
        await using var _ = run;
        await run.RunAsync(TestContext.Current.CancellationToken);

        var (caches, accepted) = (run.ReplayCaches, run.Recorder.Counters.Received(Protocol.Messaging.ReceiveOutcome.Accepted));
        Assert.Equal(accepted, caches.Entries + run.PhoneCounters.Evictions);
        Assert.Equal((12, 8), (caches.InUse, caches.Fullest));
        Assert.True(run.PhoneCounters.Evictions > 0);
    }

    [Fact]
    public async Task Plain_messages_meet_no_replay_cache_and_have_no_ranks()
    {
        using var run = await PlayedRun.PlayAsync(Scenario, "security.body=plain", "phases[1].for=500ms", "phases[2].for=500ms");

        Assert.True(run.Document.Ledger.Accepted > 20);
        Assert.Null(run.Document.ReplayCapacity);
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
