using UeFarm.Actors.Sizing;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Actors.Tests.Sizing;

public sealed class SizingRunTests
{
    [Fact]
    public void The_same_seed_gives_the_same_arrivals_and_another_seed_others()
    {
        var settings = Generated(3) with { Seed = 77 };
        var first = Arrivals(settings, out _);
        Assert.Equal(first, Arrivals(settings, out _));
        Assert.NotEqual(first, Arrivals(settings with { Seed = 78 }, out _));
        Assert.True(first.Count > 100);
    }

    [Fact]
    public void Every_message_has_one_end_nothing_is_accepted_twice_and_refusals_are_those_of_the_curve()
    {
        var refused = 0L;
        for (var seed = 1UL; seed <= 150; seed++)
        {
            var settings = Generated(seed);
            var curve = new CapacityCurve(Play(settings).Ranks);
            foreach (var capacity in (int[])[1, 2, 5, curve.MinCapacity])
            {
                var result = Play(settings with { ReplayCache = settings.ReplayCache with { CapacityEntries = capacity } });
                Assert.True(result.IsBalanced, $"seed {seed}, capacity {capacity}: {result}");
                Assert.True(result.AcceptedTwice == 0, $"seed {seed}, capacity {capacity}: accepted twice");
                Assert.Equal((seed, capacity, curve.RejectedAt(capacity)), (seed, capacity, result.Stale + result.Tied));
                refused += result.Stale + result.Tied;
            }
        }

        Assert.True(refused > 10_000, "refusals occur");
    }

    [Fact]
    public void The_recommended_capacity_loses_nothing_and_one_less_loses_a_message()
    {
        var sized = 0;
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var settings = Generated(seed) with { ReplaysPerSecond = 2 };
            var least = new CapacityCurve(Play(settings).Ranks).MinCapacity;
            Assert.Equal((seed, 0L), (seed, RefusedWith(settings, least)));
            if (least > 1)
            {
                Assert.NotEqual((seed, 0L), (seed, RefusedWith(settings, least - 1)));
                sized++;
            }
        }

        Assert.True(sized > 20, "caches of more than one entry are needed");
    }

    [Fact]
    public void One_entry_is_enough_for_what_is_delivered_in_order()
    {
        var settings = Outage() with { Mailbox = new MailboxSettings() };
        var result = Play(settings);
        Assert.Equal(0, result.Ranks.MaxRank);
        Assert.Equal(result.Due, result.Accepted + result.NotSent);
        Assert.True(result.Accepted > 1000);
    }

    [Fact]
    public void Live_messages_that_bypass_a_drain_are_what_a_cache_must_hold()
    {
        // Stored messages wait ten minutes; meanwhile ten messages a second come for ten phones: 600 each.
        var settings = Outage() with { Mailbox = new MailboxSettings { LiveBypassesDrain = true, DrainDelay = TimeSpan.FromMinutes(10) } };
        Assert.InRange(new CapacityCurve(Play(settings).Ranks).MinCapacity, 500, 720);
    }

    [Fact]
    public void Two_servers_need_what_one_stream_is_ahead_of_the_other()
    {
        var even = new CapacityCurve(Play(Outage() with { Servers = 2 }).Ranks).MinCapacity;
        var uneven = new CapacityCurve(Play(Outage() with { Servers = 2, FirstShare = 0.9 }).Ranks).MinCapacity;
        Assert.True(even > 10 && uneven > even, $"{even}, {uneven}");
    }

    [Fact]
    public void A_full_mailbox_refuses_and_old_messages_expire()
    {
        var full = Play(Outage() with { Mailbox = new MailboxSettings { MaxMessages = 100 } });
        Assert.True(full.RefusedByServer > 100 && full.IsBalanced, full.ToString());
        var expired = Play(Outage() with { Mailbox = new MailboxSettings { Expiry = TimeSpan.FromMinutes(5) } });
        Assert.True(expired.Expired > 100 && expired.IsBalanced, expired.ToString());
    }

    [Fact]
    public void A_limit_of_the_drain_makes_bypassing_cost_more_and_loses_nothing()
    {
        var bypassing = new MailboxSettings { LiveBypassesDrain = true };
        var free = Play(Outage() with { Mailbox = bypassing });
        foreach (var limited in new[]
        {
            Outage() with { Mailbox = bypassing with { NeedsTurns = true }, DrainRate = 20 },
            Outage() with { Mailbox = bypassing with { DrainInterval = TimeSpan.FromSeconds(0.5) } },
        })
        {
            var result = Play(limited);
            Assert.True(result.IsBalanced && result.Accepted == free.Accepted, result.ToString());
            Assert.True(new CapacityCurve(result.Ranks).MinCapacity > 10 + new CapacityCurve(free.Ranks).MinCapacity, result.ToString());
        }
    }

    [Fact]
    public void A_phone_ahead_of_time_is_refused_with_a_bound_and_pins_the_cache_without()
    {
        var clocks = new PhoneClocks(10, 9, TimeSpan.Zero, 2, TimeSpan.FromHours(6));
        var poisoned = Outage() with { Clocks = clocks, ReplayCache = new ReplayCacheSettings { CapacityEntries = 20 } };
        Assert.True(Play(poisoned).Stale > 500);
        var bounded = Play(poisoned with { ReplayCache = poisoned.ReplayCache with { FutureBound = TimeSpan.FromMinutes(5) } });
        Assert.True(bounded.Future > 100 && bounded.IsBalanced, bounded.ToString());

        // A phone that is ahead itself takes the other one's messages for timely, and nobody else's are fresh enough for its cache then.
        var atHonestPhones = 0;
        _ = new SizingRun(
            poisoned with { ReplayCache = poisoned.ReplayCache with { FutureBound = TimeSpan.FromMinutes(5) } },
            arrival => atHonestPhones += clocks.OffsetOf(arrival.Phone) == TimeSpan.Zero && arrival.Verdict == ReplayVerdict.Stale ? 1 : 0)
            .Play(null, TestContext.Current.CancellationToken);
        Assert.Equal(0, atHonestPhones);
    }

    [Fact]
    public void Injected_replays_are_never_accepted_and_without_a_cache_they_are()
    {
        var attacked = Outage() with { ReplaysPerSecond = 5 };
        var result = Play(attacked);
        Assert.True(result.Replays > 3000 && result.AcceptedTwice == 0, result.ToString());
        var open = Play(attacked with { ReplayCache = new ReplayCacheSettings { Policy = ReplayPolicy.None } });
        Assert.Equal(open.Replays, open.AcceptedTwice);
    }

    [Fact]
    public void Caches_that_are_compared_decide_as_they_do_alone_and_change_nothing()
    {
        var (stale, future, twice, ranked) = (0L, 0L, 0L, 0);
        for (var seed = 1UL; seed <= 60; seed++)
        {
            // A partition for every sender: which ones share would depend on the phones' keys.
            var settings = Generated(seed) with { ReplaysPerSecond = seed % 2 };
            var bound = seed % 3 == 0 ? TimeSpan.FromSeconds(1) : (TimeSpan?)null;
            var cache = settings.ReplayCache with
            {
                CapacityEntries = 8 + (int)(seed % 9),
                SenderPartitions = 8,
                Window = TimeSpan.FromSeconds(20),
                FutureBound = bound,
            };
            ReplayCacheSettings[] policies = [.. Enum.GetValues<ReplayPolicy>().Select(policy => cache with { Policy = policy })];
            var own = policies[seed % 4];
            var plain = Play(settings with { ReplayCache = own });
            var compared = Play(settings with { ReplayCache = own, ComparedCaches = [.. policies.Except([own])] });
            Assert.Equal(
                (seed, plain.Accepted, plain.Stale, plain.Tied, plain.Future, plain.AcceptedTwice),
                (seed, compared.Accepted, compared.Stale, compared.Tied, compared.Future, compared.AcceptedTwice));
            Assert.Equal(plain.Ranks.Ranks, compared.Ranks.Ranks);
            foreach (var verdicts in compared.Compared)
            {
                var alone = Play(settings with { ReplayCache = verdicts.Cache });
                Assert.Equal(
                    (seed, verdicts.Cache.Policy, alone.Accepted, alone.Stale, alone.Tied, alone.Future, alone.AcceptedTwice),
                    (seed, verdicts.Cache.Policy, verdicts.Accepted, verdicts.Stale, verdicts.Tied, verdicts.Future, verdicts.AcceptedTwice));
                Assert.Equal(alone.Stale + alone.Tied + alone.Future, verdicts.Refused);
                Assert.True(verdicts.AcceptedTwice == 0 || verdicts.Cache.Policy == ReplayPolicy.None, $"seed {seed}: {verdicts.Cache.Policy} accepted twice");
                Assert.Equal(alone.RanksWithinPartitions?.Ranks ?? compared.RanksWithinPartitions!.Ranks, compared.RanksWithinPartitions!.Ranks);
                ranked += alone.RanksWithinPartitions is null ? 0 : 1;
                stale += verdicts.Stale;
                future += verdicts.Future;
                twice += verdicts.AcceptedTwice;
            }
        }

        Assert.True(stale > 1000 && future > 100 && twice > 100 && ranked > 30, $"{stale} stale, {future} future, {twice} accepted twice, {ranked} ranked");
        ReplayCacheSettings[] tooMany = [.. Enumerable.Repeat(new ReplayCacheSettings(), 9)];
        Assert.Throws<ArgumentOutOfRangeException>(() => new SizingRun(Outage() with { ComparedCaches = tooMany }));
    }

    [Fact]
    public void Shares_of_one_more_than_the_highest_rank_within_a_partition_lose_nothing_and_one_entry_less_each_does()
    {
        var sized = 0;
        for (var seed = 1UL; seed <= 60; seed++)
        {
            foreach (var partitions in (int[])[1, 2, 8])
            {
                // As many shares as there are phones and fewer; what is shared depends on keys, so that the same run must tell and use the number.
                var settings = Generated(seed);
                ReplayCacheSettings Cache(int share) => settings.ReplayCache with
                {
                    Policy = ReplayPolicy.PerSender,
                    CapacityEntries = partitions * share,
                    SenderPartitions = partitions,
                };
                var least = Play(settings with { ReplayCache = Cache(1) }).RanksWithinPartitions!.MaxRank + 1;
                if (least < 2)
                {
                    continue;
                }

                Assert.Equal((seed, partitions, 0L), (seed, partitions, RefusedWith(settings with { ReplayCache = Cache(least) }, partitions * least)));
                var smaller = settings with { ReplayCache = Cache(least - 1) };
                Assert.NotEqual((seed, partitions, 0L), (seed, partitions, RefusedWith(smaller, partitions * (least - 1))));
                sized++;
            }
        }

        Assert.True(sized > 40, $"partitions of more than one entry are needed: {sized}");
    }

    [Fact]
    public void A_stop_ends_the_run()
    {
        using var stop = new CancellationTokenSource();
        var settings = Outage() with { Traffic = new TrafficPlan { RatePerSecond = 1000 } };
        Assert.Throws<OperationCanceledException>(() => new SizingRun(settings).Play((_, _) => stop.Cancel(), stop.Token));
    }

    private static SizingResult Play(SizingSettings settings) => new SizingRun(settings).Play(null, TestContext.Current.CancellationToken);

    private static long RefusedWith(SizingSettings settings, int capacity)
    {
        var result = Play(settings with { ReplayCache = settings.ReplayCache with { CapacityEntries = capacity } });
        Assert.Equal(0, result.AcceptedTwice);
        return result.Stale + result.Tied;
    }

    private static List<SizingArrival> Arrivals(SizingSettings settings, out SizingResult result)
    {
        var arrivals = new List<SizingArrival>();
        result = new SizingRun(settings, arrivals.Add).Play(null, TestContext.Current.CancellationToken);
        return arrivals;
    }

    /// <summary>Ten phones, ten messages a second; three phones are away for half an hour.</summary>
    private static SizingSettings Outage() => new()
    {
        Phones = 10,
        Seed = 5,
        Traffic = new TrafficPlan { RatePerSecond = 10 },
        Phases =
        [
            new PhasePlan { Name = "away", Duration = TimeSpan.FromMinutes(30), GoOffline = 3 },
            new PhasePlan { Name = "back", Duration = TimeSpan.FromMinutes(30), GoOnline = 3 },
        ],
    };

    /// <summary>Small scenarios of every kind.</summary>
    private static SizingSettings Generated(ulong seed)
    {
        var random = new SeededRandomSource(seed);
        int Below(int bound) => (int)(random.NextUInt64() % (ulong)bound);
        var phones = 2 + Below(6);
        var cut = Below(2) == 0 ? OfflineKind.Clean : OfflineKind.Silent;
        return new SizingSettings
        {
            Phones = phones,
            Seed = seed,
            InitiallyOnline = Below(4) > 0,
            Traffic = new TrafficPlan { RatePerSecond = 1 + Below(5), OfflineSendersToo = Below(4) == 0 },
            Phases =
            [
                new PhasePlan { Name = "start", Duration = TimeSpan.FromMinutes(1), GoOnline = phones, Within = TimeSpan.FromSeconds(Below(20)) },
                new PhasePlan { Name = "away", Duration = TimeSpan.FromMinutes(1 + Below(5)), GoOffline = Below(phones), Cut = cut, Within = TimeSpan.FromSeconds(Below(60)) },
                new PhasePlan { Name = "back", Duration = TimeSpan.FromMinutes(3), GoOnline = int.MaxValue, Within = TimeSpan.FromSeconds(Below(60)) },
            ],
            Mailbox = new MailboxSettings
            {
                LiveBypassesDrain = Below(2) == 0,
                OldestFirst = Below(3) > 0,
                Window = 1 + (Below(3) == 0 ? Below(4) : 0),
                DrainDelay = TimeSpan.FromSeconds(Below(30)),
                Settle = Below(4) == 0 ? TimeSpan.FromSeconds(Below(5)) : TimeSpan.Zero,
                MaxMessages = Below(5) == 0 ? 20 : 10_000,
                Expiry = Below(5) == 0 ? TimeSpan.FromMinutes(2) : TimeSpan.FromDays(21),
            },
            Servers = 1 + (Below(3) == 0 ? Below(3) : 0),
            ReplayCache = new ReplayCacheSettings { TimestampBytes = Below(3) == 0 ? 4 : 8 },
            Clocks = Below(3) == 0 ? new PhoneClocks(phones, seed, TimeSpan.FromSeconds(Below(10)), Below(2), TimeSpan.FromMinutes(3)) : null,
            Latency = TimeSpan.FromMilliseconds(Below(300)),
            SettleTime = TimeSpan.FromMinutes(5),
        };
    }
}
