using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class ReplayMemoryTests
{
    private const int FullCapacity = 41_666;

    [Fact]
    public void A_phone_that_has_received_nothing_pays_less_than_100_bytes()
    {
        var cache = ReplayTestData.Cache(FullCapacity);
        Assert.InRange(cache.MemoryBytes, 1, 99);
        cache.Peek(ReplayTestData.Entry(1, 1), 0);
        Assert.InRange(cache.MemoryBytes, 1, 99);
        Assert.Equal(0, NoReplayCache.Instance.MemoryBytes);
        Assert.InRange(new WindowReplayCache(new ReplayCacheSettings()).MemoryBytes, 1, 99);
    }

    [Fact]
    public void A_phone_that_keeps_senders_apart_and_has_received_nothing_pays_less_than_100_bytes_too()
    {
        var settings = PerSenderReplayCacheTests.Settings(FullCapacity, 64);
        var random = new SeededRandomSource(1);
        new PerSenderReplayCache(settings, random).Peek(FromSender(0), 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var cache = new PerSenderReplayCache(settings, random);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(allocated, cache.MemoryBytes);
        Assert.InRange(allocated, 1, 99);
        cache.Peek(FromSender(0), 0);
        Assert.InRange(cache.MemoryBytes, 1, 99);
    }

    [Theory]
    [InlineData(64, 1, 700)]
    [InlineData(64, 64, 400)]
    [InlineData(64, 1000, 400)]
    [InlineData(ReplayCacheSettings.MaxSenderPartitions, 2000, 400)]
    public void Senders_cost_a_few_hundred_bytes_each_until_all_partitions_are_taken(int partitions, int senders, int most)
    {
        var cache = new PerSenderReplayCache(PerSenderReplayCacheTests.Settings(100_000, partitions), new SeededRandomSource(1));
        for (var sender = 0; sender < senders; sender++)
        {
            cache.CheckAndInsert(FromSender(sender), 0);
        }

        Assert.InRange(cache.MemoryBytes / Math.Min(senders, partitions), 100, most);
    }

    [Fact]
    public void A_full_cache_with_a_partition_for_each_sender_costs_close_to_its_entries()
    {
        var cache = new PerSenderReplayCache(PerSenderReplayCacheTests.Settings(FullCapacity, 64), new SeededRandomSource(1));
        for (var i = 0UL; i < 3 * FullCapacity; i++)
        {
            cache.CheckAndInsert(ReplayTestData.Entry(i << 32, i) with { Sender = PerSenderReplayCacheTests.Sender((int)(i % 64)) }, 0);
        }

        Assert.Equal(FullCapacity, cache.Count);
        Assert.InRange(cache.MemoryBytes / (FullCapacity * 28.0), 1.0, 1.2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0UL; i < 5000; i++)
        {
            var entry = ReplayTestData.Entry((1UL << 60) + i, i) with { Sender = "sip:ue000001@ims.example" };
            cache.CheckAndInsert(entry, 0);
            cache.Peek(entry, 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ten_entries_in_a_large_cache_cost_little_more_than_ten_entries()
    {
        var cache = ReplayTestData.Cache(FullCapacity);
        for (var i = 0UL; i < 10; i++)
        {
            cache.CheckAndInsert(ReplayTestData.Entry(i, i), 0);
        }

        Assert.InRange(cache.MemoryBytes, 280, 640);
    }

    [Theory]
    [InlineData(8, FullCapacity, 1.02, 1.25)]
    [InlineData(4, FullCapacity, 1.02, 1.25)]
    [InlineData(8, 5000, 1.06, 1.30)]
    [InlineData(8, 1000, 1.15, 1.45)]
    [InlineData(8, 256, 1.25, 1.25)]
    public void A_full_cache_costs_close_to_its_entries(int timestampBytes, int capacity, double inOrder, double randomOrder)
    {
        var entries = capacity * (timestampBytes + 20.0);
        Assert.InRange(Filled(timestampBytes, capacity, jitter: 0).MemoryBytes / entries, 1.0, inOrder);
        Assert.InRange(Filled(timestampBytes, capacity, jitter: capacity).MemoryBytes / entries, 1.0, randomOrder);
    }

    [Fact]
    public void The_reported_memory_is_what_the_arrays_take()
    {
        var cache = Filled(8, 5000, jitter: 5000);
        var snapshot = ReplayTestData.Snapshot(cache);
        var settings = new ReplayCacheSettings { CapacityEntries = 5000 };
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out var restored);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(restored!.MemoryBytes, allocated - 64, allocated);
    }

    [Fact]
    public void Offers_in_order_to_a_full_cache_allocate_nothing()
    {
        foreach (var capacity in (int[])[1, 10, 256, 1000, FullCapacity])
        {
            var cache = Filled(8, capacity, jitter: 0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0UL; i < 5000; i++)
            {
                cache.CheckAndInsert(ReplayTestData.Entry((1UL << 60) + i, i), 0);
                cache.Peek(ReplayTestData.Entry(i, i), 0);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void No_single_offer_makes_more_than_one_chunk_and_its_index_whatever_the_order()
    {
        // Bounds the work of an offer too: what is not allocated is moved within chunks of that size.
        foreach (var arrival in Enum.GetValues<ReplayCacheModelTests.Arrival>())
        {
            var random = new SeededRandomSource(10);
            var cache = ReplayTestData.Cache(5000);
            var most = 0L;
            for (var step = 0; step < 20_000; step++)
            {
                var entry = new ReplayEntry(ReplayCacheModelTests.TimeOf(arrival, step, 5000, random) << 32, ReplayTestData.RandomDigest(random));
                var before = GC.GetAllocatedBytesForCurrentThread();
                cache.CheckAndInsert(entry, 0);
                most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.InRange(most, 1, 8000);
        }
    }

    [Fact]
    public void Shrinking_gives_the_memory_back()
    {
        var cache = Filled(8, FullCapacity, jitter: 0);
        cache.Resize(10);
        Assert.Equal(10, cache.Count);
        Assert.InRange(cache.MemoryBytes, 280, 640);
        cache.Resize(0);
        Assert.InRange(cache.MemoryBytes, 1, 99);
    }

    private static ReplayEntry FromSender(int number) => ReplayTestData.Entry(1UL << 32, 1) with { Sender = PerSenderReplayCacheTests.Sender(number) };

    private static ModifiedReplayCache Filled(int timestampBytes, int capacity, int jitter)
    {
        var random = new SeededRandomSource(8);
        var cache = ReplayTestData.Cache(capacity, timestampBytes);
        for (var i = 0; i < 3 * capacity; i++)
        {
            var time = (ulong)(i + (jitter == 0 ? 0 : random.Below(jitter))) << 32;
            cache.CheckAndInsert(new ReplayEntry(time, ReplayTestData.RandomDigest(random)), 0);
        }

        Assert.Equal(capacity, cache.Count);
        return cache;
    }
}
