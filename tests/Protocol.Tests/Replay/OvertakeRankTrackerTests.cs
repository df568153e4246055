using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class OvertakeRankTrackerTests
{
    public enum Order
    {
        InOrder, Reversed, NearlyInOrder, Random, Tied, AlternatingEnds, Sawtooth,
    }

    public static TheoryData<Order, int> Orders => new MatrixTheoryData<Order, int>(Enum.GetValues<Order>(), [1, 7, 1000, 1 << 20]);

    [Theory]
    [MemberData(nameof(Orders))]
    public void Ranks_agree_with_a_sorted_list_for_every_order_and_bound(Order order, int maxRank)
    {
        var random = new SeededRandomSource((ulong)((int)order + maxRank));
        var tracker = new OvertakeRankTracker(maxRank);
        var model = new List<ulong>();
        for (var i = 0; i < 12_000; i++)
        {
            var key = KeyOf(order, i, random);
            var place = FirstNotBelow(model, key);
            var expected = Math.Min(model.Count - place, maxRank);
            Assert.Equal((i, expected), (i, tracker.Observe(key)));
            model.Insert(place, key);
        }

        Assert.Equal(12_000, tracker.Messages);
    }

    [Fact]
    public void Ties_cost_no_memory_and_an_empty_tracker_next_to_nothing()
    {
        Assert.InRange(new OvertakeRankTracker().MemoryBytes, 1, 128);
        var tied = new OvertakeRankTracker();
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Equal(i, tied.Observe(5));
        }

        Assert.InRange(tied.MemoryBytes, 1, 1000);
    }

    [Fact]
    public void A_bounded_tracker_keeps_its_memory()
    {
        var tracker = new OvertakeRankTracker(1000);
        for (var i = 0UL; i < 200_000; i++)
        {
            tracker.Observe(i);
        }

        Assert.InRange(tracker.MemoryBytes, 8000, 40_000);
    }

    [Fact]
    public void A_full_tracker_takes_about_its_timestamps()
    {
        var random = new SeededRandomSource(3);
        var ordered = new OvertakeRankTracker();
        var scattered = new OvertakeRankTracker();
        for (var i = 0UL; i < 300_000; i++)
        {
            ordered.Observe(i);
            scattered.Observe(random.NextUInt64());
        }

        Assert.InRange(ordered.MemoryBytes / 300_000.0, 8, 9);
        Assert.InRange(scattered.MemoryBytes / 300_000.0, 8, 16);
    }

    [Fact]
    public void Observing_in_order_allocates_nothing_but_its_chunks()
    {
        var tracker = new OvertakeRankTracker();
        tracker.Observe(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1UL; i <= 100_000; i++)
        {
            tracker.Observe(i);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 800_000, 1_200_000);
    }

    [Fact]
    public void Histograms_add_up_whatever_the_order_of_merging()
    {
        var random = new SeededRandomSource(4);
        var parts = Enumerable.Range(0, 8).Select(_ => new RankHistogram()).ToArray();
        var whole = new RankHistogram();
        for (var i = 0; i < 20_000; i++)
        {
            var rank = random.Below(5) == 0 ? random.Below(1 << 24) : random.Below(300);
            parts[random.Below(parts.Length)].Add(rank);
            whole.Add(rank);
        }

        var merged = new RankHistogram();
        foreach (var part in parts.Reverse())
        {
            merged.Merge(part);
        }

        Assert.Equal(whole.Ranks, merged.Ranks);
        Assert.Equal((whole.Total, whole.MaxRank), (merged.Total, merged.MaxRank));
        Assert.Equal(20_000, whole.Total);
    }

    private static ulong KeyOf(Order order, int i, SeededRandomSource random) => order switch
    {
        Order.InOrder => (ulong)i,
        Order.Reversed => (ulong)(20_000 - i),
        Order.NearlyInOrder => (ulong)(i + random.Below(50)),
        Order.Random => random.NextUInt64(),
        Order.Tied => (ulong)random.Below(40),
        Order.AlternatingEnds => (ulong)(i % 2 == 0 ? 20_000 - i : 20_000 + i),
        _ => (ulong)(((i % 1500) * 10) + (i / 1500)),
    };

    private static int FirstNotBelow(List<ulong> sorted, ulong key)
    {
        var place = sorted.BinarySearch(key);
        place = place < 0 ? ~place : place;
        while (place > 0 && sorted[place - 1] == key)
        {
            place--;
        }

        return place;
    }
}
