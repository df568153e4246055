using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class DrainLimiterTests
{
    private static readonly Instant Start = new(TimeSpan.TicksPerDay);

    [Fact]
    public void A_full_bucket_lets_a_burst_through_and_then_goes_by_the_rate()
    {
        var limiter = new DrainLimiter(100);
        Assert.Equal(5, limiter.Burst);
        for (var mailbox = 1; mailbox <= 10; mailbox++)
        {
            limiter.Ask(mailbox);
        }

        Assert.Equal([1, 2, 3, 4, 5], TakeAll(limiter, Start));
        Assert.Equal(Start + TimeSpan.FromMilliseconds(10), limiter.NextDeadline);
        Assert.Empty(TakeAll(limiter, Start + TimeSpan.FromMilliseconds(9)));
        Assert.Equal([6], TakeAll(limiter, Start + TimeSpan.FromMilliseconds(10)));
        Assert.Equal([7, 8], TakeAll(limiter, Start + TimeSpan.FromMilliseconds(30)));
        Assert.Equal([9, 10], TakeAll(limiter, Start + TimeSpan.FromSeconds(5)));
        Assert.Equal(Instant.Never, limiter.NextDeadline);
    }

    [Fact]
    public void A_mailbox_has_one_place_in_the_line_however_often_it_asks()
    {
        var limiter = new DrainLimiter(1);
        limiter.Ask(7);
        limiter.Ask(7);
        limiter.Ask(8);
        limiter.Ask(7);

        Assert.Equal(2, limiter.WaitingCount);
        Assert.Equal([7], TakeAll(limiter, Start));
        limiter.Ask(7);
        Assert.Equal([8], TakeAll(limiter, Start + TimeSpan.FromSeconds(1)));
        Assert.Equal([7], TakeAll(limiter, Start + TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_turn_that_comes_back_goes_to_the_next_in_line_at_once()
    {
        var limiter = new DrainLimiter(1);
        limiter.Ask(1);
        limiter.Ask(2);
        Assert.Equal([1], TakeAll(limiter, Start));
        Assert.Empty(TakeAll(limiter, Start));

        limiter.Return();

        Assert.Equal([2], TakeAll(limiter, Start));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_that_is_no_limit_is_refused(double rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new DrainLimiter(rate));

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(2000)]
    [InlineData(700_000)]
    public void Over_any_time_no_more_turns_are_used_than_the_rate_and_one_burst_and_no_fewer_than_the_rate(double rate)
    {
        var random = new SeededRandomSource((ulong)rate + 1);
        var limiter = new DrainLimiter(rate);
        var used = new List<long>();
        var now = Start;
        for (var mailbox = 0L; mailbox < 20; mailbox++)
        {
            limiter.Ask(mailbox);
        }

        while (used.Count < 4000)
        {
            while (limiter.TryTakeTurn(now, out var mailbox))
            {
                if (random.NextUInt64() % 8 == 0)
                {
                    limiter.Return();
                }
                else
                {
                    used.Add(now.Ticks);
                }

                limiter.Ask(mailbox);
            }

            now = new Instant(Math.Max(now.Ticks, limiter.NextDeadline.Ticks));
        }

        for (var first = 0; first < used.Count; first += 7)
        {
            for (var last = first; last < used.Count; last = (2 * last) - first + 1)
            {
                var allowed = (rate * (used[last] - used[first]) / TimeSpan.TicksPerSecond) + limiter.Burst;
                Assert.True(last - first + 1 <= allowed + 1e-6, $"{last - first + 1} turns where {allowed} are allowed");
            }
        }

        var seconds = (double)(used[^1] - used[0]) / TimeSpan.TicksPerSecond;
        Assert.InRange(used.Count, (rate * seconds * 0.999) - 1, (rate * seconds) + limiter.Burst + 1);
    }

    private static List<long> TakeAll(DrainLimiter limiter, Instant now)
    {
        var taken = new List<long>();
        while (limiter.TryTakeTurn(now, out var mailbox))
        {
            taken.Add(mailbox);
        }

        return taken;
    }
}
