using System.Buffers.Binary;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class PerSenderSnapshotTests
{
    private const int HeaderBytes = 36;

    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 3)]
    [InlineData(8, 3000)]
    [InlineData(4, 3000)]
    public void A_restored_cache_has_the_same_snapshot_and_goes_on_alike(int timestampBytes, int count)
    {
        var random = new SeededRandomSource(7);
        var settings = PerSenderReplayCacheTests.Settings(1500, 20) with { TimestampBytes = timestampBytes };
        var cache = new PerSenderReplayCache(settings, random);
        for (var i = 0; i < count; i++)
        {
            cache.CheckAndInsert(Random(random, 5000), 0);
        }

        var snapshot = ReplayTestData.Snapshot(cache);
        var restored = PerSenderReplayCacheTests.Restored(cache, settings);
        Assert.Equal(snapshot, ReplayTestData.Snapshot(restored));
        for (var i = 0; i < 4000; i++)
        {
            var entry = Random(random, 9000);
            Assert.Equal(cache.PartitionOf(entry.Sender!), restored.PartitionOf(entry.Sender!));
            Assert.Equal(cache.CheckAndInsert(entry, 0), restored.CheckAndInsert(entry, 0));
        }

        Assert.Equal(ReplayTestData.Snapshot(cache), ReplayTestData.Snapshot(restored));
    }

    [Fact]
    public void Every_altered_bit_and_every_cut_is_detected()
    {
        var settings = PerSenderReplayCacheTests.Settings(5, 3);
        var snapshot = ReplayTestData.Snapshot(Filled(settings));
        Assert.True(PerSenderReplayCache.TryReadSnapshot(snapshot, settings, out _));
        for (var i = 0; i < snapshot.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var altered = snapshot.ToArray();
                altered[i] ^= (byte)(1 << bit);
                Assert.False(PerSenderReplayCache.TryReadSnapshot(altered, settings, out var none), $"byte {i}, bit {bit}");
                Assert.Null(none);
            }

            Assert.False(PerSenderReplayCache.TryReadSnapshot(snapshot.AsSpan(0, i), settings, out _));
        }

        Assert.False(PerSenderReplayCache.TryReadSnapshot([.. snapshot, 0], settings, out _));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(7, 2)]
    [InlineData(7, 4)]
    [InlineData(8, 0xFF)]
    [InlineData(11, 1)]
    [InlineData(11, 4)]
    [InlineData(HeaderBytes + 24, 0xFF)]
    [InlineData(HeaderBytes + 24, 1)]
    [InlineData(HeaderBytes + 27, 1)]
    [InlineData(HeaderBytes + 24 + 4, 2)]
    public void Inconsistent_contents_are_refused_even_with_a_right_checksum(int at, byte value)
    {
        var settings = PerSenderReplayCacheTests.Settings(5, 3);
        var snapshot = ReplayTestData.Snapshot(Filled(settings));
        snapshot[at] = value;
        ReplayTestData.Sign(snapshot);
        Assert.False(PerSenderReplayCache.TryReadSnapshot(snapshot, settings, out _));
    }

    [Fact]
    public void An_owner_that_stands_there_twice_and_a_rest_behind_the_last_partition_are_refused()
    {
        var settings = PerSenderReplayCacheTests.Settings(5, 3);
        var snapshot = ReplayTestData.Snapshot(Filled(settings));
        var twice = snapshot.ToArray();
        twice.AsSpan(HeaderBytes, 8).CopyTo(twice.AsSpan(HeaderBytes + 8));
        ReplayTestData.Sign(twice);
        Assert.False(PerSenderReplayCache.TryReadSnapshot(twice, settings, out _));
        byte[] longer = [.. snapshot.AsSpan(0, snapshot.Length - 16), 0, .. new byte[16]];
        ReplayTestData.Sign(longer);
        Assert.False(PerSenderReplayCache.TryReadSnapshot(longer, settings, out _));
    }

    [Fact]
    public void A_snapshot_of_the_other_policy_or_of_another_number_of_partitions_is_refused()
    {
        var settings = PerSenderReplayCacheTests.Settings(8, 3);
        var snapshot = ReplayTestData.Snapshot(Filled(settings));
        Assert.False(ModifiedReplayCache.TryReadSnapshot(snapshot, new ReplayCacheSettings { CapacityEntries = 8 }, out _));
        Assert.False(PerSenderReplayCache.TryReadSnapshot(ReplayTestData.Snapshot(ReplayTestData.Cache(8)), settings, out _));
        Assert.False(PerSenderReplayCache.TryReadSnapshot(snapshot, settings with { SenderPartitions = 4 }, out _));
        Assert.False(PerSenderReplayCache.TryReadSnapshot(snapshot, settings with { TimestampBytes = 4 }, out _));
    }

    [Fact]
    public void The_header_has_the_documented_layout()
    {
        var cache = Filled(PerSenderReplayCacheTests.Settings(5, 3));
        cache.RaiseFloor(9);
        var snapshot = ReplayTestData.Snapshot(cache);
        Assert.Equal([2, 8, 1, 0], snapshot[..4]);
        Assert.Equal((3, 3), (BinaryPrimitives.ReadInt32BigEndian(snapshot.AsSpan(4)), BinaryPrimitives.ReadInt32BigEndian(snapshot.AsSpan(8))));
        Assert.Equal(9UL, BinaryPrimitives.ReadUInt64BigEndian(snapshot.AsSpan(12)));

        // The key, as drawn; three owners; then each partition behind its length: two entries, two, one.
        var random = new SeededRandomSource(5);
        Assert.Equal(random.NextUInt64(), BinaryPrimitives.ReadUInt64BigEndian(snapshot.AsSpan(20)));
        Assert.Equal(random.NextUInt64(), BinaryPrimitives.ReadUInt64BigEndian(snapshot.AsSpan(28)));
        var at = HeaderBytes + (3 * 8);
        foreach (var entries in (int[])[2, 2, 1])
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(snapshot.AsSpan(at));
            Assert.Equal(48 + (entries * 28), length);
            Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot.AsSpan(at + 4, length), new ReplayCacheSettings { CapacityEntries = entries }, out _));
            at += 4 + length;
        }

        Assert.Equal(snapshot.Length - 16, at);
        Assert.Throws<ArgumentException>(() => cache.WriteSnapshot(new byte[snapshot.Length - 1]));
    }

    [Fact]
    public void Restoring_with_another_capacity_is_a_resize_of_every_partition()
    {
        var cache = Filled(PerSenderReplayCacheTests.Settings(6, 3));
        var larger = PerSenderReplayCacheTests.Restored(cache, PerSenderReplayCacheTests.Settings(90, 3));
        Assert.Equal((6, 90), (larger.Count, larger.CapacityEntries));
        var smaller = PerSenderReplayCacheTests.Restored(cache, PerSenderReplayCacheTests.Settings(3, 3));
        Assert.Equal((3, 3), (smaller.Count, smaller.CapacityEntries));
        for (var sender = 0; sender < 3; sender++)
        {
            // Up to 17 everything was accepted: none of it gets in again, whether it is held or was deleted then or now.
            for (var time = 0UL; time <= 18; time++)
            {
                var entry = ReplayTestData.Entry(time, 1) with { Sender = PerSenderReplayCacheTests.Sender(sender) };
                var isNew = time == 18 || (int)time % 3 != sender;
                Assert.True(isNew || larger.Peek(entry, 0) != ReplayVerdict.Accepted, $"sender {sender}, time {time}");
                Assert.True(isNew || smaller.Peek(entry, 0) != ReplayVerdict.Accepted, $"sender {sender}, time {time}");
                Assert.True(time < 18 || larger.Peek(entry, 0) == ReplayVerdict.Accepted, $"sender {sender}");
                Assert.True(time < 18 || smaller.Peek(entry, 0) == ReplayVerdict.Accepted, $"sender {sender}");
            }
        }
    }

    private static ReplayEntry Random(SeededRandomSource random, int range) =>
        new((ulong)random.Below(range) << 32, ReplayTestData.RandomDigest(random)) { Sender = PerSenderReplayCacheTests.Sender(random.Below(40)) };

    /// <summary>Three senders, each with more messages than its share, of which the oldest are deleted.</summary>
    private static PerSenderReplayCache Filled(ReplayCacheSettings settings)
    {
        var cache = new PerSenderReplayCache(settings, new SeededRandomSource(5));
        for (var i = 0; i < 18; i++)
        {
            var entry = ReplayTestData.Entry((ulong)i, 1) with { Sender = PerSenderReplayCacheTests.Sender(i % 3) };
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(entry, 0));
        }

        return cache;
    }
}
