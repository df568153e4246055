using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>A mailbox that learns of its phone by subscription, with the core's own notifier at the other end.</summary>
public class RegEventPresenceTests
{
    private static readonly MailboxSettings Settings = new() { SubscribesToPresence = true, SubscriptionLinger = TimeSpan.FromMinutes(10) };

    private readonly ServerBehindCore _world = new(Settings);
    private readonly TestPhone _alice;
    private readonly TestPhone _bob;

    public RegEventPresenceTests()
    {
        _alice = _world.AddPhone("alice", "10.1.0.1:4000");
        _bob = _world.AddPhone("bob", "10.1.0.2:1111");
        _world.Register(_alice);
    }

    [Fact]
    public void Nothing_is_subscribed_to_before_there_is_a_message()
    {
        _world.Register(_bob);
        _world.Run(TimeSpan.FromHours(1));

        Assert.Equal((0, false, true), (_world.Core.Registrar.SubscriptionCount, _world.IsSubscribed, _world.IsIdle));
    }

    [Fact]
    public void The_first_message_for_a_registered_phone_is_stored_and_drained_and_the_next_one_is_forwarded_at_once()
    {
        _world.Register(_bob);
        _world.Send(_alice, "bob");
        Assert.Equal([202], _world.AtSenders);
        Assert.True(_world.IsSubscribed && _world.IsOnline);
        _world.Run(Settings.DrainDelay);
        _world.Answer(0, 200);

        _world.Send(_alice, "bob");
        Assert.Single(_world.AtPhones);
        _world.Answer(0, 200);
        Assert.Equal([202, 200], _world.AtSenders);
        Assert.Equal((1, 1), (_world.Facts[MailboxFact.Delivered], _world.Facts[MailboxFact.ForwardedLive]));
    }

    [Fact]
    public void Messages_for_a_phone_that_is_away_are_drained_when_it_registers_and_not_before()
    {
        _world.Send(_alice, "bob");
        _world.Run(TimeSpan.FromHours(20));
        Assert.Empty(_world.AtPhones);
        Assert.Equal(1, _world.Core.Registrar.SubscriptionCount);

        _world.Register(_bob);
        _world.Run(TimeSpan.FromSeconds(6));
        Assert.Single(_world.AtPhones);
    }

    [Fact]
    public void A_phone_that_leaves_is_known_to_be_gone_when_the_next_message_comes()
    {
        _world.Register(_bob);
        _world.Send(_alice, "bob");
        _world.Run(Settings.DrainDelay);
        _world.Answer(0, 200);
        _world.Run(TimeSpan.FromSeconds(10));
        _world.Register(_bob, "Expires: 0\n");
        Assert.False(_world.IsOnline);

        _world.Send(_alice, "bob");
        Assert.Empty(_world.AtPhones);
        Assert.Equal(1, _world.StoredCount);
    }

    [Fact]
    public void When_no_message_has_come_for_a_while_the_subscription_is_given_back()
    {
        _world.Register(_bob);
        _world.Send(_alice, "bob");
        _world.Run(Settings.DrainDelay);
        _world.Answer(0, 200);
        _world.Run(Settings.SubscriptionLinger - TimeSpan.FromSeconds(1));
        Assert.True(_world.IsSubscribed);
        _world.Run(TimeSpan.FromMinutes(2));

        Assert.Equal((0, false, true), (_world.Core.Registrar.SubscriptionCount, _world.IsSubscribed, _world.IsIdle));
    }

    [Fact]
    public void Refreshing_does_not_disturb_a_delivery()
    {
        _world.Send(_alice, "bob");
        _world.Run(TimeSpan.FromSeconds(2999));
        _world.Register(_bob);
        _world.Run(TimeSpan.FromSeconds(0.9));
        Assert.Single(_world.AtPhones);
        var refreshes = _world.Core.CountOf(CoreFact.SubscriptionAccepted);
        _world.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(refreshes + 1, _world.Core.CountOf(CoreFact.SubscriptionAccepted));

        Assert.Single(_world.AtPhones);
        _world.Answer(0, 200);
        Assert.Equal(1, _world.Facts[MailboxFact.Delivered]);
    }

    [Fact]
    public void A_phone_that_comes_back_after_a_silent_cut_gets_the_message_again()
    {
        _world.Register(_bob);
        _world.Send(_alice, "bob");
        _world.Run(TimeSpan.FromSeconds(6));
        _world.AtPhones.Clear();
        _bob.CallId = "second-boot";
        _world.Register(_bob);
        _world.Run(TimeSpan.FromSeconds(6));

        Assert.Single(_world.AtPhones);
        Assert.Equal(1, _world.Facts[MailboxFact.Redelivery]);
    }

    [Fact]
    public void A_server_that_starts_again_subscribes_afresh_and_the_old_subscription_ends_with_its_first_notification()
    {
        _world.Send(_alice, "bob");
        _world.RestartServer();
        Assert.Equal(2, _world.Core.Registrar.SubscriptionCount);
        _world.Register(_bob);
        _world.Run(TimeSpan.FromSeconds(6));

        Assert.Single(_world.AtPhones);
        Assert.Equal(1, _world.Core.Registrar.SubscriptionCount);
    }

    [Fact]
    public void A_user_with_two_contacts_who_takes_one_away_is_not_gone()
    {
        _bob.Contact = "<sip:bob@10.1.0.2:1111>, <sip:bob@10.1.0.3:2222>";
        _world.Register(_bob);
        _world.Send(_alice, "bob");
        _world.Run(TimeSpan.FromSeconds(6));
        _bob.Contact = "<sip:bob@10.1.0.2:1111>";
        _world.Register(_bob, "Expires: 0\n");

        Assert.True(_world.IsOnline);
    }
}
