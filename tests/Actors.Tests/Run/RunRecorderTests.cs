using System.Text;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Run;

public sealed class RunRecorderTests
{
    private const int Phone = 1;
    private static readonly UeId Receiver = new(Phone);
    private readonly RunRecorder _recorder = new(new RunRecorderSettings { Phones = 3, RecordArrivals = true });
    private ulong _identity;

    [Fact]
    public void Delivery_counts_from_the_later_of_due_and_registration_and_age_from_due()
    {
        Online(_recorder, at: 1);
        var early = Send(_recorder, due: 2, timestamp: 2);
        Receive(_recorder, early, at: 2.5);
        Tell(_recorder, new UeEffect(UeEffectKind.WentOffline), 3);
        var away = Send(_recorder, due: 4, timestamp: 4);
        Online(_recorder, at: 10);
        Receive(_recorder, away, at: 10.25);

        Assert.Equal(2, _recorder.Delivery.Count);
        Assert.InRange(_recorder.Delivery.Summarize().P50.TotalSeconds, 0.249, 0.251);
        Assert.InRange(_recorder.Delivery.Summarize().Max.TotalSeconds, 0.499, 0.501);
        Assert.InRange(_recorder.Age.Summarize().Max.TotalSeconds, 6.24, 6.26);
        Assert.Equal(2, _recorder.Registration.Count);
    }

    [Fact]
    public void A_message_whose_sender_was_told_202_waits_until_its_recipient_or_the_server_puts_an_end_to_it()
    {
        Stored(_recorder, out var older, out var newer);
        var live = Send(_recorder, due: 8, timestamp: 8);
        Answer(_recorder, live, 200, at: 9);
        Assert.Equal(2, _recorder.Counters.Deferred);
        Online(_recorder, at: 10);
        Receive(_recorder, older, at: 11, ReceiveOutcome.KmsUnavailable);
        Assert.Equal(2, _recorder.Counters.Deferred);
        Receive(_recorder, older, at: 12);
        Receive(_recorder, older, at: 13, ReceiveOutcome.Duplicate);
        Receive(_recorder, newer, at: 14, ReceiveOutcome.Stale);
        Assert.Equal(0, _recorder.Counters.Deferred);

        var raced = Send(_recorder, due: 15, timestamp: 15);
        Receive(_recorder, raced, at: 16);
        Answer(_recorder, raced, 202, at: 17);
        Assert.Equal(0, _recorder.Counters.Deferred);
    }

    [Fact]
    public void A_stored_message_after_a_newer_one_breaks_the_order()
    {
        Stored(_recorder, out var older, out var newer);
        Online(_recorder, at: 10);
        Receive(_recorder, newer, at: 11);
        Receive(_recorder, older, at: 12);

        Assert.Equal(1, _recorder.Counters.OrderViolations);
    }

    [Fact]
    public void Stored_messages_in_order_and_a_newer_live_one_last_break_nothing()
    {
        Stored(_recorder, out var older, out var newer);
        Online(_recorder, at: 10);
        var live = Send(_recorder, due: 11, timestamp: 11);
        Receive(_recorder, older, at: 11);
        Receive(_recorder, newer, at: 12);
        Receive(_recorder, live, at: 13);

        Assert.Equal(0, _recorder.Counters.OrderViolations);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void A_live_message_may_overtake_the_stored_ones_only_where_it_is_allowed_to(bool mayBypass, int violations)
    {
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = 3, LiveBypassesDrain = mayBypass });
        Stored(recorder, out var older, out var newer);
        Online(recorder, at: 10);
        var live = Send(recorder, due: 11, timestamp: 11);
        Receive(recorder, live, at: 11);
        Receive(recorder, older, at: 12);
        Receive(recorder, newer, at: 13);

        Assert.Equal(violations, recorder.Counters.OrderViolations);
    }

    [Fact]
    public void A_new_session_starts_the_order_anew_and_live_messages_of_other_senders_may_cross()
    {
        Online(_recorder, at: 1);
        var first = Send(_recorder, due: 2, timestamp: 2);
        var second = Send(_recorder, due: 2, timestamp: 3);
        Receive(_recorder, second, at: 3);
        Receive(_recorder, first, at: 4);
        Tell(_recorder, new UeEffect(UeEffectKind.WentOffline), 5);
        var stored = Send(_recorder, due: 6, timestamp: 1);
        Answer(_recorder, stored, 202, at: 7);
        Online(_recorder, at: 10);
        Receive(_recorder, stored, at: 11);

        Assert.Equal(0, _recorder.Counters.OrderViolations);
    }

    [Fact]
    public void Without_a_promise_of_order_nothing_is_checked()
    {
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = 3, CheckOrder = false });
        Stored(recorder, out var older, out var newer);
        Online(recorder, at: 10);
        Receive(recorder, newer, at: 11);
        Receive(recorder, older, at: 12);

        Assert.Equal(0, recorder.Counters.OrderViolations);
    }

    [Fact]
    public void A_copy_by_the_network_is_a_redelivery_and_no_second_acceptance()
    {
        Online(_recorder, at: 1);
        var message = Send(_recorder, due: 2, timestamp: 2);
        Receive(_recorder, message, at: 3);
        Receive(_recorder, message, at: 4, ReceiveOutcome.Duplicate);
        Answer(_recorder, message, 200, at: 5);

        Assert.Equal((1, 1, 0), (_recorder.Counters.Redelivered, _recorder.Delivery.Count, _recorder.Counters.InFlight));
        Assert.Equal(0, _recorder.Counters.Received(ReceiveOutcome.Duplicate));
        var totals = _recorder.Ledger.Close(canSeeStore: true);
        Assert.Equal((1L, 0L, true), (totals.Accepted, totals.AcceptedTwice, totals.IsBalanced));
        Assert.Equal(2, _recorder.TakeArrivals().Count);
    }

    [Fact]
    public void A_message_accepted_twice_is_seen()
    {
        Online(_recorder, at: 1);
        var message = Send(_recorder, due: 2, timestamp: 2);
        Receive(_recorder, message, at: 3);
        Receive(_recorder, message, at: 4);

        Receive(_recorder, message, at: 5);

        Assert.Equal(1, _recorder.Ledger.Close(canSeeStore: true).AcceptedTwice);
        Assert.Equal(1, _recorder.Counters.AcceptedTwice);
    }

    [Theory]
    [InlineData(ReceiveOutcome.Duplicate, 0)]
    [InlineData(ReceiveOutcome.Accepted, 1)]
    public void An_attack_is_booked_as_one_whatever_message_it_copies(ReceiveOutcome outcome, int accepted)
    {
        Online(_recorder, at: 1);
        var message = Send(_recorder, due: 2, timestamp: 2);
        var fact = Received(message, outcome) with { Request = Request(AttackMark.Create(AttackKind.Forged, 17, "attacker.invalid")) };
        Tell(_recorder, fact, 3);

        Assert.Equal(1, _recorder.Counters.AttackOutcomes(AttackKind.Forged, outcome));
        Assert.Equal(accepted, _recorder.Counters.AttacksAccepted);
        Assert.Equal(0, _recorder.Counters.Received(outcome));
        Assert.Equal(0, _recorder.Ledger.Read(message).AcceptedCount);
        Assert.Empty(_recorder.TakeArrivals());
    }

    [Fact]
    public void A_message_has_a_rank_once_when_the_rule_judges_it_and_none_when_something_else_refuses_it()
    {
        Online(_recorder, at: 1);
        long[] messages = [.. Enumerable.Range(0, 6).Select(i => Send(_recorder, due: 2, timestamp: 2 + i))];
        Receive(_recorder, messages[2], at: 3);
        Receive(_recorder, messages[2], at: 3, ReceiveOutcome.Duplicate);
        Receive(_recorder, messages[1], at: 3, ReceiveOutcome.KmsUnavailable);
        Receive(_recorder, messages[5], at: 3, ReceiveOutcome.Future);
        Receive(_recorder, messages[4], at: 3, ReceiveOutcome.MacInvalid);
        Receive(_recorder, messages[1], at: 4);
        Receive(_recorder, messages[0], at: 4, ReceiveOutcome.Stale);
        Receive(_recorder, messages[0], at: 5, ReceiveOutcome.Stale);
        Receive(_recorder, messages[3], at: 5, ReceiveOutcome.Tie);

        // 2, then 1 (overtaken by 2), 0 (by 2 and 1), 3 (by none).
        Assert.Equal([new(0, 2), new(1, 1), new(2, 1)], Assert.Single(_recorder.Ranks.ByPhase()).Ranks);
    }

    [Fact]
    public void Whole_seconds_tie_and_each_phase_has_its_own_ranks()
    {
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = 3, Phases = 2, TimestampBytes = 4 });
        Online(recorder, at: 1);
        Receive(recorder, Send(recorder, due: 2, timestamp: 2.2), at: 3);
        recorder.Ranks.EnterPhase(1);
        Receive(recorder, Send(recorder, due: 2, timestamp: 2.8), at: 4);
        Receive(recorder, Send(recorder, due: 2, timestamp: 3.1), at: 4);

        Assert.Equal([[new(0, 1)], [new(0, 1), new(1, 1)]], recorder.Ranks.ByPhase().Select(static phase => phase.Ranks));
    }

    [Fact]
    public async Task Phones_on_many_threads_lose_no_rank()
    {
        const int phones = 8;
        const int messages = 5000;
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = phones, Phases = 3 });
        var observed = new CountingObserver();
        recorder.Ranks.Observer = observed;
        var facts = Enumerable.Range(0, phones).Select(phone => Enumerable.Range(0, messages).Select(i =>
        {
            var number = recorder.OnDue(0, phone, At(2), At(2));
            var digest = new ReplayDigest((ulong)number, (ulong)number, 0);
            var sent = new UeEffect(UeEffectKind.MessageSent, number, Timestamp: Ntp(i % 2 == 0 ? i : i - 2.5), Digest: digest);
            recorder.OnUeFact(new UeId(0), sent, At(2));
            return new UeEffect(UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted, Timestamp: sent.Timestamp, Digest: sent.Digest);
        }).ToArray()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, phones).Select(phone => Task.Run(() =>
        {
            for (var i = 0; i < messages; i++)
            {
                recorder.OnUeFact(new UeId(phone), facts[phone][i], At(3));
                recorder.Ranks.EnterPhase(i * 3 / messages);
                _ = i % 100 == 0 ? recorder.Ranks.ByPhase() : null;
            }
        })));

        // Every second message is overtaken by the one before it.
        var ranks = new RankHistogram();
        foreach (var phase in recorder.Ranks.ByPhase())
        {
            ranks.Merge(phase);
        }

        Assert.Equal([new(0, phones * messages / 2), new(1, phones * messages / 2)], ranks.Ranks);
        Assert.Equal(phones * messages, observed.Count);
    }

    [Fact]
    public void What_nobody_sent_is_seen_when_it_is_accepted()
    {
        Online(_recorder, at: 1);
        Tell(_recorder, new UeEffect(UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted, Digest: new ReplayDigest(9, 9, 9)), 2);

        Assert.Equal(1, _recorder.Counters.UnknownAccepted);
    }

    [Theory]
    [InlineData(404, FailureReason.Refused4xx)]
    [InlineData(503, FailureReason.Refused5xx)]
    [InlineData(603, FailureReason.Refused6xx)]
    public void A_refusal_closes_a_message_under_its_class(int status, FailureReason reason)
    {
        var message = Send(_recorder, due: 2, timestamp: 2);
        Answer(_recorder, message, status, at: 3);

        Assert.Equal((1L, 0L), (_recorder.Counters.Failed(reason), _recorder.Counters.InFlight));
        Assert.Equal(1, _recorder.Ledger.Close(canSeeStore: true).FailedByReason[reason]);
    }

    [Fact]
    public void A_message_that_failed_for_its_sender_and_was_accepted_all_the_same_has_not_failed_for_good()
    {
        Online(_recorder, at: 1);
        var (before, after, never) = (Send(_recorder, due: 2, timestamp: 2), Send(_recorder, due: 3, timestamp: 3), Send(_recorder, due: 4, timestamp: 4));
        foreach (var number in (long[])[before, never])
        {
            Answer(_recorder, number, 503, at: 5);
        }

        Assert.Equal(2, _recorder.Counters.FailedForGood(FailureReason.Refused5xx));
        Receive(_recorder, before, at: 6);
        Receive(_recorder, after, at: 6);
        Answer(_recorder, after, 503, at: 7);

        Assert.Equal((3, 1), (_recorder.Counters.Failed(FailureReason.Refused5xx), _recorder.Counters.FailedForGood(FailureReason.Refused5xx)));
        Assert.Equal(_recorder.Ledger.Close(canSeeStore: true).Failed, _recorder.Counters.FailedForGood(FailureReason.Refused5xx));
    }

    [Fact]
    public void A_restarted_phone_is_not_registered_until_it_registers_again()
    {
        Online(_recorder, at: 1);
        _recorder.OnUeRestarted(Receiver, new InvalidOperationException());
        Assert.Equal((0, 1, false), (_recorder.RegisteredPhones, (int)_recorder.Counters.Restarts, _recorder.IsRegistered(Phone)));
        Tell(_recorder, new UeEffect(UeEffectKind.Registered), 2);
        Tell(_recorder, new UeEffect(UeEffectKind.Registered), 3);

        Assert.Equal((1, 3, true), (_recorder.RegisteredPhones, (int)_recorder.Counters.Registrations, _recorder.IsRegistered(Phone)));
    }

    [Fact]
    public void Reports_are_counted_apart_and_touch_no_figure_of_the_messages()
    {
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = 3, Reports = ReportRequests.All });
        Online(recorder, at: 1);
        var accepted = Send(recorder, due: 2, timestamp: 2);
        Receive(recorder, accepted, at: 3);
        var digest = new ReplayDigest(77, 77, 77);
        var id = ReportId.Create(new byte[16], accepted, "sip:bob@ims.example");
        Tell(recorder, new UeEffect(UeEffectKind.ReportDue, MessageId: id), 3);
        Assert.Equal(1, recorder.Counters.ReportsInFlight);
        Tell(recorder, new UeEffect(UeEffectKind.ReportSent, MessageId: id, Digest: digest), 3);
        Tell(recorder, new UeEffect(UeEffectKind.ReportEnded, MessageId: id, Status: 200), 3);
        Assert.Equal((0, 1, 0), (recorder.Counters.ReportsInFlight, recorder.Counters.ReportsSent, recorder.Counters.ReportsUnsent));

        Report(recorder, accepted, ImdnStatus.Delivered);
        Report(recorder, accepted, ImdnStatus.Delivered);
        Report(recorder, accepted, ImdnStatus.Failed);
        Report(recorder, -1, ImdnStatus.Failed);
        Report(recorder, 99, ImdnStatus.Failed);
        Report(recorder, accepted, ImdnStatus.Stored, phone: 2);
        Tell(recorder, new UeEffect(UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Stale, Digest: digest), 4);
        Tell(recorder, new UeEffect(UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Duplicate, Digest: digest), 4);

        var counters = recorder.Counters;
        Assert.Equal((1, 1, 3), (counters.Reports(ImdnStatus.Delivered), counters.ReportsDuplicate, counters.ReportsForeign));
        Assert.Equal((1, 1), (counters.ReportsContradicting, counters.ReportsRefused));
        Assert.Equal((0, 0, 0), (counters.Received(ReceiveOutcome.Stale), counters.UnknownAccepted, counters.Redelivered));
        Assert.Equal((1, 1), (recorder.Ledger.Close(canSeeStore: true).Accepted, recorder.Delivery.Count));
        Assert.Equal(new ReportTotals(1, 1, 1, 0, 0, 0, 0), recorder.TotalReports());
    }

    [Fact]
    public void A_report_is_lost_where_it_was_due_and_neither_came_nor_waits()
    {
        var recorder = new RunRecorder(new RunRecorderSettings { Phones = 3, Reports = ReportRequests.All });
        Online(recorder, at: 1);
        var unheard = Send(recorder, due: 2, timestamp: 2);
        Receive(recorder, unheard, at: 3);
        var told = Send(recorder, due: 2, timestamp: 3);
        Answer(recorder, told, 415, at: 3);
        var refused = Send(recorder, due: 2, timestamp: 4);
        Answer(recorder, refused, 202, at: 3);
        Receive(recorder, refused, at: 4, ReceiveOutcome.MacInvalid);
        var waiting = Send(recorder, due: 2, timestamp: 5);
        Receive(recorder, waiting, at: 3);
        var report = new ImdnReport(ReportId.Create(new byte[16], waiting, "sip:bob@ims.example"), DateTimeOffset.UnixEpoch, ImdnKind.Delivery, ImdnStatus.Error);
        var stored = CpimWriter.Write(new CpimMessage { MessageId = "r", ContentType = ImdnReport.MediaType, Content = ImdnXml.Write(report) });
        recorder.OnFoundStored(new StoredMailboxMessage("sip:alice@ims.example", default, "message/cpim", stored));
        Send(recorder, due: 5, timestamp: 6);

        recorder.Ledger.Close(canSeeStore: true);
        Assert.Equal(new ReportTotals(5, 0, 0, 0, 0, 1, 2), recorder.TotalReports());
        Assert.Equal(ReportTotals.None, ReportBook.Total(recorder.Ledger, ReportRequests.None));
        Assert.Equal(1, ReportBook.Total(recorder.Ledger, ReportRequests.Negative).Lost);
    }

    private static void Report(RunRecorder recorder, long message, ImdnStatus status, int phone = 0)
    {
        var report = new ImdnReport("x", DateTimeOffset.UnixEpoch, ImdnKind.Delivery, status);
        var fact = new UeEffect(UeEffectKind.ReportReceived, Token: message, Report: report, Request: Request("c1"), Outcome: ReceiveOutcome.Accepted);
        recorder.OnUeFact(new UeId(phone), fact, At(4));
    }

    private sealed class CountingObserver : Prometheus.IObserver
    {
        private int _count;

        public int Count => _count;

        public void Observe(double val) => Interlocked.Increment(ref _count);
    }

    /// <summary>Two messages answered 202 while the phone is away.</summary>
    private void Stored(RunRecorder recorder, out long older, out long newer)
    {
        older = Send(recorder, due: 2, timestamp: 2);
        newer = Send(recorder, due: 3, timestamp: 3);
        Answer(recorder, older, 202, at: 4);
        Answer(recorder, newer, 202, at: 4);
    }

    private long Send(RunRecorder recorder, double due, double timestamp)
    {
        var number = recorder.OnDue(0, Phone, At(due), At(due));
        var digest = new ReplayDigest(++_identity, _identity, 0);
        recorder.OnUeFact(new UeId(0), new UeEffect(UeEffectKind.MessageSent, number, Timestamp: Ntp(timestamp), Digest: digest), At(due));
        return number;
    }

    private static void Online(RunRecorder recorder, double at)
    {
        recorder.OnGoOnline(Phone, At(at));
        Tell(recorder, new UeEffect(UeEffectKind.Registered), at);
    }

    private static void Answer(RunRecorder recorder, long number, int status, double at) =>
        recorder.OnUeFact(new UeId(0), new UeEffect(UeEffectKind.MessageAnswered, number, status), At(at));

    private static void Receive(RunRecorder recorder, long number, double at, ReceiveOutcome outcome = ReceiveOutcome.Accepted)
    {
        var entry = recorder.Ledger.Read(number);
        Tell(recorder, new UeEffect(UeEffectKind.MessageReceived, Outcome: outcome, Timestamp: entry.Timestamp, Digest: entry.Digest), at);
    }

    private UeEffect Received(long number, ReceiveOutcome outcome)
    {
        var entry = _recorder.Ledger.Read(number);
        return new UeEffect(UeEffectKind.MessageReceived, Outcome: outcome, Timestamp: entry.Timestamp, Digest: entry.Digest);
    }

    private static void Tell(RunRecorder recorder, in UeEffect fact, double at) => recorder.OnUeFact(Receiver, fact, At(at));

    private static Instant At(double seconds) => new(TimeSpan.FromSeconds(seconds).Ticks);

    private static NtpTimestamp Ntp(double seconds) => NtpTimestamp.FromUtc(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds));

    private static SipRequest Request(string callId)
    {
        var text = $"MESSAGE sip:bob@ims.example SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:alice@ims.example>;tag=a\r\n"
            + $"To: <sip:bob@ims.example>\r\nCall-ID: {callId}\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";
        Assert.True(SipParser.TryParse(Encoding.ASCII.GetBytes(text), SipLimits.Default, out var message, out _));
        return (SipRequest)message;
    }
}
