using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class ReplayCacheModelTests
{
    [Fact]
    public void Thirty_thousand_random_histories_agree_with_the_numbered_rule_after_each_step()
    {
        const ulong seed = 829;
        var random = new SeededRandomSource(seed);
        var seen = new int[5];
        for (var history = 0; history < 30_000; history++)
        {
            var timestampBytes = history % 2 == 0 ? 8 : 4;
            var capacity = random.Below(9);
            var range = 1 + random.Below(12);
            var bound = history % 5 == 0 ? TimeSpan.FromSeconds(2) : (TimeSpan?)null;
            var cache = ReplayTestData.Cache(capacity, timestampBytes, bound);
            var model = new ReplayModel(capacity, timestampBytes, bound is null ? ulong.MaxValue : 2UL << 32);
            for (var step = 0; step < 30; step++)
            {
                switch (random.Below(20))
                {
                    case 0:
                        var size = random.Below(9);
                        cache.Resize(size);
                        model.Resize(size);
                        break;
                    case 1 when random.Below(4) == 0:
                        var floor = Time(random, range);
                        cache.RaiseFloor(floor);
                        model.RaiseFloor(floor);
                        break;
                    case 2:
                        cache = Restored(cache, timestampBytes, bound);
                        break;
                    default:
                        var entry = ReplayTestData.Entry(Time(random, range), (ulong)random.Below(6));
                        var now = (ulong)random.Below(range) << 32;
                        var peeked = cache.Peek(entry, now);
                        var expected = model.Offer(entry, now);
                        var actual = cache.CheckAndInsert(entry, now);
                        if (peeked != expected || actual != expected)
                        {
                            Assert.Fail($"seed {seed}, history {history}, step {step}: {peeked}, {actual} instead of {expected}");
                        }

                        seen[(int)actual]++;
                        break;
                }

                if (!IsSame(model, cache, timestampBytes))
                {
                    Assert.Fail($"seed {seed}, history {history}, step {step}: state differs");
                }
            }
        }

        Assert.All(seen, count => Assert.True(count > 1000, "every verdict occurs often"));
    }

    public enum Arrival
    {
        InOrder, Reversed, NearlyInOrder, Jittered, Random, Tied, Alternating, TwoStreams,
    }

    public static TheoryData<Arrival, int> Orders => new MatrixTheoryData<Arrival, int>(Enum.GetValues<Arrival>(), [1, 3, 40, 256, 257, 700, 3000]);

    [Theory]
    [MemberData(nameof(Orders))]
    public void Caches_of_many_chunks_agree_with_the_model_for_every_order_of_arrival(Arrival arrival, int capacity)
    {
        foreach (var timestampBytes in (int[])[8, 4])
        {
            var random = new SeededRandomSource((ulong)((capacity * 100) + (int)arrival));
            var cache = ReplayTestData.Cache(capacity, timestampBytes);
            var model = new ReplayModel(capacity, timestampBytes);
            var history = new List<ReplayEntry>();
            for (var step = 0; step < 5 * capacity; step++)
            {
                var isReplay = history.Count > 0 && random.Below(10) == 0;
                var entry = isReplay
                    ? history[random.Below(history.Count)]
                    : new ReplayEntry(TimeOf(arrival, step, capacity, random) << 32, ReplayTestData.RandomDigest(random));
                history.Add(entry);
                Assert.Equal(model.Offer(entry, 0), cache.CheckAndInsert(entry, 0));
                if (step == 3 * capacity)
                {
                    var size = (capacity / 2) + random.Below(capacity);
                    cache.Resize(size);
                    model.Resize(size);
                }

                if (step % Math.Max(capacity / 3, 1) == 0)
                {
                    Assert.True(model.Held.SequenceEqual(ReplayTestData.Entries(ReplayTestData.Snapshot(cache))));
                }
            }

            Assert.True(IsSame(model, cache, timestampBytes));
            Assert.True(model.Held.SequenceEqual(ReplayTestData.Entries(ReplayTestData.Snapshot(cache))));
        }
    }

    [Fact]
    public void With_or_equal_instead_of_newer_a_replay_gets_in_and_with_the_rule_never()
    {
        const ulong seed = 4;
        var random = new SeededRandomSource(seed);
        var brokenBySloppiness = 0;
        for (var history = 0; history < 20_000; history++)
        {
            var capacity = 1 + random.Below(5);
            var cache = ReplayTestData.Cache(capacity);
            var sloppy = new ReplayModel(capacity, 8, isStrict: false);
            var acceptedByRule = new HashSet<ReplayEntry>();
            var acceptedBySloppy = new HashSet<ReplayEntry>();
            var isBroken = false;
            for (var step = 0; step < 25; step++)
            {
                var entry = ReplayTestData.Entry((ulong)random.Below(6), (ulong)random.Below(4));
                if (cache.CheckAndInsert(entry, 0) == ReplayVerdict.Accepted)
                {
                    Assert.True(acceptedByRule.Add(entry), $"seed {seed}, history {history}: accepted twice");
                }

                isBroken |= sloppy.Offer(entry, 0) == ReplayVerdict.Accepted && !acceptedBySloppy.Add(entry);
            }

            brokenBySloppiness += isBroken ? 1 : 0;
        }

        Assert.True(brokenBySloppiness > 1000, "the sloppy rule accepts replays");
    }

    [Fact]
    public void Nothing_is_accepted_twice_whatever_happens_to_the_capacity_and_across_restarts()
    {
        var random = new SeededRandomSource(5);
        for (var history = 0; history < 5000; history++)
        {
            var cache = ReplayTestData.Cache(random.Below(6));
            var accepted = new HashSet<ReplayEntry>();
            for (var step = 0; step < 40; step++)
            {
                if (random.Below(6) == 0)
                {
                    cache.Resize(random.Below(12));
                }

                if (random.Below(6) == 0)
                {
                    cache = Restored(cache, 8, null);
                }

                var entry = ReplayTestData.Entry((ulong)random.Below(10), (ulong)random.Below(4));
                if (cache.CheckAndInsert(entry, 0) == ReplayVerdict.Accepted)
                {
                    Assert.True(accepted.Add(entry));
                }
            }
        }
    }

    [Fact]
    public void A_new_message_is_refused_exactly_when_its_overtake_rank_reaches_the_capacity()
    {
        const ulong seed = 6;
        var random = new SeededRandomSource(seed);
        for (var history = 0; history < 2000; history++)
        {
            var range = 1 + random.Below(60);
            var arrivals = new List<ReplayEntry>();
            for (var i = 0; i < 60; i++)
            {
                arrivals.Add(i > 0 && random.Below(5) == 0
                    ? arrivals[random.Below(i)]
                    : ReplayTestData.Entry((ulong)(random.Below(range) + (i / 2)), (ulong)i));
            }

            foreach (var capacity in (int[])[1, 2, 3, 5, 8, 13, 40])
            {
                AssertRankRule(arrivals, capacity, history);
            }
        }
    }

    private static void AssertRankRule(List<ReplayEntry> arrivals, int capacity, int history)
    {
        var cache = ReplayTestData.Cache(capacity);
        var earlier = new HashSet<ReplayEntry>();
        foreach (var entry in arrivals)
        {
            var verdict = cache.CheckAndInsert(entry, 0);
            if (earlier.Contains(entry))
            {
                Assert.NotEqual(ReplayVerdict.Accepted, verdict);
                continue;
            }

            var rank = earlier.Count(other => other.OrderKey >= entry.OrderKey);
            if ((verdict == ReplayVerdict.Accepted) != (rank < capacity))
            {
                Assert.Fail($"history {history}, capacity {capacity}: rank {rank}, {verdict}");
            }

            earlier.Add(entry);
        }
    }

    private static ulong Time(SeededRandomSource random, int range) => ((ulong)random.Below(range) << 32) + (ulong)random.Below(2);

    private static ModifiedReplayCache Restored(ModifiedReplayCache cache, int timestampBytes, TimeSpan? bound)
    {
        var settings = new ReplayCacheSettings { CapacityEntries = cache.CapacityEntries, TimestampBytes = timestampBytes, FutureBound = bound };
        Assert.True(ModifiedReplayCache.TryReadSnapshot(ReplayTestData.Snapshot(cache), settings, out var restored));
        return restored;
    }

    private static bool IsSame(ReplayModel model, ModifiedReplayCache cache, int timestampBytes)
    {
        var shift = timestampBytes == 8 ? 0 : 32;
        return model.Held.Count == cache.Count && model.Capacity == cache.CapacityEntries && model.Evicted == cache.EvictedCount
            && model.Floor << shift == cache.Floor
            && cache.Oldest == (model.Held.Count == 0 ? null : model.Held.Min.Key << shift)
            && cache.Newest == (model.Held.Count == 0 ? null : model.Held.Max.Key << shift);
    }

    internal static ulong TimeOf(Arrival arrival, int step, int capacity, SeededRandomSource random) => 1_000_000 + arrival switch
    {
        Arrival.InOrder => (ulong)step,
        Arrival.Reversed => (ulong)(500_000 - step),
        Arrival.NearlyInOrder => (ulong)(step + random.Below(4)),
        Arrival.Jittered => (ulong)(step + random.Below(capacity)),
        Arrival.Random => (ulong)random.Below(100_000),
        Arrival.Tied => (ulong)(step / 50),
        Arrival.Alternating => (ulong)(step % 2 == 0 ? step : 400_000 - step),
        _ => (ulong)(step % 3 == 0 ? step : 200_000 + step),
    };
}
