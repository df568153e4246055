using System.Globalization;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Replay;

/// <summary>Sequences worked out by hand: "timestamp letter verdict" per offer, or "C=n" for a change of capacity.</summary>
public sealed class GoldenSequenceTests
{
    [Theory]
    [InlineData("G1", 1, "10a ACC, 11b ACC, 11b DUP, 10a OLD, 12c ACC")]
    [InlineData("G2", 1, "10a ACC, 10b TIE, 11c ACC, 11d TIE")]
    [InlineData("G3", 3, "50L ACC, 10a ACC, 11b ACC, 12c ACC, 13d ACC, 51M ACC, 14e ACC, 15f ACC")]
    [InlineData("G4", 3, "50L ACC, 51M ACC, 52N ACC, 10a OLD")]
    [InlineData("G5", 2, "10a ACC, 10b ACC, 10c TIE, 11d ACC, 10a TIE, 10b DUP, 10c TIE")]
    [InlineData("G6", 2, "9999x ACC, 9998y ACC, 20a OLD, 21b OLD, 9999z ACC")]
    [InlineData("G7", 4, "100a ACC, 1b ACC, 50c ACC, 1b DUP")]
    [InlineData("G8", 2, "1a ACC, 2b ACC, 3c ACC, 4d ACC, C=4, 1a OLD, 2b OLD, 3c DUP, 5e ACC")]
    public void A_golden_sequence_yields_its_verdicts(string name, int capacity, string sequence)
    {
        foreach (var timestampBytes in (int[])[8, 4])
        {
            var cache = ReplayTestData.Cache(capacity, timestampBytes);
            foreach (var step in sequence.Split(", "))
            {
                if (step.StartsWith("C=", StringComparison.Ordinal))
                {
                    cache.Resize(int.Parse(step[2..], CultureInfo.InvariantCulture));
                    continue;
                }

                var parts = step.Split(' ');
                var time = ulong.Parse(parts[0][..^1], CultureInfo.InvariantCulture) << 32;
                var entry = ReplayTestData.Entry(time, parts[0][^1]);
                Assert.Equal((name, step, Verdict(parts[1])), (name, step, cache.Peek(entry, 0)));
                Assert.Equal((name, step, Verdict(parts[1])), (name, step, cache.CheckAndInsert(entry, 0)));
            }
        }
    }

    [Fact]
    public void The_floor_after_growth_is_the_highest_deleted_timestamp()
    {
        var cache = ReplayTestData.Cache(2);
        for (var time = 1UL; time <= 4; time++)
        {
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(time, time), 0));
        }

        Assert.Equal(2UL, cache.Floor);
        Assert.Equal((2, 2L, 3UL, 4UL), (cache.Count, cache.EvictedCount, cache.Oldest, cache.Newest));
    }

    [Fact]
    public void A_cache_without_capacity_refuses_everything()
    {
        var cache = ReplayTestData.Cache(0);
        Assert.Equal(ReplayVerdict.Stale, cache.CheckAndInsert(ReplayTestData.Entry(5, 1), 0));
        Assert.Equal(ReplayVerdict.Stale, cache.Peek(ReplayTestData.Entry(5, 1), 0));
        Assert.Null(cache.Floor);
        Assert.Null(cache.Oldest);
    }

    [Fact]
    public void Messages_of_one_second_tie_when_timestamps_have_four_bytes()
    {
        var cache = ReplayTestData.Cache(1, timestampBytes: 4);
        Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry((7UL << 32) + 1, 1), 0));
        Assert.Equal(ReplayVerdict.Tie, cache.CheckAndInsert(ReplayTestData.Entry((7UL << 32) + 2, 2), 0));
        Assert.Equal(ReplayVerdict.Duplicate, cache.CheckAndInsert(ReplayTestData.Entry((7UL << 32) + 3, 1), 0));
        Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(8UL << 32, 2), 0));
        Assert.Equal(7UL << 32, cache.Floor);
    }

    [Fact]
    public void The_order_of_timestamps_survives_the_wrap_of_2036()
    {
        var wrap = new DateTimeOffset(2036, 2, 7, 6, 28, 16, TimeSpan.Zero);
        var before = NtpTimestamp.FromUtc(wrap.AddSeconds(-1)).OrderKey;
        var after = NtpTimestamp.FromUtc(wrap.AddSeconds(1)).OrderKey;
        foreach (var timestampBytes in (int[])[8, 4])
        {
            var cache = ReplayTestData.Cache(1, timestampBytes);
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(before, 1), 0));
            Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(after, 2), 0));
            Assert.Equal(ReplayVerdict.Stale, cache.CheckAndInsert(ReplayTestData.Entry(before, 1), 0));
        }
    }

    [Fact]
    public void A_future_bound_refuses_only_what_would_be_accepted_and_stores_nothing()
    {
        var now = 1000UL << 32;
        var cache = ReplayTestData.Cache(2, futureBound: TimeSpan.FromSeconds(300));
        Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(now + (300UL << 32), 1), now));
        Assert.Equal(ReplayVerdict.Future, cache.Peek(ReplayTestData.Entry(now + (300UL << 32) + 1, 2), now));
        Assert.Equal(ReplayVerdict.Future, cache.CheckAndInsert(ReplayTestData.Entry(now + (300UL << 32) + 1, 2), now));
        Assert.Equal(1, cache.Count);
        Assert.Equal(ReplayVerdict.Duplicate, cache.CheckAndInsert(ReplayTestData.Entry(now + (300UL << 32), 1), 0));
        Assert.Equal(ReplayVerdict.Accepted, cache.CheckAndInsert(ReplayTestData.Entry(ulong.MaxValue, 3), ulong.MaxValue - 1));
    }

    private static ReplayVerdict Verdict(string text) => text switch
    {
        "ACC" => ReplayVerdict.Accepted,
        "DUP" => ReplayVerdict.Duplicate,
        "TIE" => ReplayVerdict.Tie,
        "OLD" => ReplayVerdict.Stale,
        _ => throw new ArgumentException("Not a verdict.", nameof(text)),
    };
}
