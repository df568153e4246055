using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class MailboxBehaviorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static MailboxHarness Online(MailboxSettings? settings = null)
    {
        var mailbox = new MailboxHarness(settings);
        mailbox.Begin();
        mailbox.ComeOnline();
        return mailbox;
    }

    [Fact]
    public void An_idle_mailbox_of_an_online_phone_forwards_at_once_and_relays_the_2xx()
    {
        var mailbox = Online();
        mailbox.Arrive();
        mailbox.Result(1, 200);

        Assert.Equal(["deliver 1", "200 to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.ForwardedLive));
        Assert.True(mailbox.Behavior.IsIdle);
        Assert.Equal(Instant.Never, mailbox.Behavior.NextDeadline);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(420)]
    [InlineData(488)]
    [InlineData(493)]
    [InlineData(600)]
    [InlineData(603)]
    public void A_permanent_failure_of_a_live_message_goes_back_to_its_sender(int status)
    {
        var mailbox = Online();
        mailbox.Arrive();
        mailbox.Result(1, status);

        Assert.Equal(["deliver 1", $"{status} to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.RelayedFailure));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    [InlineData(408)]
    [InlineData(480)]
    [InlineData(486)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public void A_temporary_failure_of_a_live_message_stores_it_before_the_202(int status)
    {
        var mailbox = Online();
        mailbox.StoreRuns = false;
        mailbox.Arrive();
        mailbox.Result(1, status);

        Assert.Equal(["deliver 1", "store 1"], mailbox.TakeLog());
        mailbox.RunStore();
        Assert.Equal(["202 to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.TemporaryFailure));
        Assert.Equal(1, mailbox.Behavior.StoredCount);
    }

    [Fact]
    public void Without_a_final_answer_within_the_hold_time_the_message_is_stored_and_a_late_2xx_removes_it()
    {
        var mailbox = Online();
        mailbox.Arrive();
        mailbox.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
        mailbox.Advance(Second);
        Assert.Equal(["store 1", "202 to 1"], mailbox.TakeLog());

        mailbox.Result(1, 200);
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        Assert.Empty(mailbox.Durable);
        Assert.Equal(1, mailbox.Count(MailboxFact.Delivered));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void A_2xx_while_the_disk_still_writes_is_the_answer_and_the_record_goes_as_soon_as_it_is_there()
    {
        var mailbox = Online();
        mailbox.StoreRuns = false;
        mailbox.Arrive();
        mailbox.Advance(TimeSpan.FromSeconds(5));
        mailbox.Result(1, 200);
        Assert.Equal(["deliver 1", "store 1", "200 to 1"], mailbox.TakeLog());

        mailbox.RunStore();
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        Assert.Empty(mailbox.Durable);
        Assert.Equal(1, mailbox.Count(MailboxFact.ForwardedLive));
        Assert.Equal(0, mailbox.Count(MailboxFact.Stored));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void For_an_offline_phone_the_202_comes_after_the_store_has_confirmed()
    {
        var mailbox = new MailboxHarness { StoreRuns = false };
        mailbox.Begin();
        mailbox.Arrive();
        Assert.Equal(["store 1"], mailbox.TakeLog());
        mailbox.RunStore();
        Assert.Equal(["202 to 1"], mailbox.TakeLog());
        Assert.Equal(Instant.Never, mailbox.Behavior.NextDeadline);
    }

    [Fact]
    public void When_the_store_fails_the_sender_is_told_503_and_nothing_is_kept()
    {
        var mailbox = new MailboxHarness { StoreFails = true };
        mailbox.Begin();
        mailbox.Arrive();
        Assert.Equal(["store 1", "503 to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.RefusedStorage));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Theory]
    [InlineData(MailboxFact.RefusedServerQuota)]
    [InlineData(MailboxFact.RefusedServerQuotaBytes)]
    public void When_the_server_is_full_the_sender_is_told_480_and_nothing_is_kept(MailboxFact reason)
    {
        var mailbox = new MailboxHarness { ServerIsFull = reason };
        mailbox.Begin();
        mailbox.Arrive();
        Assert.Equal(["store 1", "480 to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(reason));
        Assert.True(mailbox.Behavior.IsIdle);

        mailbox.ServerIsFull = null;
        mailbox.Arrive();
        Assert.Equal(["store 2", "202 to 2"], mailbox.TakeLog());
    }

    [Fact]
    public void When_the_store_fails_for_a_held_message_its_delivery_goes_on_but_is_not_repeated()
    {
        var mailbox = Online();
        mailbox.StoreFails = true;
        mailbox.Arrive();
        mailbox.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["deliver 1", "store 1", "503 to 1"], mailbox.TakeLog());
        mailbox.Result(1, 480);
        mailbox.Advance(TimeSpan.FromHours(1));
        Assert.Empty(mailbox.TakeLog());
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void The_drain_is_oldest_first_one_at_a_time_and_starts_after_the_drain_delay()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(30);
        mailbox.Arrive(10);
        mailbox.Arrive(20);
        mailbox.Arrive(10);
        mailbox.TakeLog();

        mailbox.Register();
        Assert.Empty(mailbox.TakeLog());
        mailbox.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Empty(mailbox.TakeLog());
        mailbox.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var arrival in (long[])[2, 4, 3, 1])
        {
            mailbox.Result(arrival, 200);
        }

        Assert.Equal(["deliver 2", "remove 2", "deliver 4", "remove 4", "deliver 3", "remove 3", "deliver 1", "remove 1"], mailbox.TakeLog());
        Assert.Equal(0, mailbox.Count(MailboxFact.OrderViolation));
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void Timestamps_of_the_next_ntp_era_come_after_those_of_this_one()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        var afterWrap = (new DateTimeOffset(2036, 3, 1, 0, 0, 0, TimeSpan.Zero) - MailboxHarness.Start).TotalSeconds;
        var beforeWrap = (new DateTimeOffset(2036, 2, 1, 0, 0, 0, TimeSpan.Zero) - MailboxHarness.Start).TotalSeconds;
        mailbox.Arrive(afterWrap);
        mailbox.Arrive(beforeWrap);
        mailbox.TakeLog();
        mailbox.ComeOnline();
        Assert.Equal(["deliver 2"], mailbox.TakeLog());
    }

    [Fact]
    public void In_order_of_arrival_timestamps_do_not_matter()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { OldestFirst = false });
        mailbox.Begin();
        mailbox.Arrive(30);
        mailbox.Arrive(10);
        mailbox.TakeLog();
        mailbox.ComeOnline();
        mailbox.Result(1, 200);
        Assert.Equal(["deliver 1", "remove 1", "deliver 2"], mailbox.TakeLog());
    }

    [Fact]
    public void Live_messages_wait_behind_the_drain()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        mailbox.TakeLog();
        mailbox.Arrive(3);
        Assert.Equal(["store 3", "202 to 3"], mailbox.TakeLog());
        mailbox.Result(1, 200);
        mailbox.Result(2, 200);
        mailbox.Result(3, 200);
        Assert.Equal(["remove 1", "deliver 2", "remove 2", "deliver 3", "remove 3"], mailbox.TakeLog());
    }

    [Fact]
    public void Live_messages_pass_the_drain_when_they_may()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { LiveBypassesDrain = true, MaxLiveInFlight = 2 });
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        mailbox.TakeLog();
        mailbox.Arrive(3);
        mailbox.Arrive(4);
        mailbox.Arrive(5);
        mailbox.Result(3, 200);
        mailbox.Result(1, 200);
        Assert.Equal(["deliver 3", "deliver 4", "store 5", "202 to 5", "200 to 3", "remove 1", "deliver 2"], mailbox.TakeLog());
    }

    [Fact]
    public void A_window_of_three_has_three_under_way()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { Window = 3 });
        mailbox.Begin();
        for (var i = 0; i < 5; i++)
        {
            mailbox.Arrive(i);
        }

        mailbox.TakeLog();
        mailbox.ComeOnline();
        mailbox.Result(2, 200);
        Assert.Equal(["deliver 1", "deliver 2", "deliver 3", "remove 2", "deliver 4"], mailbox.TakeLog());
    }

    [Fact]
    public void A_message_is_held_until_it_has_settled_and_a_straggler_goes_first()
    {
        var mailbox = Online(new MailboxSettings { Settle = TimeSpan.FromSeconds(5) });
        mailbox.Arrive(10.4);
        mailbox.Arrive(0.4);
        mailbox.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["store 1", "202 to 1", "store 2", "202 to 2"], mailbox.TakeLog());

        mailbox.Advance(Second);
        mailbox.Result(2, 200);
        Assert.Equal(["deliver 2", "remove 2", "deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void A_temporary_failure_stops_the_drain_keeps_the_order_and_backs_off_longer_each_time()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { BackOffBase = TimeSpan.FromSeconds(10), BackOffCap = TimeSpan.FromSeconds(60) });
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        var waits = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            mailbox.TakeLog();
            var failedAt = mailbox.Now;
            mailbox.Result(1, 503);
            Assert.Empty(mailbox.TakeLog());
            mailbox.Advance(mailbox.Behavior.NextDeadline - mailbox.Now);
            Assert.Equal(["deliver 1"], mailbox.TakeLog());
            waits.Add((mailbox.Now - failedAt).TotalSeconds);
        }

        double[] longest = [10, 20, 40, 60, 60, 60];
        Assert.All(waits.Zip(longest), pair => Assert.InRange(pair.First, pair.Second / 2, pair.Second));
        Assert.Equal(6, mailbox.Count(MailboxFact.Redelivery));
        mailbox.Result(1, 200);
        Assert.Equal(["remove 1", "deliver 2"], mailbox.TakeLog());
    }

    [Fact]
    public void Retry_after_is_honoured_up_to_the_cap()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { BackOffBase = Second, BackOffCap = TimeSpan.FromSeconds(100) });
        mailbox.Begin();
        mailbox.Arrive();
        mailbox.ComeOnline();
        mailbox.Result(1, 480, TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), mailbox.Behavior.NextDeadline - mailbox.Now);
        mailbox.Advance(TimeSpan.FromSeconds(30));
        mailbox.Result(1, 480, TimeSpan.FromDays(30));
        Assert.Equal(TimeSpan.FromSeconds(100), mailbox.Behavior.NextDeadline - mailbox.Now);
    }

    [Fact]
    public void During_back_off_new_messages_are_stored_and_a_registration_ends_it()
    {
        var mailbox = Online(new MailboxSettings { BackOffBase = TimeSpan.FromHours(1), BackOffCap = TimeSpan.FromHours(1) });
        mailbox.Arrive(1);
        mailbox.Result(1, 0);
        mailbox.Arrive(2);
        Assert.Equal(["deliver 1", "store 1", "202 to 1", "store 2", "202 to 2"], mailbox.TakeLog());
        mailbox.ComeOnline();
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.Redelivery));
    }

    [Fact]
    public void A_permanent_failure_takes_the_message_out_and_the_drain_goes_on()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        mailbox.TakeLog();
        mailbox.Result(1, 415);
        Assert.Equal(["dropped 1 permanent", "remove 1", "deliver 2"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.DroppedPermanent));
    }

    [Fact]
    public void A_registration_during_a_delivery_abandons_it_and_sends_the_same_message_again()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        mailbox.TakeLog();

        mailbox.Register();
        mailbox.Register();
        Assert.Equal(["abandon 1"], mailbox.TakeLog());
        mailbox.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.Redelivery));
    }

    [Fact]
    public void A_live_message_whose_delivery_is_abandoned_is_stored_first()
    {
        var mailbox = Online();
        mailbox.Arrive();
        mailbox.Register();
        Assert.Equal(["deliver 1", "abandon 1", "store 1", "202 to 1"], mailbox.TakeLog());
        mailbox.Advance(Second);
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void A_late_2xx_for_an_abandoned_delivery_saves_the_second_one()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.ComeOnline();
        mailbox.Register();
        mailbox.TakeLog();
        mailbox.Result(1, 200);
        mailbox.Advance(Second);
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        Assert.True(mailbox.Behavior.IsIdle);
        Assert.Equal(1, mailbox.Count(MailboxFact.Delivered));
    }

    [Fact]
    public void A_late_failure_for_an_abandoned_delivery_changes_nothing()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.ComeOnline();
        mailbox.Register();
        mailbox.TakeLog();
        mailbox.Result(1, 415);
        mailbox.Result(77, 200);
        mailbox.Advance(Second);
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void Repeated_registrations_of_a_healthy_phone_change_nothing()
    {
        var mailbox = Online();
        mailbox.Register();
        mailbox.Arrive();
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void Copies_of_a_registration_do_not_prolong_the_drain_delay()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive();
        mailbox.TakeLog();
        mailbox.Register();
        mailbox.Advance(TimeSpan.FromMilliseconds(400));
        mailbox.Register();
        mailbox.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void A_phone_that_left_gets_nothing_more_and_what_was_under_way_is_kept()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2);
        mailbox.ComeOnline();
        mailbox.Register(online: false);
        mailbox.TakeLog();
        mailbox.Result(1, 480);
        mailbox.Advance(TimeSpan.FromDays(10));
        Assert.Empty(mailbox.TakeLog());
        Assert.Equal(2, mailbox.Behavior.StoredCount);
        mailbox.ComeOnline();
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void Messages_are_dropped_at_their_expiry_also_those_that_are_not_in_memory()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { PageRecords = 4 });
        mailbox.Begin();
        for (var i = 0; i < 20; i++)
        {
            mailbox.Arrive(i, expiresIn: TimeSpan.FromSeconds(100 + i));
        }

        mailbox.TakeLog();
        Assert.Equal(TimeSpan.FromSeconds(100), mailbox.Behavior.NextDeadline - mailbox.Now);
        mailbox.Advance(TimeSpan.FromSeconds(104));
        Assert.Equal(5, mailbox.Count(MailboxFact.DroppedExpired));
        Assert.Equal(["dropped 1 expired", "remove 1", "dropped 2 expired", "remove 2"], mailbox.TakeLog()[..4]);
        Assert.Equal(15, mailbox.Durable.Count);
        Assert.Equal(15, mailbox.Behavior.StoredCount);
        mailbox.Advance(TimeSpan.FromSeconds(100));
        Assert.Empty(mailbox.Durable);
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void Nothing_is_delivered_after_its_expiry()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.Arrive(1, expiresIn: Second);
        mailbox.Arrive(2);
        mailbox.TakeLog();
        mailbox.Register();
        mailbox.Advance(Second);
        Assert.Contains("deliver 1", mailbox.TakeLog());
        mailbox.Result(1, 480);
        Assert.Equal(["dropped 1 expired", "remove 1"], mailbox.TakeLog());
    }

    [Fact]
    public void What_arrives_expired_is_refused()
    {
        var mailbox = Online();
        mailbox.Arrive(0, expiresIn: TimeSpan.Zero);
        Assert.Equal(["480 to 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.RefusedExpired));
    }

    [Fact]
    public void A_full_mailbox_refuses_by_count_and_by_bytes()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { MaxMessages = 2, MaxBodyBytes = 25 });
        mailbox.Begin();
        mailbox.Arrive(1);
        mailbox.Arrive(2, bodyBytes: 16);
        Assert.Equal(480, mailbox.Answers[2]);
        mailbox.Arrive(3);
        mailbox.Arrive(4, bodyBytes: 1);
        Assert.Equal(202, mailbox.Answers[3]);
        Assert.Equal(480, mailbox.Answers[4]);
        Assert.Equal(1, mailbox.Count(MailboxFact.RefusedQuota));
        Assert.Equal(1, mailbox.Count(MailboxFact.RefusedQuotaBytes));

        mailbox.ComeOnline();
        mailbox.Result(1, 200);
        mailbox.Arrive(5);
        Assert.Equal(202, mailbox.Answers[5]);
    }

    [Fact]
    public void A_restarted_mailbox_takes_up_what_the_store_holds()
    {
        var seed = new MailboxHarness();
        var stored = Enumerable.Range(0, 40).Select(i => seed.Record(40 - i)).ToList();
        foreach (var inventoryKnown in (bool[])[true, false])
        {
            var mailbox = new MailboxHarness(new MailboxSettings { PageRecords = 8 }, stored, inventoryKnown);
            mailbox.Begin(online: true);
            Assert.Equal(40, mailbox.Behavior.StoredCount);
            mailbox.Advance(Second);
            for (var arrival = 40; arrival >= 1; arrival--)
            {
                Assert.Equal([arrival], mailbox.InFlight);
                mailbox.Result(arrival, 200);
            }

            Assert.True(mailbox.Behavior.IsIdle);
        }
    }

    [Fact]
    public void A_failed_read_is_asked_again()
    {
        var mailbox = new MailboxHarness { ReadsFail = true };
        mailbox.Begin();
        mailbox.Arrive(1, expiresIn: TimeSpan.FromHours(1));
        mailbox.TakeLog();
        mailbox.ComeOnline();
        mailbox.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(mailbox.TakeLog());
        mailbox.ReadsFail = false;
        mailbox.Advance(Second);
        Assert.Equal(["deliver 1"], mailbox.TakeLog());

        mailbox.Register(online: false);
        mailbox.Result(1, 480);
        mailbox.ReadsFail = true;
        mailbox.Advance(TimeSpan.FromHours(2));
        mailbox.ReadsFail = false;
        mailbox.Advance(Second);
        Assert.Equal(["dropped 1 expired", "remove 1"], mailbox.TakeLog());
    }

    [Fact]
    public void An_older_message_on_its_way_to_the_disk_is_waited_for()
    {
        var mailbox = new MailboxHarness();
        mailbox.Begin();
        mailbox.ComeOnline();
        mailbox.Arrive(5);
        mailbox.StoreRuns = false;
        mailbox.Arrive(3);
        mailbox.Arrive(2);
        mailbox.TakeLog();
        mailbox.Result(1, 200);
        mailbox.RunStore(1);
        Assert.Equal(["200 to 1", "202 to 2"], mailbox.TakeLog());
        mailbox.RunStore();
        Assert.Equal(["202 to 3", "deliver 3"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.LateArrival));
    }

    [Fact]
    public void A_page_full_of_messages_that_are_on_their_way_is_passed_and_not_asked_for_again()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { LiveBypassesDrain = true, HoldTime = TimeSpan.FromMilliseconds(500), PageRecords = 4 });
        mailbox.Begin();
        mailbox.ComeOnline();
        for (var i = 1; i <= 12; i++)
        {
            mailbox.Arrive(-20 + i);
        }

        mailbox.Result(12, 480);
        mailbox.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(12, mailbox.Behavior.StoredCount);
        mailbox.StoreRuns = false;
        mailbox.Advance(TimeSpan.FromSeconds(2));
        mailbox.RunStore(40);

        // Eleven are stored and on their way; behind them is the one that failed.
        Assert.Equal(0, mailbox.StoreBacklog);
        Assert.Contains("deliver 12", mailbox.Log.TakeLast(8));
        for (var i = 1; i <= 12; i++)
        {
            mailbox.Result(i, 200);
        }

        mailbox.RunStore(40);
        Assert.Equal((0, 0), (mailbox.Behavior.StoredCount, mailbox.Behavior.InFlight));
    }

    [Fact]
    public void A_message_that_comes_back_before_the_place_where_pages_are_read_is_not_forgotten()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { LiveBypassesDrain = true, HoldTime = TimeSpan.FromMilliseconds(500), PageRecords = 4 });
        mailbox.Begin();
        mailbox.ComeOnline();
        for (var i = 1; i <= 12; i++)
        {
            mailbox.Arrive(-20 + i);
        }

        mailbox.Result(12, 480);
        mailbox.Advance(TimeSpan.FromSeconds(3));
        mailbox.Result(3, 480);
        for (var i = 1; i <= 12; i++)
        {
            if (i != 3)
            {
                mailbox.Result(i, 200);
            }
        }

        mailbox.Advance(TimeSpan.FromSeconds(10));
        mailbox.Result(3, 200);
        Assert.Equal((0, 0), (mailbox.Behavior.StoredCount, mailbox.Behavior.InFlight));
        Assert.Empty(mailbox.Durable);
    }

    private static MailboxHarness WithBacklog(MailboxSettings settings, int messages)
    {
        var mailbox = new MailboxHarness(settings);
        mailbox.Begin();
        for (var message = 0; message < messages; message++)
        {
            mailbox.Arrive(message);
        }

        mailbox.ComeOnline();
        return mailbox;
    }

    [Fact]
    public void Under_a_limit_every_stored_message_needs_a_turn_of_its_own()
    {
        var mailbox = WithBacklog(new MailboxSettings { NeedsTurns = true }, 2);
        Assert.Equal("ask turn", mailbox.TakeLog()[^1]);
        mailbox.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(mailbox.TakeLog());

        mailbox.GiveTurn();
        mailbox.Result(1, 200);
        Assert.Equal(["deliver 1", "remove 1", "ask turn"], mailbox.TakeLog());

        mailbox.GiveTurn();
        mailbox.Result(2, 200);
        Assert.Equal(["deliver 2", "remove 2"], mailbox.TakeLog());
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void A_turn_for_a_phone_that_left_goes_back_and_the_mailbox_is_not_idle_before()
    {
        var mailbox = WithBacklog(new MailboxSettings { NeedsTurns = true }, 1);
        mailbox.Register(online: false);
        mailbox.TakeLog();

        mailbox.GiveTurn();
        Assert.Equal(["return turn"], mailbox.TakeLog());

        mailbox.ComeOnline();
        Assert.Equal(["ask turn"], mailbox.TakeLog());
    }

    [Fact]
    public void A_mailbox_whose_last_message_expired_in_line_waits_for_its_turn_before_it_may_be_forgotten()
    {
        var mailbox = new MailboxHarness(new MailboxSettings { NeedsTurns = true });
        mailbox.Begin();
        mailbox.Arrive(expiresIn: TimeSpan.FromSeconds(10));
        mailbox.ComeOnline();
        mailbox.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, mailbox.Count(MailboxFact.DroppedExpired));
        Assert.False(mailbox.Behavior.IsIdle);

        mailbox.GiveTurn();
        Assert.Equal("return turn", mailbox.TakeLog()[^1]);
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void Live_messages_need_no_turn()
    {
        var mailbox = Online(new MailboxSettings { NeedsTurns = true });
        mailbox.Arrive();
        mailbox.Result(1, 200);

        Assert.Equal(["deliver 1", "200 to 1"], mailbox.TakeLog());
    }

    [Fact]
    public void The_interval_of_one_phone_is_kept_between_stored_messages_and_not_for_live_ones()
    {
        var mailbox = WithBacklog(new MailboxSettings { DrainInterval = Second }, 2);
        Assert.Equal("deliver 1", mailbox.TakeLog()[^1]);
        mailbox.Result(1, 200);
        mailbox.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        mailbox.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["deliver 2"], mailbox.TakeLog());
        mailbox.Result(2, 200);
        mailbox.Arrive(5);
        Assert.Equal(["remove 2", "deliver 3"], mailbox.TakeLog());
    }

    [Fact]
    public void A_503_with_retry_after_is_told_to_the_whole_server()
    {
        var mailbox = WithBacklog(new MailboxSettings(), 1);
        mailbox.TakeLog();
        mailbox.Result(1, 503, TimeSpan.FromSeconds(40));
        Assert.Equal(["core busy 40"], mailbox.TakeLog());

        mailbox.Register();
        mailbox.Advance(Second);
        mailbox.Result(1, 503);
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }

    [Fact]
    public void While_the_core_is_busy_nothing_is_sent_and_messages_are_stored_also_after_a_registration()
    {
        var mailbox = Online();
        mailbox.CoreIsBusy(TimeSpan.FromSeconds(100));
        mailbox.Arrive();
        mailbox.Register();
        mailbox.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal(["store 1", "202 to 1"], mailbox.TakeLog());

        mailbox.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(["deliver 1"], mailbox.TakeLog());
    }
}
