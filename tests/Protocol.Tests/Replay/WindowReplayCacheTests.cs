using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class WindowReplayCacheTests
{
    private static readonly SeededRandomSource Unused = new(0);

    [Fact]
    public void Random_histories_agree_with_a_list_of_the_window_rule()
    {
        const ulong seed = 9;
        var random = new SeededRandomSource(seed);
        var seen = new int[5];
        for (var history = 0; history < 10_000; history++)
        {
            var timestampBytes = history % 2 == 0 ? 8 : 4;
            var capacity = random.Below(6);
            var bound = history % 3 == 0 ? TimeSpan.FromSeconds(2) : (TimeSpan?)null;
            var cache = new WindowReplayCache(new ReplayCacheSettings
            {
                CapacityEntries = capacity,
                TimestampBytes = timestampBytes,
                Window = TimeSpan.FromSeconds(4),
                FutureBound = bound,
            });
            var model = new Model(capacity, timestampBytes, 4UL << 32, bound is null ? ulong.MaxValue : 2UL << 32);
            var now = 1000UL << 32;
            for (var step = 0; step < 30; step++)
            {
                // The clock mostly advances, and is set back now and then.
                now = random.Below(8) == 0 ? now - (2UL << 32) : now + ((ulong)random.Below(3) << 31);
                var entry = ReplayTestData.Entry(now + ((ulong)random.Below(18) << 31) - (5UL << 32), (ulong)random.Below(3));
                var peeked = cache.Peek(entry, now);
                var expected = model.Offer(entry, now);
                var actual = cache.CheckAndInsert(entry, now);
                if (peeked != expected || actual != expected || model.Count != cache.Count)
                {
                    Assert.Fail($"seed {seed}, history {history}, step {step}: {peeked}, {actual}, {cache.Count} instead of {expected}, {model.Count}");
                }

                seen[(int)expected]++;
            }
        }

        Assert.Equal(0, seen[(int)ReplayVerdict.Tie]);
        ReplayVerdict[] others = [ReplayVerdict.Accepted, ReplayVerdict.Duplicate, ReplayVerdict.Stale, ReplayVerdict.Future];
        Assert.All(others, verdict => Assert.True(seen[(int)verdict] > 1000, verdict.ToString()));
    }

    [Fact]
    public void A_message_of_last_week_is_refused_here_and_accepted_by_the_modified_rule()
    {
        var now = NtpTimestamp.FromUtc(new DateTimeOffset(2024, 5, 17, 9, 30, 15, TimeSpan.Zero));
        var lastWeek = NtpTimestamp.FromUtc(now.ToUtc().AddDays(-7));
        var entry = new ReplayEntry(lastWeek.OrderKey, ReplayTestData.Digest(1));
        Assert.Equal(ReplayVerdict.Stale, ReplayCaches.Create(new ReplayCacheSettings { Policy = ReplayPolicy.Window }, Unused).CheckAndInsert(entry, now.OrderKey));
        Assert.Equal(ReplayVerdict.Accepted, ReplayCaches.Create(new ReplayCacheSettings(), Unused).CheckAndInsert(entry, now.OrderKey));
    }

    [Fact]
    public void Without_protection_everything_is_accepted_again_and_again()
    {
        var cache = ReplayCaches.Create(new ReplayCacheSettings { Policy = ReplayPolicy.None }, Unused);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ReplayVerdict.Accepted, cache.Peek(ReplayTestData.Entry(1, 1), 0));
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(1, 1), 0));
        }

        Assert.Equal((0, 0L), (cache.Count, cache.EvictedCount));
    }

    [Theory]
    [InlineData(-1, 8, 1)]
    [InlineData(1, 5, 1)]
    [InlineData(1, 8, -1)]
    public void Settings_out_of_range_are_a_programming_error(int capacity, int timestampBytes, int seconds)
    {
        var settings = new ReplayCacheSettings { CapacityEntries = capacity, TimestampBytes = timestampBytes, Window = TimeSpan.FromSeconds(seconds) };
        Assert.Throws<ArgumentException>(() => ReplayCaches.Create(settings, Unused));
        Assert.Throws<ArgumentException>(() => ReplayCaches.Create(settings with { Policy = ReplayPolicy.Window }, Unused));
        Assert.Throws<ArgumentException>(() => ReplayCaches.Create(new ReplayCacheSettings { Policy = (ReplayPolicy)9 }, Unused));
    }

    private sealed class Model(int capacity, int timestampBytes, ulong window, ulong futureBound)
    {
        private readonly SortedSet<(ulong Key, ReplayDigest Digest)> _held = [];
        private ulong? _floor;

        public int Count => _held.Count;

        public ReplayVerdict Offer(ReplayEntry entry, ulong now)
        {
            var item = (Key: Reduce(entry.OrderKey), entry.Digest);
            var start = Reduce(now - window);
            while (_held.Count > 0 && _held.Min.Key < start)
            {
                _floor = _held.Min.Key;
                _held.Remove(_held.Min);
            }

            if (capacity == 0 || item.Key < start || item.Key <= _floor)
            {
                return ReplayVerdict.Stale;
            }

            if (_held.Contains(item))
            {
                return ReplayVerdict.Duplicate;
            }

            if (_held.Count == capacity)
            {
                return ReplayVerdict.Stale;
            }

            if (futureBound != ulong.MaxValue && entry.OrderKey > now + futureBound)
            {
                return ReplayVerdict.Future;
            }

            _held.Add(item);
            return ReplayVerdict.Accepted;
        }

        private ulong Reduce(ulong key) => timestampBytes == 8 ? key : key >> 32;
    }
}
