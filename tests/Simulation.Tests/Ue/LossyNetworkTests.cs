using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

public class LossyNetworkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_message_is_accepted_exactly_once_over_a_network_that_loses_repeats_and_reorders(ulong seed)
    {
        const int Messages = 60;
        var world = CreateBadWorld(seed, phones: 3);
        Schedule(world, seed, Messages);
        world.Run(TimeSpan.FromMinutes(30));

        AssertOneEndEach(world, Messages);
        for (var id = 1; id <= Messages; id++)
        {
            var accepted = world.Facts.Count(each => each.Fact is { Kind: UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted }
                && each.Fact.MessageId == id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(accepted == 1, $"seed {seed}: message {id} was accepted {accepted} times");
        }

        Assert.All(
            world.Facts.Where(each => each.Fact.Kind == UeEffectKind.MessageReceived),
            each => Assert.True(each.Fact.Outcome is ReceiveOutcome.Accepted or ReceiveOutcome.Duplicate, $"seed {seed}: {each.Fact.Outcome}"));
        Assert.All(world.Phones, phone => Assert.False(phone.HasPendingRequests));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Phones_that_crash_on_the_way_accept_nothing_twice_and_end_every_send_once(ulong seed)
    {
        const int Messages = 60;
        var world = CreateBadWorld(seed, phones: 3);
        Schedule(world, seed, Messages);
        for (var crash = 0; crash < 6; crash++)
        {
            var phone = crash % 3;
            world.At(TimeSpan.FromSeconds(9 * (crash + 1)), () => world.Crash(phone));
        }

        world.Run(TimeSpan.FromMinutes(30));
        AssertOneEndEach(world, Messages);
        var accepted = world.Facts.Where(each => each.Fact is { Kind: UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted }).ToArray();
        Assert.Equal(accepted.Length, accepted.Select(each => each.Fact.MessageId).Distinct().Count());
        Assert.True(accepted.Length > Messages / 2, $"seed {seed}: {accepted.Length}");
        Assert.All(world.Phones, phone => Assert.Equal(UeRegistrationState.Registered, phone.State));

        // T rises through crashes.
        var sent = world.Facts.Where(each => each.Fact.Kind == UeEffectKind.MessageSent).GroupBy(each => each.Phone);
        Assert.All(sent, each => Assert.Equal(each.Select(fact => fact.Fact.Timestamp.OrderKey), each.Select(fact => fact.Fact.Timestamp.OrderKey).Distinct().Order()));
    }

    [Fact]
    public void A_cache_of_one_entry_accepts_everything_that_comes_in_order()
    {
        var world = new PhoneWorld(21, phones: 2, settings => settings with { ReplayCache = new ReplayCacheSettings { CapacityEntries = 1 } });
        world.RegisterAll();
        for (var id = 1; id <= 50; id++)
        {
            var number = id;
            world.At(TimeSpan.FromMilliseconds(id), () => world.Send(0, number, 1, "text"));
        }

        world.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(50, world.Count(1, ReceiveOutcome.Accepted));
        Assert.Equal(
            Enumerable.Range(1, 50).Select(id => (string?)id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            world.Received(1).Select(fact => fact.MessageId));
        Assert.Equal(1, world.Durable[1].ReplayCache!.Count);
    }

    /// <summary>Half of the requests and answers arrive late enough to overtake each other; retransmissions do the rest.</summary>
    private static PhoneWorld CreateBadWorld(ulong seed, int phones)
    {
        var world = new PhoneWorld(seed, phones) { Loss = 0.15, Duplication = 0.2, LongestDelay = TimeSpan.FromMilliseconds(700) };
        world.RegisterAll();
        return world;
    }

    private static void Schedule(PhoneWorld world, ulong seed, int messages)
    {
        var random = new UeFarm.Protocol.SeededRandomSource(seed ^ 0xABCDEF);
        for (var id = 1; id <= messages; id++)
        {
            var number = id;
            var from = (int)(random.NextUInt64() % 3);
            var to = (from + 1 + (int)(random.NextUInt64() % 2)) % 3;
            world.At(TimeSpan.FromMilliseconds(random.NextUInt64() % 60_000), () => world.Send(from, number, to, "message"));
        }
    }

    private static void AssertOneEndEach(PhoneWorld world, int messages)
    {
        var ends = world.Facts.Where(each => each.Fact.Kind is UeEffectKind.MessageAnswered or UeEffectKind.MessageFailed).Select(each => each.Fact.Token);
        Assert.Equal(Enumerable.Range(1, messages).Select(id => (long)id), ends.Order());
        var starts = world.Facts.Where(each => each.Fact.Kind == UeEffectKind.MessageSent).Select(each => each.Fact.Token).ToArray();
        Assert.Equal(starts.Length, starts.Distinct().Count());
    }
}
