using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>When a mailbox reports, what it says, and that nothing leaves the store before its report is safe.</summary>
public class MailboxReportTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void An_expired_message_stays_in_the_store_until_its_report_is_in_the_senders_mailbox()
    {
        var mailbox = Offline();
        mailbox.Arrive(expiresIn: 10 * Second);
        mailbox.TakeLog();
        mailbox.Advance(10 * Second);
        Assert.Equal(["dropped 1 expired", "report 1 Failed"], mailbox.TakeLog());
        Assert.Single(mailbox.Durable);
        Assert.False(mailbox.Behavior.IsIdle);

        mailbox.ComeOnline();
        Assert.Empty(mailbox.TakeLog());
        mailbox.Reported(1, 202);
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        Assert.True(mailbox.Behavior.IsIdle);
        Assert.Equal((1, 1), (mailbox.Count(MailboxFact.DroppedExpired), mailbox.Count(MailboxFact.ReportedFailed)));
    }

    [Theory]
    [InlineData(DispositionRequests.None)]
    [InlineData(DispositionRequests.PositiveDelivery | DispositionRequests.Display)]
    public void Who_does_not_ask_for_failures_hears_of_none(DispositionRequests requests)
    {
        var mailbox = Offline();
        mailbox.Requests = requests;
        mailbox.Arrive(expiresIn: 10 * Second);
        mailbox.TakeLog();
        mailbox.Advance(10 * Second);

        Assert.Equal(["dropped 1 expired", "remove 1"], mailbox.TakeLog());
    }

    [Theory]
    [InlineData(new[] { 415 }, "Failed")]
    [InlineData(new[] { 480, 415 }, "Error")]
    [InlineData(new[] { 0, 603 }, "Error")]
    public void A_refusal_is_a_failure_unless_the_phone_may_have_got_an_earlier_copy(int[] results, string expected)
    {
        var mailbox = Offline();
        mailbox.Arrive();
        mailbox.ComeOnline();
        foreach (var result in results)
        {
            mailbox.Advance(TimeSpan.FromMinutes(1));
            mailbox.Result(1, result);
        }

        Assert.Equal(["dropped 1 permanent", $"report 1 {expected}"], mailbox.TakeLog()[^2..]);
        mailbox.Reported(1, 200);
        Assert.Empty(mailbox.Durable);
    }

    [Fact]
    public void An_attempt_that_was_given_up_makes_the_expiry_uncertain()
    {
        var mailbox = Offline();
        mailbox.Arrive(expiresIn: 100 * Second);
        mailbox.ComeOnline();
        mailbox.Register();
        mailbox.Register(online: false);
        mailbox.Advance(100 * Second);

        Assert.Equal("report 1 Error", mailbox.TakeLog()[^1]);
    }

    [Fact]
    public void A_live_message_that_is_refused_is_answered_and_not_reported()
    {
        var mailbox = Offline();
        mailbox.ComeOnline();
        mailbox.Arrive();
        mailbox.Result(1, 415);

        Assert.Equal(["deliver 1", "415 to 1"], mailbox.TakeLog());
    }

    [Fact]
    public void A_live_message_whose_sender_was_told_202_meanwhile_is_reported()
    {
        var mailbox = Offline();
        mailbox.ComeOnline();
        mailbox.Arrive();
        mailbox.Advance(5 * Second);
        mailbox.Result(1, 415);

        Assert.Equal(["deliver 1", "store 1", "202 to 1", "dropped 1 permanent", "report 1 Failed"], mailbox.TakeLog());
    }

    [Fact]
    public void A_report_that_cannot_be_stored_now_is_sent_again_and_one_that_never_can_is_given_up()
    {
        var mailbox = Offline();
        mailbox.Arrive(expiresIn: Second);
        mailbox.Advance(Second);
        mailbox.TakeLog();
        mailbox.Reported(1, 503);
        mailbox.Advance(0.9 * Second);
        Assert.Empty(mailbox.TakeLog());
        mailbox.Advance(0.1 * Second);
        Assert.Equal(["report 1 Failed"], mailbox.TakeLog());

        mailbox.Advance(30 * Second);
        Assert.Equal(["report 1 Failed"], mailbox.TakeLog());
        mailbox.Reported(1, 480);
        Assert.Equal(["remove 1"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.ReportDropped));
        mailbox.Reported(1, 202);
        Assert.Empty(mailbox.TakeLog());
    }

    [Fact]
    public void Thousands_that_expire_together_are_reported_page_by_page()
    {
        var mailbox = Offline();
        for (var message = 0; message < 1000; message++)
        {
            mailbox.Arrive(expiresIn: 10 * Second);
        }

        mailbox.Advance(10 * Second);
        var most = 0;
        while (mailbox.Reports.Count > 0)
        {
            most = Math.Max(most, mailbox.Reports.Count);
            mailbox.Reported(mailbox.Reports.Keys.First(), 202);
            mailbox.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(1000, mailbox.Count(MailboxFact.ReportedFailed));
        Assert.InRange(most, 1, new MailboxSettings().PageRecords);
        Assert.Empty(mailbox.Durable);
        Assert.True(mailbox.Behavior.IsIdle);
    }

    [Fact]
    public void What_has_expired_and_waits_to_be_reported_is_never_sent()
    {
        var mailbox = Offline();
        for (var message = 0; message < 40; message++)
        {
            mailbox.Arrive(message, expiresIn: message < 30 ? 10 * Second : null);
        }

        mailbox.Advance(10 * Second);
        mailbox.ComeOnline();
        while (mailbox.Reports.Count > 0)
        {
            Assert.DoesNotContain(mailbox.InFlight, arrival => arrival <= 30);
            mailbox.Reported(mailbox.Reports.Keys.First(), 202);
        }

        Assert.Equal([31], mailbox.InFlight);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void After_a_restart_a_message_that_an_earlier_life_may_have_sent_is_uncertain(bool online, bool inventoryKnown)
    {
        var earlier = new MailboxHarness { Requests = DispositionRequests.NegativeDelivery };
        var stored = earlier.Record(0, 7, 60 * Second);
        var mailbox = new MailboxHarness(new MailboxSettings { DrainDelay = TimeSpan.FromHours(1) }, [stored], inventoryKnown)
        {
            Requests = DispositionRequests.NegativeDelivery,
        };
        mailbox.Begin(online);
        mailbox.Arrive(expiresIn: 61 * Second);
        mailbox.Register(online: false);
        mailbox.Advance(61 * Second);
        mailbox.Reported(7, 202);
        mailbox.Advance(Second);

        Assert.Contains("report 7 Error", mailbox.Log);
        Assert.Contains("report 8 Failed", mailbox.Log);
    }

    [Fact]
    public void Storing_is_reported_to_who_asked_for_processing()
    {
        var mailbox = Offline();
        mailbox.Requests = DispositionRequests.Processing;
        mailbox.Arrive();

        Assert.Equal(["store 1", "202 to 1", "report 1 Stored"], mailbox.TakeLog());
        Assert.Equal(1, mailbox.Count(MailboxFact.ReportedStored));
        Assert.Empty(mailbox.Reports);
    }

    [Fact]
    public void A_report_waits_in_its_mailbox_like_a_message_and_makes_no_other_when_it_ends()
    {
        var mailbox = Offline(new MailboxSettings { Expiry = 60 * Second });
        var report = mailbox.ReportArrives(replaces: 99);
        Assert.Equal([$"store {report}", $"202 to {report}"], mailbox.TakeLog());
        mailbox.ComeOnline();
        Assert.Equal([$"deliver {report}"], mailbox.TakeLog());
        mailbox.Result(report, 415);

        Assert.Equal([$"dropped {report} permanent", $"remove {report}"], mailbox.TakeLog());
    }

    [Fact]
    public void A_report_that_takes_the_place_of_a_message_is_stored_before_it_is_sent_and_any_other_is_forwarded_at_once()
    {
        var mailbox = Offline();
        mailbox.ComeOnline();
        var first = mailbox.ReportArrives(replaces: 99);
        Assert.Equal([$"store {first}", $"202 to {first}", $"deliver {first}"], mailbox.TakeLog());
        mailbox.Result(first, 200);
        mailbox.TakeLog();

        var second = mailbox.ReportArrives(replaces: 0);
        Assert.Equal([$"deliver {second}"], mailbox.TakeLog());
    }

    [Fact]
    public void A_mailbox_full_of_messages_takes_a_quarter_more_of_reports()
    {
        var mailbox = Offline(new MailboxSettings { MaxMessages = 8 });
        for (var message = 0; message < 8; message++)
        {
            mailbox.Arrive();
        }

        var answers = Enumerable.Range(0, 3).Select(_ => mailbox.Answers[mailbox.ReportArrives(replaces: 99)]).ToList();
        Assert.Equal([202, 202, 480], answers);
        Assert.Equal(480, mailbox.Answers[mailbox.Arrive()]);
    }

    private static MailboxHarness Offline(MailboxSettings? settings = null)
    {
        var mailbox = new MailboxHarness(settings) { Requests = DispositionRequests.NegativeDelivery };
        mailbox.Begin();
        return mailbox;
    }
}
