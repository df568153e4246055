using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Which sender a phone takes a message to be from when its replay cache keeps senders apart.</summary>
public sealed class UePerSenderReceivingTests
{
    private const string Eve = "sip:eve.in.the.future@ims.example";

    [Theory]
    [InlineData(ReplayPolicy.Modified, ReceiveOutcome.Stale)]
    [InlineData(ReplayPolicy.PerSender, ReceiveOutcome.Accepted)]
    public void A_sender_that_is_hours_ahead_fills_its_own_share_only(ReplayPolicy policy, ReceiveOutcome expected)
    {
        var ue = Phone(policy);
        var (alice, eve) = (new UeSender(ue), new UeSender(ue, Eve));
        var (fromAlice, fromEve) = (alice.RequestTicket(), eve.RequestTicket());
        for (var i = 0; i < 6; i++)
        {
            Receive(ue, eve.Message(fromEve, ue.Utc + TimeSpan.FromHours(6) + TimeSpan.FromSeconds(i)), ReceiveOutcome.Accepted);
        }

        var message = alice.Message(fromAlice);
        Receive(ue, message, expected);
        Receive(ue, alice.Again(message), expected == ReceiveOutcome.Accepted ? ReceiveOutcome.Duplicate : expected);
    }

    [Fact]
    public void Spellings_of_one_address_of_record_are_one_sender()
    {
        var ue = Phone(ReplayPolicy.PerSender);
        string[] spellings =
        [
            "sip:alice@ims.example", "sip:alice@IMS.Example", "sip:alic%65@ims.example", "sips:alice@ims.example;user=phone", "sip:alice:secret@ims.example",
        ];
        foreach (var spelling in spellings)
        {
            var sender = new UeSender(ue, spelling);
            Receive(ue, sender.Message(at: ue.Utc + TimeSpan.FromSeconds(spelling.Length)), ReceiveOutcome.Accepted);
            Assert.Equal(1, CacheOf(ue).Owners);
        }

        Assert.Equal(0, CacheOf(ue).PartitionOf("sip:alice@ims.example"));
        Receive(ue, new UeSender(ue, "sip:Alice@ims.example.org").Message(), ReceiveOutcome.Accepted);
        Assert.Equal(2, CacheOf(ue).Owners);
    }

    [Fact]
    public void A_name_that_is_claimed_and_not_proved_takes_no_partition()
    {
        var ue = Phone(ReplayPolicy.PerSender);
        var eve = new UeSender(ue, Eve);
        var built = eve.Build(eve.RequestTicket(), ue.Utc);
        var altered = built.Bytes.ToArray();
        altered[^1] ^= 1;
        Receive(ue, eve.Wrap(altered, eve.Seal(built)), ReceiveOutcome.MacInvalid);
        Assert.Equal((0, 0), (CacheOf(ue).Owners, CacheOf(ue).Count));
        Receive(ue, eve.Wrap(built.Bytes, eve.Seal(built)), ReceiveOutcome.Accepted);
        Assert.Equal((1, 1), (CacheOf(ue).Owners, CacheOf(ue).Count));
    }

    private static UeHarness Phone(ReplayPolicy policy)
    {
        var cache = new ReplayCacheSettings { Policy = policy, CapacityEntries = 4, SenderPartitions = 2 };
        var ue = new UeHarness(settings => settings with { ReplayCache = cache });
        ue.Register();
        return ue;
    }

    private static PerSenderReplayCache CacheOf(UeHarness ue) => Assert.IsType<PerSenderReplayCache>(ue.Durable.ReplayCache);

    private static void Receive(UeHarness ue, SipRequest message, ReceiveOutcome outcome)
    {
        ue.Deliver(message);
        var fact = ue.TakeFact(UeEffectKind.MessageReceived);
        Assert.Equal(outcome, fact.Outcome);

        // Whoever restores the cache from what was taken must know from whom.
        var isNamed = outcome == ReceiveOutcome.Accepted && ue.Durable.ReplayCache is PerSenderReplayCache;
        Assert.Equal(isNamed, fact.Sender is { } sender && CacheOf(ue).PartitionOf(sender) is not null);
        ue.Take<SipResponse>();
        ue.AssertQuiet();
    }
}
