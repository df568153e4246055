using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class InjectedReplayTests
{
    private const int Histories = 200;
    private const int ReplaysPerHistory = 50_000;

    [Fact]
    public void Of_ten_million_replays_none_is_accepted_through_restarts_growth_shrinking_and_ties()
    {
        const ulong seed = 31;
        var random = new SeededRandomSource(seed);
        var accepted = new List<ReplayEntry>();
        var recognised = 0L;
        var torn = 0;
        for (var history = 0; history < Histories; history++)
        {
            accepted.Clear();
            var timestampBytes = history % 2 == 0 ? 8 : 4;
            var settings = new ReplayCacheSettings { CapacityEntries = 1 + random.Below(400), TimestampBytes = timestampBytes };
            var cache = new ModifiedReplayCache(settings);
            var time = 0UL;
            var ties = 1 + random.Below(4);
            for (var replay = 0; replay < ReplaysPerHistory; replay++)
            {
                if (replay % 4 == 0)
                {
                    // A new message: mostly in order, some tied, some late.
                    time += random.Below(ties) == 0 ? 1UL << 32 : 0;
                    var late = (ulong)(random.Below(10) == 0 ? random.Below(600) : 0) << 32;
                    var entry = ReplayTestData.Entry(time > late ? time - late : 0, (ulong)replay);
                    if (cache.CheckAndInsert(entry, 0) == ReplayVerdict.Accepted)
                    {
                        accepted.Add(entry);
                    }
                }

                if (random.Below(500) == 0)
                {
                    cache.Resize(random.Below(500));
                }

                if (random.Below(2000) == 0)
                {
                    cache = Restart(cache, settings with { CapacityEntries = cache.CapacityEntries }, random, ref torn);
                }

                // Half of them recent ones, which are still held or were just deleted.
                var back = random.Below(2) == 0 ? random.Below(Math.Min(accepted.Count, 600)) : random.Below(accepted.Count);
                var verdict = cache.CheckAndInsert(accepted[accepted.Count - 1 - back], 0);
                if (verdict == ReplayVerdict.Accepted)
                {
                    Assert.Fail($"seed {seed}, history {history}: replay {replay} was accepted");
                }

                recognised += verdict == ReplayVerdict.Duplicate ? 1 : 0;
            }
        }

        Assert.True(recognised > 1_000_000 && torn > 1000, $"{recognised} duplicates, {torn} torn snapshots");
    }

    /// <summary>A snapshot cut off or altered anywhere is refused; the whole one is taken.</summary>
    private static ModifiedReplayCache Restart(ModifiedReplayCache cache, ReplayCacheSettings settings, SeededRandomSource random, ref int torn)
    {
        var snapshot = ReplayTestData.Snapshot(cache);
        Assert.False(ModifiedReplayCache.TryReadSnapshot(snapshot.AsSpan(0, random.Below(snapshot.Length)), settings, out _));
        var altered = snapshot.ToArray();
        altered[random.Below(altered.Length)] ^= (byte)(1 + random.Below(255));
        Assert.False(ModifiedReplayCache.TryReadSnapshot(altered, settings, out _));
        torn += 2;
        Assert.True(ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out var restored));
        return restored;
    }
}
