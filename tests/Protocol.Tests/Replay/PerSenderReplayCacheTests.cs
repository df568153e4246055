using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class PerSenderReplayCacheTests
{
    [Fact]
    public void Random_histories_agree_with_a_dictionary_of_naive_caches_after_each_step()
    {
        const ulong seed = 6043;
        var random = new SeededRandomSource(seed);
        var seen = new int[5];
        var shared = 0;
        for (var history = 0; history < 20_000; history++)
        {
            var timestampBytes = history % 2 == 0 ? 8 : 4;
            var partitions = 1 + random.Below(5);
            var capacity = partitions + random.Below(12);
            var range = 1 + random.Below(12);
            var bound = history % 5 == 0 ? TimeSpan.FromSeconds(2) : (TimeSpan?)null;
            var settings = new ReplayCacheSettings
            {
                Policy = ReplayPolicy.PerSender,
                CapacityEntries = capacity,
                SenderPartitions = partitions,
                TimestampBytes = timestampBytes,
                FutureBound = bound,
            };
            var cache = new PerSenderReplayCache(settings, random);
            var future = bound is null ? ulong.MaxValue : 2UL << 32;
            var model = new PerSenderModel(capacity, partitions, timestampBytes, future, sender => cache.PartitionOf(sender)!.Value);
            for (var step = 0; step < 40; step++)
            {
                switch (random.Below(24))
                {
                    case 0:
                        capacity = partitions + random.Below(12);
                        cache.Resize(capacity);
                        model.Resize(capacity);
                        break;
                    case 1 when random.Below(4) == 0:
                        var floor = Time(random, range);
                        cache.RaiseFloor(floor);
                        model.RaiseFloor(floor);
                        break;
                    case 2:
                        cache = Restored(cache, settings with { CapacityEntries = capacity });
                        break;
                    default:
                        var entry = ReplayTestData.Entry(Time(random, range), (ulong)random.Below(6)) with { Sender = Sender(random.Below(8)) };
                        var now = (ulong)random.Below(range) << 32;
                        var peeked = cache.Peek(entry, now);
                        Assert.Equal(model.Owners, cache.Owners);
                        var expected = model.Offer(entry, now);
                        var actual = cache.CheckAndInsert(entry, now);
                        if (peeked != expected || actual != expected)
                        {
                            Assert.Fail($"seed {seed}, history {history}, step {step}: {peeked}, {actual} instead of {expected}");
                        }

                        seen[(int)actual]++;
                        break;
                }

                if (!IsSame(model, cache, capacity, timestampBytes))
                {
                    Assert.Fail($"seed {seed}, history {history}, step {step}: state differs");
                }
            }

            shared += Enumerable.Range(0, 8).Count(sender => model.PartitionOf(Sender(sender)) is not null) > partitions ? 1 : 0;
        }

        Assert.All(seen, count => Assert.True(count > 1000, "every verdict occurs often"));
        Assert.True(shared > 1000, "more senders than partitions occur often");
    }

    [Fact]
    public void A_flood_from_the_future_changes_no_verdict_on_any_other_sender_while_there_are_partitions_for_all()
    {
        const ulong seed = 33;
        var random = new SeededRandomSource(seed);
        int refusedOthers = 0, refusedFlood = 0, pinned = 0;
        for (var history = 0; history < 300; history++)
        {
            var partitions = 2 + random.Below(8);
            // Shares of the same size: who comes first would otherwise have one entry more.
            var settings = Settings(partitions * (1 + random.Below(8)), partitions);
            var (flooded, quiet) = (new PerSenderReplayCache(settings, random), new PerSenderReplayCache(settings, random));

            // One object to compare with: the modified rule, which the same flood pins.
            var common = new ModifiedReplayCache(settings with { Policy = ReplayPolicy.Modified });
            for (var step = 0; step < 400; step++)
            {
                if (random.Below(3) == 0)
                {
                    var flood = ReplayTestData.Entry((1UL << 60) + (ulong)random.Below(50), (ulong)step) with { Sender = "flood" };
                    refusedFlood += flooded.CheckAndInsert(flood, 0) == ReplayVerdict.Accepted ? 0 : 1;
                    common.CheckAndInsert(flood, 0);
                    continue;
                }

                // At most as many senders as partitions, the flooder among them; somewhat out of order.
                var time = (ulong)(step + random.Below(1 + random.Below(40)));
                var entry = ReplayTestData.Entry(time, (ulong)step) with { Sender = Sender(random.Below(partitions - 1)) };
                var expected = quiet.CheckAndInsert(entry, 0);
                pinned += common.CheckAndInsert(entry, 0) != ReplayVerdict.Accepted && expected == ReplayVerdict.Accepted ? 1 : 0;
                refusedOthers += expected == ReplayVerdict.Accepted ? 0 : 1;
                if (flooded.CheckAndInsert(entry, 0) != expected)
                {
                    Assert.Fail($"seed {seed}, history {history}, step {step}: another verdict than {expected}");
                }
            }
        }

        Assert.True(refusedOthers > 1000 && refusedFlood > 1000 && pinned > 10_000, $"{refusedOthers}, {refusedFlood}, {pinned}");
    }

    [Fact]
    public void With_more_senders_than_partitions_a_flood_is_felt_in_one_partition_only()
    {
        var cache = new PerSenderReplayCache(Settings(80, 8), new SeededRandomSource(3));
        for (var sender = 0; sender < 200; sender++)
        {
            cache.CheckAndInsert(ReplayTestData.Entry((ulong)sender, 0) with { Sender = Sender(sender) }, 0);
        }

        var floodedPartition = cache.PartitionOf("flood")!.Value;
        for (var i = 0; i < 100; i++)
        {
            cache.CheckAndInsert(ReplayTestData.Entry((1UL << 60) + (ulong)i, 0) with { Sender = "flood" }, 0);
        }

        for (var sender = 0; sender < 200; sender++)
        {
            var verdict = cache.Peek(ReplayTestData.Entry(1000, 0) with { Sender = Sender(sender) }, 0);
            Assert.Equal((sender, cache.PartitionOf(Sender(sender)) != floodedPartition), (sender, verdict == ReplayVerdict.Accepted));
        }
    }

    [Fact]
    public void Senders_without_a_partition_of_their_own_spread_evenly_and_differently_at_every_phone()
    {
        const int partitions = 16;
        int[] Numbers(ulong seed)
        {
            var cache = new PerSenderReplayCache(Settings(partitions, partitions), new SeededRandomSource(seed));
            for (var owner = 0; owner < partitions; owner++)
            {
                Assert.Null(cache.PartitionOf(Sender(owner)));
                Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(1, 1) with { Sender = Sender(owner) }, 0));
                Assert.Equal(owner, cache.PartitionOf(Sender(owner)));
            }

            return [.. Enumerable.Range(1000, 8000).Select(sender => cache.PartitionOf(Sender(sender))!.Value)];
        }

        var (one, other) = (Numbers(1), Numbers(2));
        Assert.Equal(one, Numbers(1));

        // 500 expected in each, standard deviation 22; and a sixteenth of the senders alike by chance.
        Assert.All(one.CountBy(static number => number), number => Assert.InRange(number.Value, 380, 620));
        Assert.InRange(one.Zip(other).Count(static pair => pair.First == pair.Second), 380, 620);
    }

    [Fact]
    public void Looking_up_and_being_refused_take_no_partition()
    {
        var cache = new PerSenderReplayCache(Settings(4, 2) with { FutureBound = TimeSpan.FromSeconds(1) }, new SeededRandomSource(1));
        cache.RaiseFloor(10);
        var bytes = cache.MemoryBytes;
        for (var sender = 0; sender < 5; sender++)
        {
            var entry = ReplayTestData.Entry(11, 1) with { Sender = Sender(sender) };
            Assert.Equal(ReplayVerdict.Accepted, cache.Peek(entry, 0));
            Assert.Equal(ReplayVerdict.Stale, cache.CheckAndInsert(entry with { OrderKey = 10 }, 0));
            Assert.Equal(ReplayVerdict.Future, cache.CheckAndInsert(entry with { OrderKey = 2UL << 32 }, 0));
        }

        Assert.Equal((0, 0, bytes), (cache.Owners, cache.Count, cache.MemoryBytes));
    }

    [Fact]
    public void Entries_left_over_go_to_the_first_partitions_and_growth_lets_nothing_deleted_in_again()
    {
        var cache = new PerSenderReplayCache(Settings(8, 3), new SeededRandomSource(1));
        int[] Held() => [.. Enumerable.Range(0, 3).Select(sender => Enumerable.Range(0, 30).Count(i => Peek(sender, i) == ReplayVerdict.Duplicate))];
        ReplayVerdict Peek(int sender, int time) => cache.Peek(ReplayTestData.Entry((ulong)time, 1) with { Sender = Sender(sender) }, 0);
        for (var i = 10; i < 20; i++)
        {
            for (var sender = 0; sender < 3; sender++)
            {
                Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry((ulong)i, 1) with { Sender = Sender(sender) }, 0));
            }
        }

        Assert.Equal((8, 22L), (cache.Count, cache.EvictedCount));
        Assert.Equal([3, 3, 2], Held());
        cache.Resize(4);
        Assert.Equal([2, 1, 1], Held());
        cache.Resize(300);
        Assert.Equal([2, 1, 1], Held());
        Assert.All(Enumerable.Range(0, 3), sender => Assert.All(Enumerable.Range(0, 20), i => Assert.NotEqual(ReplayVerdict.Accepted, Peek(sender, i))));
        Assert.Equal(ReplayVerdict.Accepted, Peek(0, 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Resize(2));
    }

    [Fact]
    public void A_raised_floor_holds_for_known_and_unknown_senders()
    {
        foreach (var timestampBytes in (int[])[8, 4])
        {
            var cache = new PerSenderReplayCache(Settings(8, 4) with { TimestampBytes = timestampBytes }, new SeededRandomSource(1));
            Assert.Null(cache.NewestSeen);
            cache.CheckAndInsert(ReplayTestData.Entry(5UL << 32, 1) with { Sender = "known" }, 0);
            Assert.Equal(5UL << 32, cache.NewestSeen);
            cache.RaiseFloor(7UL << 32);
            cache.RaiseFloor(6UL << 32);
            foreach (var sender in (string[])["known", "unknown"])
            {
                Assert.Equal(ReplayVerdict.Stale, cache.CheckAndInsert(ReplayTestData.Entry(7UL << 32, 2) with { Sender = sender }, 0));
                Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(8UL << 32, 2) with { Sender = sender }, 0));
            }

            Assert.Equal(8UL << 32, cache.NewestSeen);
        }
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(-1, 10)]
    [InlineData(11, 10)]
    [InlineData(65_537, 100_000)]
    public void Settings_out_of_range_are_a_programming_error(int partitions, int capacity)
    {
        Assert.Throws<ArgumentException>(() => ReplayCaches.Create(Settings(capacity, partitions), new SeededRandomSource(1)));

        // Other policies do not look at the partitions.
        Assert.Equal(
            capacity, ReplayCaches.Create(Settings(capacity, partitions) with { Policy = ReplayPolicy.Modified }, new SeededRandomSource(1)).CapacityEntries);
    }

    [Fact]
    public void A_message_without_a_sender_is_a_programming_error()
    {
        var cache = ReplayCaches.Create(Settings(4, 4), new SeededRandomSource(1));
        Assert.Throws<ArgumentException>(() => cache.Peek(ReplayTestData.Entry(1, 1), 0));
        Assert.Throws<ArgumentException>(() => cache.CheckAndInsert(ReplayTestData.Entry(1, 1), 0));
    }

    [Fact]
    public void The_most_partitions_and_the_longest_identities_work()
    {
        const int most = ReplayCacheSettings.MaxSenderPartitions;
        var cache = new PerSenderReplayCache(Settings(most, most), new SeededRandomSource(1));
        for (var sender = 0; sender < most; sender++)
        {
            cache.CheckAndInsert(ReplayTestData.Entry(1, 1) with { Sender = Sender(sender) }, 0);
        }

        Assert.Equal((most, most), (cache.Owners, cache.Count));
        Assert.All(Enumerable.Range(0, most), sender => Assert.Equal(sender, cache.PartitionOf(Sender(sender))));
        var longest = new string('ä', 65_000);
        Assert.InRange(cache.PartitionOf(longest)!.Value, 0, most - 1);
        Assert.NotEqual(cache.PartitionOf(longest), cache.PartitionOf(longest + "b"));
    }

    internal static ReplayCacheSettings Settings(int capacity, int partitions) =>
        new() { Policy = ReplayPolicy.PerSender, CapacityEntries = capacity, SenderPartitions = partitions };

    internal static string Sender(int number) => $"sip:ue{number:000000}@ims.example";

    internal static PerSenderReplayCache Restored(PerSenderReplayCache cache, ReplayCacheSettings settings)
    {
        Assert.True(PerSenderReplayCache.TryReadSnapshot(ReplayTestData.Snapshot(cache), settings, out var restored));
        return restored;
    }

    private static ulong Time(SeededRandomSource random, int range) => ((ulong)random.Below(range) << 32) + (ulong)random.Below(2);

    private static bool IsSame(PerSenderModel model, PerSenderReplayCache cache, int capacity, int timestampBytes) =>
        model.Count == cache.Count && capacity == cache.CapacityEntries && model.Evicted == cache.EvictedCount && model.Owners == cache.Owners
        && model.NewestSeen == (timestampBytes == 8 ? cache.NewestSeen : cache.NewestSeen >> 32)
        && Enumerable.Range(0, 8).All(sender => model.PartitionOf(Sender(sender)) is not { } number || number == cache.PartitionOf(Sender(sender)));
}
