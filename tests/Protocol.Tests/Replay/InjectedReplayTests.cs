using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

public sealed class InjectedReplayTests
{
    private const int Histories = 200;
    private const int ReplaysPerHistory = 50_000;
    private const int Senders = 40;

    [Theory]
    [InlineData(ReplayPolicy.Modified)]
    [InlineData(ReplayPolicy.PerSender)]
    public void Of_ten_million_replays_none_is_accepted_through_restarts_growth_shrinking_and_ties(ReplayPolicy policy)
    {
        const ulong seed = 31;
        var random = new SeededRandomSource(seed);
        var accepted = new List<ReplayEntry>();
        var senders = Enumerable.Range(0, Senders).Select(PerSenderReplayCacheTests.Sender).ToArray();
        var (injected, recognised, outsiders) = (0L, 0L, 0L);
        var torn = 0;
        for (var history = 0; history < Histories; history++)
        {
            accepted.Clear();

            // From one partition for all to one for each.
            var partitions = 1 + random.Below(Senders + 20);
            var least = policy == ReplayPolicy.PerSender ? partitions : 0;
            var settings = new ReplayCacheSettings
            {
                Policy = policy,
                CapacityEntries = Math.Max(1, least) + random.Below(400),
                TimestampBytes = history % 2 == 0 ? 8 : 4,
                SenderPartitions = partitions,
            };
            var cache = ReplayCaches.Create(settings, random);
            var time = 0UL;
            var ties = 1 + random.Below(4);
            for (var replay = 0; replay < ReplaysPerHistory; replay++)
            {
                if (replay % 4 == 0)
                {
                    // A new message: mostly in order, some tied, some late; a few senders write most.
                    time += random.Below(ties) == 0 ? 1UL << 32 : 0;
                    var late = (ulong)(random.Below(10) == 0 ? random.Below(600) : 0) << 32;
                    var sender = senders[random.Below(1 + random.Below(Senders))];
                    var entry = ReplayTestData.Entry(time > late ? time - late : 0, (ulong)replay) with { Sender = sender };
                    if (cache.CheckAndInsert(entry, 0) == ReplayVerdict.Accepted)
                    {
                        accepted.Add(entry);
                        outsiders += cache is PerSenderReplayCache { Owners: var owners } && owners == partitions ? 1 : 0;
                    }
                }

                if (random.Below(500) == 0)
                {
                    Resize(cache, least + random.Below(500));
                }

                if (random.Below(2000) == 0)
                {
                    cache = Restart(cache, settings with { CapacityEntries = cache.CapacityEntries }, random, ref torn);
                }

                // Half of them recent ones, which are still held or were just deleted.
                var back = random.Below(2) == 0 ? random.Below(Math.Min(accepted.Count, 600)) : random.Below(accepted.Count);
                var verdict = cache.CheckAndInsert(accepted[accepted.Count - 1 - back], 0);
                injected++;
                if (verdict == ReplayVerdict.Accepted)
                {
                    Assert.Fail($"seed {seed}, history {history}: replay {replay} was accepted");
                }

                recognised += verdict == ReplayVerdict.Duplicate ? 1 : 0;
            }
        }

        Assert.Equal(10_000_000, injected);
        Assert.True(recognised > 1_000_000 && torn > 1000, $"{recognised} duplicates, {torn} torn snapshots");
        Assert.True(policy == ReplayPolicy.Modified || outsiders > 100_000, "caches whose partitions are all taken occur often");
    }

    private static void Resize(IReplayCache cache, int capacity)
    {
        if (cache is PerSenderReplayCache perSender)
        {
            perSender.Resize(capacity);
        }
        else
        {
            ((ModifiedReplayCache)cache).Resize(capacity);
        }
    }

    /// <summary>A snapshot cut off or altered anywhere is refused; the whole one is taken.</summary>
    private static IReplayCache Restart(IReplayCache cache, ReplayCacheSettings settings, SeededRandomSource random, ref int torn)
    {
        var snapshot = cache is PerSenderReplayCache perSender ? ReplayTestData.Snapshot(perSender) : ReplayTestData.Snapshot((ModifiedReplayCache)cache);
        Assert.Null(Read(snapshot.AsSpan(0, random.Below(snapshot.Length)), settings));
        var altered = snapshot.ToArray();
        altered[random.Below(altered.Length)] ^= (byte)(1 + random.Below(255));
        Assert.Null(Read(altered, settings));
        torn += 2;
        return Read(snapshot, settings) ?? throw new InvalidOperationException("The whole snapshot was refused.");
    }

    private static IReplayCache? Read(ReadOnlySpan<byte> snapshot, ReplayCacheSettings settings)
    {
        if (settings.Policy == ReplayPolicy.PerSender)
        {
            PerSenderReplayCache.TryReadSnapshot(snapshot, settings, out var perSender);
            return perSender;
        }

        ModifiedReplayCache.TryReadSnapshot(snapshot, settings, out var modified);
        return modified;
    }
}
