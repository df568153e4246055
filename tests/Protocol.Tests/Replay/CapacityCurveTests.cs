using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class CapacityCurveTests
{
    [Fact]
    public void One_pass_gives_what_a_cache_of_every_capacity_refuses_in_a_hundred_thousand_histories()
    {
        const ulong seed = 11;
        var random = new SeededRandomSource(seed);
        var refusals = 0L;
        var (tied, replayed, parallel, allOfIt) = (0, 0, 0, 0);
        for (var history = 0; history < 100_000; history++)
        {
            var arrivals = History(random, 8 + random.Below(16), out var streams);
            var distinct = arrivals.Distinct().ToList();
            var hasTies = distinct.DistinctBy(static entry => entry.OrderKey).Count() < distinct.Count;
            tied += hasTies ? 1 : 0;
            replayed += distinct.Count < arrivals.Count ? 1 : 0;
            parallel += streams > 1 ? 1 : 0;
            allOfIt += hasTies && distinct.Count < arrivals.Count && streams > 1 ? 1 : 0;
            var curve = CurveOf(arrivals);
            for (var capacity = 0; capacity <= curve.MinCapacity + 1; capacity++)
            {
                var rejected = Refused(arrivals, capacity);
                refusals += rejected;
                if (curve.RejectedAt(capacity) != rejected)
                {
                    Assert.Fail($"seed {seed}, history {history}, capacity {capacity}: {curve.RejectedAt(capacity)} instead of {rejected}");
                }
            }
        }

        Assert.True(refusals > 1_000_000, "refusals occur");
        Assert.True(Math.Min(tied, Math.Min(replayed, parallel)) > 60_000 && allOfIt > 40_000, $"{tied} with ties, {replayed} with replays, {parallel} of several streams");
    }

    [Fact]
    public void The_smallest_loss_free_capacity_loses_nothing_and_one_less_loses_a_message()
    {
        var random = new SeededRandomSource(12);
        for (var history = 0; history < 5000; history++)
        {
            var arrivals = History(random, 10 + random.Below(200));
            var least = CurveOf(arrivals).MinCapacity;
            Assert.Equal(0, RefusedByRealCache(arrivals, least));
            Assert.NotEqual(0, RefusedByRealCache(arrivals, least - 1));
        }
    }

    [Fact]
    public void Queries_agree_with_a_search_through_all_capacities()
    {
        var random = new SeededRandomSource(13);
        for (var history = 0; history < 500; history++)
        {
            var curve = CurveOf(History(random, 60));
            for (var rejected = 0L; rejected <= curve.Messages; rejected++)
            {
                var searched = Enumerable.Range(0, 100).First(capacity => curve.RejectedAt(capacity) <= rejected);
                Assert.Equal(searched, curve.CapacityFor(rejected));
                Assert.Equal(searched, curve.CapacityFor((double)rejected / curve.Messages));
            }

            Assert.Equal(curve.MinCapacity, curve.CapacityFor(0L));
            Assert.Equal(curve.MinCapacity, curve.Steps.Last());
        }
    }

    [Fact]
    public void Without_messages_nothing_is_needed_and_nothing_refused()
    {
        var curve = new CapacityCurve(new RankHistogram());
        Assert.Equal((0L, 0, 0L, 0), (curve.Messages, curve.MinCapacity, curve.RejectedAt(0), curve.CapacityFor(0.001)));
        Assert.False(curve.TryGetCapacityFor(0.001, 0.95, out _));
    }

    [Fact]
    public void A_confident_statement_needs_as_many_messages_as_the_rule_of_three_says()
    {
        // Without a refusal the bound is 1 - 0.05^(1/n): 2,994.2 messages for one in a thousand.
        Assert.Equal(2995, CapacityCurve.MessagesNeededFor(0.001, 0.95));
        Assert.False(Ordered(2994).TryGetCapacityFor(0.001, 0.95, out _));
        Assert.True(Ordered(2995).TryGetCapacityFor(0.001, 0.95, out var capacity));
        Assert.Equal(1, capacity);
    }

    [Theory]
    [InlineData(100, 0, 0.95, 0.029513)]
    [InlineData(100, 1, 0.95, 0.046559)]
    [InlineData(100, 10, 0.975, 0.176223)]
    [InlineData(20, 2, 0.95, 0.282619)]
    [InlineData(10, 10, 0.95, 1)]
    public void The_upper_bound_of_a_share_has_the_published_values(long messages, long refused, double confidence, double expected) =>
        Assert.Equal(expected, CapacityCurve.UpperBoundOfShare(refused, messages, confidence), 5);

    [Fact]
    public void A_confident_capacity_is_the_smallest_whose_bound_keeps_the_loss()
    {
        var random = new SeededRandomSource(14);
        var histogram = new RankHistogram();
        for (var i = 0; i < 100_000; i++)
        {
            histogram.Add(random.Below(1 + random.Below(1 + random.Below(500))));
        }

        var curve = new CapacityCurve(histogram);
        Assert.True(curve.TryGetCapacityFor(0.01, 0.95, out var capacity));
        Assert.True(capacity >= curve.CapacityFor(0.01));
        Assert.True(CapacityCurve.UpperBoundOfShare(curve.RejectedAt(capacity), curve.Messages, 0.95) <= 0.01);
        Assert.True(CapacityCurve.UpperBoundOfShare(curve.RejectedAt(capacity - 1), curve.Messages, 0.95) > 0.01);
    }

    [Theory]
    [InlineData(41_665, 0)]
    [InlineData(41_666, 1)]
    public void A_megabyte_of_24_byte_entries_refuses_a_stored_message_once_41_666_newer_ones_have_come_first(int overtaking, int refused)
    {
        // 10^6 / 24 = 41,666 entries. A cache of C entries refuses what C others have overtaken: the 41,666th leaves no room, and the 41,667th would push it out.
        const int entries = 1_000_000 / 24;
        var cache = ReplayTestData.Cache(entries, timestampBytes: 4);
        var tracker = new OvertakeRankTracker();
        for (var i = 1; i <= overtaking; i++)
        {
            var live = ReplayTestData.Entry((1000UL + (ulong)i) << 32, (ulong)i);
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(live, 0));
            Assert.Equal(0, tracker.Observe(live.OrderKey));
        }

        var stored = ReplayTestData.Entry(1UL << 32, 0);
        Assert.Equal(refused == 0 ? ReplayVerdict.Accepted : ReplayVerdict.Stale, cache.CheckAndInsert(stored, 0));
        Assert.Equal(overtaking, tracker.Observe(stored.OrderKey));
    }

    internal static List<ReplayEntry> History(SeededRandomSource random, int length) => History(random, length, out _);

    /// <summary>One to four streams, each in order, at their own pace; ties; replays.</summary>
    private static List<ReplayEntry> History(SeededRandomSource random, int length, out int streamCount)
    {
        var streams = new ulong[1 + random.Below(4)];
        streamCount = streams.Length;
        var stride = 1 + random.Below(4);
        var isShuffled = random.Below(3) == 0;
        var arrivals = new List<ReplayEntry>();
        for (var i = 0; i < length; i++)
        {
            if (i > 0 && random.Below(6) == 0)
            {
                arrivals.Add(arrivals[random.Below(i)]);
                continue;
            }

            ref var time = ref streams[random.Below(streams.Length)];
            time += (ulong)random.Below(stride);
            var key = isShuffled ? (ulong)random.Below(length) : time;
            arrivals.Add(ReplayTestData.Entry(key << 32, (ulong)i));
        }

        return arrivals;
    }

    internal static CapacityCurve CurveOf(List<ReplayEntry> arrivals)
    {
        var histogram = new RankHistogram();
        var tracker = new OvertakeRankTracker();
        var seen = new HashSet<ReplayEntry>();
        foreach (var entry in arrivals)
        {
            if (seen.Add(entry))
            {
                histogram.Add(tracker.Observe(entry.OrderKey));
            }
        }

        return new CapacityCurve(histogram);
    }

    private static CapacityCurve Ordered(int messages)
    {
        var histogram = new RankHistogram();
        histogram.Add(0, messages);
        return new CapacityCurve(histogram);
    }

    private static int Refused(List<ReplayEntry> arrivals, int capacity)
    {
        var cache = new SmallestCache(capacity);
        var refused = 0;
        for (var i = 0; i < arrivals.Count; i++)
        {
            refused += cache.Refuses(arrivals[i]) && arrivals.IndexOf(arrivals[i]) == i ? 1 : 0;
        }

        return refused;
    }

    private static int RefusedByRealCache(List<ReplayEntry> arrivals, int capacity)
    {
        var cache = ReplayTestData.Cache(capacity);
        var seen = new HashSet<ReplayEntry>();
        return arrivals.Count(entry => (cache.CheckAndInsert(entry, 0) is ReplayVerdict.Stale or ReplayVerdict.Tie) & seen.Add(entry));
    }
}
