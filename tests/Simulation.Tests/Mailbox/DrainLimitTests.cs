using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Simulation.Tests.Mailbox;

/// <summary>The drain of thousands of phones that all come back at once, with and without limits.</summary>
public class DrainLimitTests
{
    private const int Phones = 2000;
    private const double Rate = 2000;

    [Fact]
    public void Without_limits_every_phone_is_drained_at_its_own_pace()
    {
        var world = CreateBacklogs(seed: 1, null, null, phone => phone == 0 ? 300 : 5);
        Assert.True(world.Run(TimeSpan.FromDays(2)));

        AssertAllDelivered(world);
        var last = world.Deliveries.Where(static delivery => delivery.Phone != 0).Max(static delivery => delivery.At);
        Assert.True(last - world.Deliveries[0].At < TimeSpan.FromSeconds(1), "a long backlog of one phone held the others up");
    }

    [Fact]
    public void Under_the_limit_phones_take_turns_and_a_huge_backlog_starves_nobody()
    {
        var world = CreateBacklogs(seed: 2, Rate, null, phone => phone == 0 ? 1000 : 1 + (phone % 10));
        Assert.True(world.Run(TimeSpan.FromDays(2)));

        AssertAllDelivered(world);
        AssertRate(world.Deliveries, Rate, new DrainLimiter(Rate).Burst);
        AssertRounds(world);
        foreach (var phone in Enumerable.Range(1, 9))
        {
            // One round of everybody per message, no more: whoever has few messages is done early.
            var done = world.Deliveries.Last(delivery => delivery.Phone == phone).At - world.Deliveries[0].At;
            Assert.True(done <= TimeSpan.FromSeconds(((1 + phone) * Phones / Rate) + 1), $"phone {phone} took {done}");
        }
    }

    [Fact]
    public void The_limit_of_one_phone_paces_it_and_leaves_the_others_alone()
    {
        var world = CreateBacklogs(seed: 3, null, 4, static _ => 12);
        Assert.True(world.Run(TimeSpan.FromDays(2)));

        AssertAllDelivered(world);
        foreach (var own in world.Deliveries.GroupBy(static delivery => delivery.Phone))
        {
            Assert.All(own.Zip(own.Skip(1)), static pair => Assert.True(pair.Second.At - pair.First.At >= TimeSpan.FromSeconds(0.25)));
        }

        Assert.True(world.Deliveries[^1].At - world.Deliveries[0].At < TimeSpan.FromSeconds(4), "phones waited for each other");
    }

    [Theory]
    [InlineData(11, null, null)]
    [InlineData(12, 300.0, null)]
    [InlineData(13, 300.0, 5.0)]
    [InlineData(14, null, 5.0)]
    public void Through_failures_departures_expiry_and_stragglers_nothing_is_lost_and_no_turn_gets_lost(ulong seed, double? rate, double? perUe)
    {
        const int Few = 60;
        var world = new DrainWorld(seed, Few, rate, perUe);
        var results = new[] { 200, 200, 200, 200, 200, 200, 480, 503, 415, 0 };
        world.Answer = random =>
        {
            var status = results[random.NextUInt64() % (ulong)results.Length];
            return (status == 0 ? TimeSpan.FromSeconds(32) : TimeSpan.FromMilliseconds(1 + (random.NextUInt64() % 300)), status);
        };
        for (var step = 0; step < 6000; step++)
        {
            Disturb(world, (int)(world.Random.NextUInt64() % Few));
            world.Run(TimeSpan.FromMilliseconds(world.Random.NextUInt64() % 40));
        }

        world.Answer = static _ => (TimeSpan.FromMilliseconds(20), 200);
        for (var phone = 0; phone < Few; phone++)
        {
            world.Register(phone, true);
        }

        Assert.True(world.Run(TimeSpan.FromDays(2)), "something still happens");
        Assert.Equal(0, world.Waiting);
        AssertAllDelivered(world);
        Assert.True(world.Boxes.Sum(static box => box.Count(MailboxFact.DroppedExpired)) > 0);
        Assert.True(world.Boxes.Sum(static box => box.Count(MailboxFact.DroppedPermanent)) > 0);
        Assert.Equal(0, world.Boxes.Sum(static box => box.Count(MailboxFact.OrderViolation)));
    }

    private static void Disturb(DrainWorld world, int phone)
    {
        switch (world.Random.NextUInt64() % 8)
        {
            case <= 4:
                var expires = world.Random.NextUInt64() % 4 == 0 ? TimeSpan.FromSeconds(world.Random.NextUInt64() % 60) : (TimeSpan?)null;
                if (!world.Boxes[phone].Behavior.IsOnline)
                {
                    world.Arrive(phone, TimeSpan.FromSeconds(world.Random.NextUInt64() % 30), expires);
                }

                break;
            case 5:
                world.Register(phone, false);
                break;
            default:
                world.Register(phone, true);
                break;
        }
    }

    private static DrainWorld CreateBacklogs(ulong seed, double? rate, double? perUe, Func<int, int> backlogOf)
    {
        var world = new DrainWorld(seed, Phones, rate, perUe);
        world.Answer = static random => (TimeSpan.FromMilliseconds(1 + (random.NextUInt64() % 150)), 200);
        for (var phone = 0; phone < Phones; phone++)
        {
            for (var message = 0; message < backlogOf(phone); message++)
            {
                world.Arrive(phone);
            }
        }

        world.Run(TimeSpan.FromSeconds(1));
        for (var phone = 0; phone < Phones; phone++)
        {
            world.Register(phone, true);
        }

        return world;
    }

    private static void AssertAllDelivered(DrainWorld world)
    {
        foreach (var box in world.Boxes)
        {
            Assert.Empty(box.Stored);
            Assert.True(box.Behavior.IsIdle);
            Assert.Equal(
                box.Count(MailboxFact.Stored),
                box.Count(MailboxFact.Delivered) + box.Count(MailboxFact.DroppedPermanent) + box.Count(MailboxFact.DroppedExpired));
        }
    }

    private static void AssertRate(List<(Instant At, int Phone)> deliveries, double rate, int burst)
    {
        for (var first = 0; first < deliveries.Count; first += 13)
        {
            for (var last = first; last < deliveries.Count; last = (2 * last) - first + 1)
            {
                var seconds = (deliveries[last].At - deliveries[first].At).TotalSeconds;
                Assert.True(last - first + 1 <= (rate * seconds) + burst + 1e-6, $"{last - first + 1} in {seconds} s");
            }
        }

        var whole = (deliveries[^1].At - deliveries[0].At).TotalSeconds;
        Assert.True(whole > 0);
    }

    /// <summary>
    /// Nobody gets its message number n+2 before everybody who has that many got number n (a phone that answers fast may overtake a slow one by one); looked at
    /// while a round of those takes longer than an answer.
    /// </summary>
    private static void AssertRounds(DrainWorld world)
    {
        var turns = world.Deliveries
            .Select(static (delivery, at) => (delivery.Phone, at))
            .GroupBy(static turn => turn.Phone)
            .Select(static own => own.Select(static turn => turn.at).ToList())
            .ToList();
        for (var round = 1; round <= 5; round++)
        {
            var inRound = turns.Where(own => own.Count > round + 1).ToList();
            Assert.True(inRound.Count > 400);
            Assert.True(inRound.Min(own => own[round + 1]) > inRound.Max(own => own[round - 1]), $"round {round} was not finished before the next one");
        }
    }
}
