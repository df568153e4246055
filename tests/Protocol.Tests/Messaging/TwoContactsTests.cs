using System.Net;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>A user with two devices, seen from the mailbox behind the core.</summary>
public class TwoContactsTests
{
    private static readonly IPEndPoint Desk = IPEndPoint.Parse("10.1.0.2:1111");
    private static readonly IPEndPoint Pocket = IPEndPoint.Parse("10.1.0.3:2222");
    private static readonly MailboxSettings Settings = new();

    private readonly ServerBehindCore _world = new(Settings);
    private readonly TestPhone _alice;
    private readonly TestPhone _bob;

    public TwoContactsTests()
    {
        _alice = _world.AddPhone("alice", "10.1.0.1:4000");
        _world.Register(_alice);
        _bob = _world.AddPhone("bob", Desk.ToString());
        _bob.Contact = $"<sip:bob@{Desk}>, <sip:bob@{Pocket}>";
    }

    [Theory]
    [InlineData(200, 480)]
    [InlineData(480, 200)]
    [InlineData(200, 0)]
    [InlineData(0, 200)]
    [InlineData(200, 200)]
    public void A_stored_message_is_delivered_once_to_each_contact_when_one_of_them_takes_it(int atDesk, int atPocket)
    {
        StoreTwoAndComeBack();
        for (var message = 0; message < 2; message++)
        {
            Assert.Equal([Desk, Pocket], ContactsWithAMessage());
            AnswerAll(atDesk, atPocket);
        }

        _world.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(_world.AtPhones);
        Assert.Equal(0, _world.StoredCount);
        Assert.Equal(2, _world.Facts[MailboxFact.Delivered]);
        Assert.False(_world.Facts.ContainsKey(MailboxFact.Redelivery));
    }

    [Fact]
    public void When_no_contact_takes_it_the_same_message_comes_again_and_the_next_one_waits()
    {
        StoreTwoAndComeBack();
        var first = CallId();
        AnswerAll(480, 486);
        _world.Run(TimeSpan.FromSeconds(3));

        Assert.Equal([Desk, Pocket], ContactsWithAMessage());
        Assert.NotEqual(first, CallId());
        AnswerAll(200, 200);
        AnswerAll(200, 200);
        Assert.Equal(1, _world.Facts[MailboxFact.Redelivery]);
        Assert.Equal(2, _world.Facts[MailboxFact.Delivered]);
    }

    [Fact]
    public void A_user_who_takes_one_of_two_contacts_away_is_not_gone()
    {
        _world.Register(_bob);
        _world.Run(Settings.DrainDelay);
        _bob.Contact = $"<sip:bob@{Desk}>";
        _world.Register(_bob, "Expires: 0\n");
        Assert.True(_world.IsOnline);

        _world.Send(_alice, "bob");
        Assert.Equal([Pocket], ContactsWithAMessage());
        AnswerAll(0, 200);
        Assert.Equal([200], _world.AtSenders);

        _bob.Contact = $"<sip:bob@{Pocket}>";
        _world.Register(_bob, "Expires: 0\n");
        Assert.False(_world.IsOnline);
    }

    [Fact]
    public void A_contact_that_leaves_during_the_drain_costs_no_message_and_brings_no_duplicate_to_the_other()
    {
        StoreTwoAndComeBack();
        _bob.Contact = $"<sip:bob@{Desk}>";
        _world.Register(_bob, "Expires: 0\n");
        AnswerAll(480, 200);
        _world.Run(TimeSpan.FromSeconds(2));

        Assert.Equal([Pocket], ContactsWithAMessage());
        AnswerAll(0, 200);
        _world.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(_world.AtPhones);
        Assert.Equal(2, _world.Facts[MailboxFact.Delivered]);
        Assert.False(_world.Facts.ContainsKey(MailboxFact.Redelivery));
    }

    [Fact]
    public void The_older_contact_that_expires_does_not_take_the_user_away()
    {
        _bob.Contact = $"<sip:bob@{Desk}>;expires=60, <sip:bob@{Pocket}>;expires=600";
        _world.Register(_bob);
        _world.Run(TimeSpan.FromSeconds(100));
        Assert.True(_world.IsOnline);

        _world.Run(TimeSpan.FromSeconds(600));
        Assert.False(_world.IsOnline);
    }

    private void StoreTwoAndComeBack()
    {
        _world.Send(_alice, "bob");
        _world.Send(_alice, "bob");
        Assert.Equal(2, _world.StoredCount);
        _world.Register(_bob);
        _world.Run(Settings.DrainDelay);
    }

    private List<IPEndPoint> ContactsWithAMessage() => [.. _world.AtPhones.Select(static each => each.Phone).OrderBy(static phone => phone.Port)];

    private string CallId() => System.Text.Encoding.ASCII.GetString(_world.AtPhones[0].Request.CallId);

    /// <summary>0: that contact never answers.</summary>
    private void AnswerAll(int atDesk, int atPocket)
    {
        var waiting = _world.AtPhones.ToList();
        _world.AtPhones.RemoveAll(each => (each.Phone.Equals(Desk) ? atDesk : atPocket) == 0);
        foreach (var status in waiting.Select(each => each.Phone.Equals(Desk) ? atDesk : atPocket).Where(static status => status != 0))
        {
            _world.Answer(0, status);
        }
    }
}
