using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>What an operator asks of a mailbox: to take messages out, and to come to rest.</summary>
public class MailboxOperatorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly MailboxSettings SmallPages = new() { PageRecords = 4 };

    /// <summary>Offline, with one message a second.</summary>
    private static MailboxHarness WithStored(int messages) => WithStored(messages, DispositionRequests.None);

    private static MailboxHarness Asking(int messages) => WithStored(messages, DispositionRequests.NegativeDelivery);

    private static MailboxHarness WithStored(int messages, DispositionRequests requests)
    {
        var mailbox = new MailboxHarness(SmallPages) { Requests = requests };
        mailbox.Begin();
        for (var i = 0; i < messages; i++)
        {
            mailbox.Arrive(i);
            mailbox.Advance(Second);
        }

        mailbox.TakeLog();
        return mailbox;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_purge_takes_out_everything_in_store_however_many_pages_that_is_and_tells_each_loss(int messages)
    {
        var mailbox = WithStored(messages);

        var purge = mailbox.Purge(messages + 1);

        Assert.Equal((messages, 0), (purge.Removed, purge.UnderWay));
        Assert.Empty(mailbox.Durable);
        Assert.Equal((0, 0L), (mailbox.Behavior.StoredCount, mailbox.Behavior.StoredBytes));
        Assert.Equal(messages, mailbox.Count(MailboxFact.DroppedPurged));
        Assert.Equal(Enumerable.Range(1, messages).Select(i => $"dropped {i} purged"), mailbox.Log.Where(line => line.StartsWith("dropped", StringComparison.Ordinal)));
        Assert.Equal($"purged {messages}, 0 under way", mailbox.TakeLog()[^1]);
        Assert.True(mailbox.Behavior.IsIdle);

        mailbox.ComeOnline();
        mailbox.Arrive();
        Assert.Equal($"deliver {messages + 1}", mailbox.TakeLog()[^1]);
    }

    [Fact]
    public void A_purge_with_a_time_keeps_what_arrived_later_and_its_order()
    {
        var mailbox = WithStored(10);

        Assert.Equal(6, mailbox.Purge(6).Removed);

        Assert.Equal([7, 8, 9, 10], mailbox.Durable.Keys);
        mailbox.TakeLog();
        mailbox.ComeOnline();
        for (var i = 7; i <= 10; i++)
        {
            Assert.Equal([i], mailbox.InFlight);
            mailbox.Result(i, 200);
        }

        Assert.True(mailbox.Behavior.IsIdle);
        Assert.Equal(4, mailbox.Count(MailboxFact.Delivered));
    }

    [Fact]
    public void What_arrives_after_the_request_stays_even_when_its_time_lies_ahead()
    {
        var mailbox = WithStored(6);
        mailbox.StoreRuns = false;
        var purge = mailbox.Purge(1000);
        mailbox.Advance(Second);
        mailbox.Arrive();
        mailbox.RunStore();

        Assert.Equal(6, purge.Removed);
        Assert.Equal([7], mailbox.Durable.Keys);
        Assert.Equal(202, mailbox.Answers[7]);
    }

    [Theory]
    [InlineData(200, MailboxFact.Delivered)]
    [InlineData(480, MailboxFact.DroppedPurged)]
    public void A_message_on_its_way_is_not_called_back_and_goes_in_the_end_whatever_its_result(int status, MailboxFact end)
    {
        var mailbox = WithStored(3);
        mailbox.ComeOnline();
        Assert.Equal([1], mailbox.InFlight);

        var purge = mailbox.Purge(100);
        Assert.Equal((2, 1), (purge.Removed, purge.UnderWay));
        Assert.Equal([1], mailbox.InFlight);
        mailbox.Result(1, status);

        Assert.Empty(mailbox.Durable);
        Assert.Equal(end == MailboxFact.Delivered ? (1, 2) : (0, 3), (mailbox.Count(MailboxFact.Delivered), mailbox.Count(MailboxFact.DroppedPurged)));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void A_message_that_was_tried_before_and_is_purged_is_not_taken_out_twice_by_a_late_success()
    {
        var mailbox = WithStored(1);
        mailbox.ComeOnline();
        mailbox.Result(1, 0);
        Assert.Equal(1, mailbox.Purge(100).Removed);

        mailbox.Result(1, 200);

        Assert.Equal((0, 1), (mailbox.Count(MailboxFact.Delivered), mailbox.Count(MailboxFact.DroppedPurged)));
        Assert.Equal(0, mailbox.Behavior.StoredCount);
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void A_live_message_whose_sender_waits_for_the_phone_is_no_part_of_the_mailbox()
    {
        var mailbox = new MailboxHarness(SmallPages);
        mailbox.Begin();
        mailbox.ComeOnline();
        mailbox.Arrive();

        Assert.Equal((0, 0), (mailbox.Purge(100).Removed, mailbox.Purge(100).UnderWay));
        mailbox.Result(1, 480);

        Assert.Equal(202, mailbox.Answers[1]);
        Assert.Equal([1], mailbox.Durable.Keys);
    }

    [Fact]
    public void A_message_that_is_just_being_written_is_answered_202_and_then_purged()
    {
        var mailbox = WithStored(1);
        mailbox.StoreRuns = false;
        mailbox.Arrive();
        var purge = mailbox.Purge(100);
        mailbox.RunStore();

        Assert.Equal(202, mailbox.Answers[2]);
        Assert.Empty(mailbox.Durable);
        Assert.Equal(2, mailbox.Count(MailboxFact.DroppedPurged));
        Assert.Equal(1, purge.Removed);
    }

    [Fact]
    public void No_delivery_begins_while_a_purge_goes_on()
    {
        var mailbox = WithStored(9);
        mailbox.StoreRuns = false;
        mailbox.Purge(4);
        mailbox.ComeOnline();
        mailbox.RunStore(1);
        Assert.Empty(mailbox.InFlight);

        mailbox.StoreRuns = true;
        mailbox.RunStore();
        mailbox.Advance(Second);
        Assert.Equal([5], mailbox.InFlight);
    }

    [Fact]
    public void A_store_that_does_not_answer_is_asked_again_and_the_purge_still_ends()
    {
        var mailbox = WithStored(9);
        mailbox.ReadsFail = true;
        var purge = mailbox.Purge(100);
        Assert.Equal(0, purge.Removed);
        Assert.False(mailbox.Behavior.IsIdle);

        mailbox.ReadsFail = false;
        mailbox.Advance(2 * Second);
        Assert.Equal(9, purge.Removed);
        Assert.Empty(mailbox.Durable);
    }

    [Fact]
    public void A_mailbox_that_does_not_know_its_store_yet_finds_out_first()
    {
        var stored = WithStored(5).Durable.Values.ToList();
        var mailbox = new MailboxHarness(SmallPages, stored, inventoryKnown: false) { StoreRuns = false };
        mailbox.Advance(10 * Second);
        mailbox.Begin();
        var purge = mailbox.Purge(3);
        mailbox.RunStore();

        Assert.Equal(3, purge.Removed);
        Assert.Equal(2, mailbox.Behavior.StoredCount);
        Assert.Equal([4, 5], mailbox.Durable.Keys);
    }

    [Fact]
    public void Two_purges_are_carried_out_one_after_the_other()
    {
        var mailbox = WithStored(9);
        mailbox.StoreRuns = false;
        var (first, second) = (mailbox.Purge(3), mailbox.Purge(5));
        mailbox.RunStore();

        Assert.Equal((3, 2), (first.Removed, second.Removed));
        Assert.Equal([6, 7, 8, 9], mailbox.Durable.Keys);
    }

    [Fact]
    public void Senders_who_asked_hear_of_each_page_of_a_purge_before_the_next_one_is_read()
    {
        var mailbox = Asking(6);
        var purge = mailbox.Purge(100);

        Assert.Equal(4, purge.Removed);
        Assert.Equal([1, 2, 3, 4], mailbox.Reports.Keys.Order());
        Assert.All(mailbox.Reports.Values, status => Assert.Equal(ImdnStatus.Failed, status));
        Assert.Equal([1, 2, 3, 4, 5, 6], mailbox.Durable.Keys);
        Assert.False(mailbox.Behavior.IsIdle);

        foreach (var arrival in mailbox.Reports.Keys.ToList())
        {
            mailbox.Reported(arrival, 202);
        }

        Assert.Equal([5, 6], mailbox.Reports.Keys.Order());
        Assert.Equal("purged 6, 0 under way", mailbox.Log.Single(line => line.StartsWith("purged", StringComparison.Ordinal)));
        mailbox.Reported(5, 404);
        mailbox.Reported(6, 202);

        Assert.Empty(mailbox.Durable);
        Assert.Equal((6, 5, 1), (mailbox.Count(MailboxFact.DroppedPurged), mailbox.Count(MailboxFact.ReportedFailed), mailbox.Count(MailboxFact.ReportDropped)));
        Assert.Equal((0, 0L), (mailbox.Behavior.StoredCount, mailbox.Behavior.StoredBytes));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void A_purged_message_that_the_phone_may_have_is_reported_as_an_error()
    {
        var mailbox = Asking(2);
        mailbox.ComeOnline();
        mailbox.Result(1, 0);
        mailbox.Purge(100);

        Assert.Equal((ImdnStatus.Error, ImdnStatus.Failed), (mailbox.Reports[1], mailbox.Reports[2]));
    }

    [Fact]
    public void A_message_on_its_way_that_was_purged_and_fails_is_reported_as_an_error()
    {
        var mailbox = Asking(1);
        mailbox.ComeOnline();
        Assert.Equal(1, mailbox.Purge(100).UnderWay);
        mailbox.Result(1, 480);

        Assert.Equal(ImdnStatus.Error, mailbox.Reports[1]);
        mailbox.Reported(1, 202);
        Assert.Equal((1, 1), (mailbox.Count(MailboxFact.DroppedPurged), mailbox.Count(MailboxFact.ReportedError)));
        Assert.Empty(mailbox.Durable);
    }

    [Fact]
    public void A_message_refused_for_good_while_the_mailbox_is_looked_through_is_taken_out_once()
    {
        var mailbox = Asking(3);
        mailbox.ComeOnline();
        mailbox.StoreRuns = false;
        var purge = mailbox.Purge(100);
        mailbox.Result(1, 404);
        mailbox.RunStore();

        Assert.Equal((2, 0), (purge.Removed, purge.UnderWay));
        Assert.Equal((1, 2), (mailbox.Count(MailboxFact.DroppedPermanent), mailbox.Count(MailboxFact.DroppedPurged)));
        Assert.Equal(0, mailbox.Behavior.StoredCount);
        Assert.Equal([1, 2, 3], mailbox.Reports.Keys.Order());
    }

    [Fact]
    public void A_purge_waits_for_the_reports_about_what_left_before_it()
    {
        var mailbox = Asking(3);
        mailbox.ComeOnline();
        mailbox.Result(1, 404);
        mailbox.Register(false);
        var purge = mailbox.Purge(100);
        Assert.Equal(0, purge.Removed);

        mailbox.Reported(1, 503);
        Assert.Equal(0, purge.Removed);
        mailbox.Advance(Second);
        mailbox.Reported(1, 202);
        Assert.Equal((1, 1), (purge.Removed, purge.UnderWay));
    }

    [Fact]
    public void A_turn_that_comes_after_a_purge_goes_back_and_what_arrives_then_asks_again()
    {
        var mailbox = new MailboxHarness(SmallPages with { NeedsTurns = true });
        mailbox.Begin();
        mailbox.Arrive();
        mailbox.ComeOnline();
        Assert.Equal(1, mailbox.TurnsAsked);

        Assert.Equal(1, mailbox.Purge(100).Removed);
        Assert.False(mailbox.Behavior.IsIdle);
        mailbox.GiveTurn();

        Assert.Equal("return turn", mailbox.TakeLog()[^1]);
        Assert.True(mailbox.Behavior.IsIdle);
        mailbox.Register(false);
        mailbox.Arrive();
        mailbox.ComeOnline();
        Assert.Equal(1, mailbox.TurnsAsked);
        mailbox.GiveTurn();
        Assert.Equal([2], mailbox.InFlight);
    }

    [Fact]
    public void A_turn_that_comes_during_a_purge_goes_back_and_another_is_asked_for_when_it_ends()
    {
        var mailbox = new MailboxHarness(SmallPages with { NeedsTurns = true });
        mailbox.Begin();
        mailbox.Arrive();
        mailbox.Advance(Second);
        mailbox.Arrive();
        mailbox.ComeOnline();
        mailbox.StoreRuns = false;
        mailbox.Purge(1);
        mailbox.GiveTurn();
        Assert.Equal("return turn", mailbox.TakeLog()[^1]);
        Assert.Equal(0, mailbox.TurnsAsked);

        mailbox.StoreRuns = true;
        mailbox.RunStore();
        Assert.Equal(1, mailbox.TurnsAsked);
        mailbox.GiveTurn();
        Assert.Equal([2], mailbox.InFlight);
    }

    [Fact]
    public void A_mailbox_that_stops_does_not_wait_for_its_turn_returns_it_and_asks_for_no_other()
    {
        var mailbox = new MailboxHarness(SmallPages with { NeedsTurns = true });
        mailbox.Begin();
        mailbox.Arrive();
        mailbox.ComeOnline();
        Assert.Equal(1, mailbox.TurnsAsked);

        mailbox.Stop(Second);
        Assert.True(mailbox.Behavior.IsAtRest);
        mailbox.GiveTurn();
        mailbox.Advance(TimeSpan.FromHours(1));

        Assert.Equal("return turn", mailbox.TakeLog()[^1]);
        Assert.Equal(0, mailbox.TurnsAsked);
        Assert.Equal([1], mailbox.Durable.Keys);
    }

    [Fact]
    public void A_mailbox_is_not_at_rest_before_what_left_is_reported_and_still_takes_the_reports_of_others()
    {
        var mailbox = Asking(2);
        mailbox.ComeOnline();
        mailbox.Stop(Second);
        mailbox.Result(1, 404);
        Assert.False(mailbox.Behavior.IsAtRest);

        var report = mailbox.ReportArrives(replaces: 77);
        var courtesy = mailbox.ReportArrives(replaces: 0);
        Assert.Equal((202, 202), (mailbox.Answers[report], mailbox.Answers[courtesy]));
        Assert.Empty(mailbox.InFlight);
        mailbox.Reported(1, 202);

        Assert.True(mailbox.Behavior.IsAtRest);
        Assert.Equal([2, report, courtesy], mailbox.Durable.Keys);
    }

    [Fact]
    public void A_mailbox_that_comes_to_rest_begins_no_delivery_and_keeps_the_rest_stored()
    {
        var mailbox = WithStored(3);
        mailbox.ComeOnline();
        Assert.Equal([1], mailbox.InFlight);
        Assert.False(mailbox.Behavior.IsAtRest);

        mailbox.Stop(Second);
        mailbox.Result(1, 200);
        mailbox.Advance(TimeSpan.FromHours(1));
        mailbox.Register();
        mailbox.Advance(TimeSpan.FromHours(1));

        Assert.True(mailbox.Behavior.IsAtRest);
        Assert.Empty(mailbox.InFlight);
        Assert.Equal([2, 3], mailbox.Durable.Keys);
        mailbox.Arrive();
        Assert.Equal(503, mailbox.Answers[4]);
        Assert.Equal(1, mailbox.Count(MailboxFact.RefusedStopping));
    }

    [Fact]
    public void A_sender_who_waits_when_the_server_stops_is_told_202_after_the_grace_and_the_message_is_stored()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { HoldTime = TimeSpan.FromMinutes(1) });
        mailbox.Begin();
        mailbox.ComeOnline();
        mailbox.Arrive();
        mailbox.Stop(Second);
        Assert.Empty(mailbox.Answers);

        mailbox.Advance(Second);

        Assert.Equal(202, mailbox.Answers[1]);
        Assert.Equal([1], mailbox.Durable.Keys);
        mailbox.Result(1, 200);
        Assert.True(mailbox.Behavior.IsAtRest);
        Assert.Empty(mailbox.Durable);
    }
}
