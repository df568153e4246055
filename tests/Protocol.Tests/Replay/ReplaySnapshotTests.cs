using System.Buffers.Binary;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class ReplaySnapshotTests
{
    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 5)]
    [InlineData(8, 2000)]
    [InlineData(4, 1)]
    [InlineData(4, 2000)]
    public void A_restored_cache_has_the_same_snapshot_and_goes_on_alike(int timestampBytes, int count)
    {
        var random = new SeededRandomSource(7);
        var settings = new ReplayCacheSettings { CapacityEntries = 1500, TimestampBytes = timestampBytes };
        var cache = new ModifiedReplayCache(settings);
        for (var i = 0; i < count; i++)
        {
            cache.CheckAndInsert(new ReplayEntry((ulong)random.Below(5000) << 32, ReplayTestData.RandomDigest(random)), 0);
        }

        var snapshot = ReplayTestData.Snapshot(cache);
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out var restored));
        Assert.Equal(snapshot, ReplayTestData.Snapshot(restored));
        for (var i = 0; i < 3000; i++)
        {
            var entry = new ReplayEntry((ulong)random.Below(9000) << 32, ReplayTestData.RandomDigest(random));
            Assert.Equal(cache.CheckAndInsert(entry, 0), restored.CheckAndInsert(entry, 0));
        }

        Assert.Equal(ReplayTestData.Snapshot(cache), ReplayTestData.Snapshot(restored));
    }

    [Fact]
    public void Every_altered_byte_and_every_cut_is_detected()
    {
        var settings = new ReplayCacheSettings { CapacityEntries = 4 };
        var snapshot = ReplayTestData.Snapshot(Filled(settings, 6));
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out _));
        for (var i = 0; i < snapshot.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var altered = snapshot.ToArray();
                altered[i] ^= (byte)(1 << bit);
                Assert.False(ModifiedReplayCache.TryReadSnapshot(altered, settings, out var none), $"byte {i}, bit {bit}");
                Assert.Null(none);
            }

            Assert.False(ModifiedReplayCache.TryReadSnapshot(snapshot.AsSpan(0, i), settings, out _));
        }

        Assert.False(ModifiedReplayCache.TryReadSnapshot([.. snapshot, 0], settings, out _));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(7, 1)]
    [InlineData(11, 3)]
    [InlineData(8, 0xFF)]
    [InlineData(19, 0xFF)]
    [InlineData(39, 0xFF)]
    public void Inconsistent_contents_are_refused_even_with_a_right_checksum(int at, byte value)
    {
        var settings = new ReplayCacheSettings { CapacityEntries = 4 };
        var snapshot = ReplayTestData.Snapshot(Filled(settings, 6));
        snapshot[at] = value;
        ReplayTestData.Sign(snapshot);
        Assert.False(ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out _));
    }

    [Fact]
    public void The_header_has_the_documented_layout()
    {
        var snapshot = ReplayTestData.Snapshot(Filled(new ReplayCacheSettings { CapacityEntries = 4 }, 6));
        Assert.Equal(32 + (4 * 28) + 16, snapshot.Length);
        Assert.Equal([1, 8, 1, 0], snapshot[..4]);
        Assert.Equal(4, BinaryPrimitives.ReadInt32BigEndian(snapshot.AsSpan(4)));
        Assert.Equal(4, BinaryPrimitives.ReadInt32BigEndian(snapshot.AsSpan(8)));
        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64BigEndian(snapshot.AsSpan(12)));
        Assert.Equal(2L, BinaryPrimitives.ReadInt64BigEndian(snapshot.AsSpan(20)));
        Assert.Throws<ArgumentException>(() => Filled(new ReplayCacheSettings(), 1).WriteSnapshot(new byte[75]));
    }

    [Fact]
    public void Restoring_with_another_capacity_is_a_resize()
    {
        var snapshot = ReplayTestData.Snapshot(Filled(new ReplayCacheSettings { CapacityEntries = 4 }, 6));
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, new ReplayCacheSettings { CapacityEntries = 10 }, out var larger));
        Assert.Equal((4, 10, 1UL), (larger.Count, larger.CapacityEntries, larger.Floor));
        Assert.Equal(ReplayVerdict.Stale, larger.CheckAndInsert(ReplayTestData.Entry(1, 1), 0));
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, new ReplayCacheSettings { CapacityEntries = 1 }, out var smaller));
        Assert.Equal((1, 1, 4UL, 5UL), (smaller.Count, smaller.CapacityEntries, smaller.Floor, smaller.Oldest));
    }

    [Fact]
    public void A_phone_that_lost_its_entries_can_refuse_all_it_might_have_accepted()
    {
        var cache = ReplayTestData.Cache(10);
        cache.RaiseFloor(100);
        Assert.Equal(ReplayVerdict.Stale, cache.CheckAndInsert(ReplayTestData.Entry(100, 1), 0));
        Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(101, 1), 0));
        cache.RaiseFloor(50);
        Assert.Equal(100UL, cache.Floor);
    }

    private static ModifiedReplayCache Filled(ReplayCacheSettings settings, int count)
    {
        var cache = new ModifiedReplayCache(settings);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry((ulong)i, (ulong)i), 0));
        }

        return cache;
    }
}
