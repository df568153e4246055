using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Delivery reports at a phone: asking, answering, and telling its own from others.</summary>
public class UeReportTests
{
    private const string Server = "sip:mailbox@ims.example";

    private readonly UeHarness _ue = new(settings => settings with { Reports = ReportRequests.All });
    private readonly UeSender _alice;

    public UeReportTests()
    {
        _alice = new UeSender(_ue);
        _ue.Register();
    }

    [Theory]
    [InlineData(ReportRequests.All, DispositionRequests.PositiveDelivery | DispositionRequests.NegativeDelivery | DispositionRequests.Processing)]
    [InlineData(ReportRequests.Negative, DispositionRequests.NegativeDelivery)]
    public void A_message_that_asks_has_a_readable_wrapper_around_its_protected_body(ReportRequests reports, DispositionRequests expected)
    {
        var ue = new UeHarness(settings => settings with { Reports = reports });
        ue.Register();
        ue.Send(42);
        var request = ue.Take<SipRequest>();

        Assert.True(MessageBody.TryOpen(Encoding.UTF8.GetBytes(request.GetHeaderText(SipHeaderId.ContentType)!), request.Body, out var body, out _));
        Assert.Equal("message/cpim", request.GetHeaderText(SipHeaderId.ContentType));
        Assert.Equal((UeHarness.Self, UeHarness.Peer, expected), (body.Wrapper!.From, body.Wrapper.To, body.Wrapper.Requests));
        Assert.Equal(request.GetHeaderText(SipHeaderId.Date), SipDate.Format(body.Wrapper.SentAt!.Value));
        Assert.True(ReportId.TryVerify(ue.Durable.ReportKey, body.Wrapper.MessageId!, UeHarness.Peer, out var number));
        Assert.Equal(42, number);
        Assert.True(body.TrySplit(out var mikey, out _));
        Assert.True(ReceivedTransferInit.TryParse(mikey, out var init, out _));
        Assert.Equal(init!.Digest, ue.TakeFact(UeEffectKind.MessageSent).Digest);
    }

    [Fact]
    public void A_message_that_does_not_ask_has_no_wrapper_and_the_phone_no_secret()
    {
        var ue = new UeHarness();
        ue.Register();
        ue.Send(42);

        Assert.StartsWith("multipart/mixed;", ue.Take<SipRequest>().GetHeaderText(SipHeaderId.ContentType), StringComparison.Ordinal);
        Assert.Null(ue.Durable.ReportKey);
    }

    [Fact]
    public void A_message_taken_that_asks_is_answered_by_a_protected_report_after_its_200()
    {
        Receive(Asking("41"));
        var report = TakeReportTo(UeHarness.Peer);
        Assert.Equal("41", _ue.TakeFact(UeEffectKind.ReportSent).MessageId);

        Assert.StartsWith("multipart/mixed;", report.GetHeaderText(SipHeaderId.ContentType), StringComparison.Ordinal);
        Assert.Equal(-1, report.Body.Span.IndexOf("imdn"u8));
        _ue.Answer(report, 202);
        var end = _ue.TakeFact(UeEffectKind.ReportEnded);
        Assert.Equal((202, "41"), (end.Status, end.MessageId));
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_repeated_delivery_brings_no_second_report()
    {
        var message = Asking("41");
        Receive(message);
        _ue.Answer(TakeReportTo(UeHarness.Peer), 200);
        _ue.Facts.Clear();

        _ue.Deliver(_alice.Again(message));
        Assert.Equal(200, _ue.Take<SipResponse>().StatusCode);
        Assert.Equal(ReceiveOutcome.Duplicate, _ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
        _ue.AssertQuiet();
    }

    [Theory]
    [InlineData("42", UeHarness.Peer, DispositionRequests.PositiveDelivery)]
    [InlineData("41", "sip:victim@ims.example", DispositionRequests.PositiveDelivery)]
    [InlineData("41", UeHarness.Peer, DispositionRequests.NegativeDelivery | DispositionRequests.Processing | DispositionRequests.Display)]
    [InlineData(null, UeHarness.Peer, DispositionRequests.PositiveDelivery)]
    [InlineData("41", null, DispositionRequests.PositiveDelivery)]
    public void A_wrapper_that_does_not_agree_with_what_is_protected_brings_none(string? id, string? from, DispositionRequests requests)
    {
        Receive(Asking(id, from, requests));
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_request_inside_the_protection_is_answered_too()
    {
        var wrapper = new CpimMessage
        {
            From = UeHarness.Peer,
            MessageId = "inner",
            Requests = DispositionRequests.PositiveDelivery,
            ContentType = "text/plain",
            Content = "hello"u8.ToArray(),
        };
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        _ue.Deliver(_alice.Wrap(built.Bytes, _alice.SealEntity(built, ProtectedBody.CpimEntity(CpimWriter.Write(wrapper)))));

        Assert.Equal(200, _ue.Take<SipResponse>().StatusCode);
        var received = _ue.TakeFact(UeEffectKind.MessageReceived);
        Assert.Equal((ReceiveOutcome.Accepted, "inner", "hello"), (received.Outcome, received.MessageId, Encoding.UTF8.GetString(received.Text.Span)));
        TakeReportTo(UeHarness.Peer);
    }

    [Theory]
    [InlineData(OfflineKind.Clean)]
    [InlineData(OfflineKind.Silent)]
    public void A_report_that_a_phone_leaves_with_goes_out_with_the_same_bytes_when_it_is_back(OfflineKind kind)
    {
        Receive(Asking("41"));
        var first = TakeReportTo(UeHarness.Peer);
        _ue.GoOffline(kind);
        while (_ue.Sent.TryDequeue(out var leaving))
        {
            _ue.Answer((SipRequest)leaving.Message, 200);
        }

        _ue.Facts.Clear();
        _ue.Register();
        var second = TakeReportTo(UeHarness.Peer);
        Assert.True(second.Body.Span.SequenceEqual(first.Body.Span));
        _ue.Answer(second, 200);
        Assert.Equal(200, _ue.TakeFact(UeEffectKind.ReportEnded).Status);
    }

    [Fact]
    public void More_reports_than_a_phone_queues_are_not_made_and_take_no_place_from_texts()
    {
        var ue = new UeHarness(settings => settings with { MaxQueuedReports = 1, MaxQueuedSends = 1, TicketCacheEntries = 0 });
        ue.Register();
        ue.HasKms = true;
        var carol = new UeSender(ue, "sip:carol@ims.example");
        Receive(Asking("41", sender: new UeSender(ue)), ue);
        Receive(Asking("41", "sip:carol@ims.example", sender: carol), ue);

        Assert.Single(ue.Sent);
        Assert.Equal(UeEffectKind.ReportSent, ue.Facts.Dequeue().Kind);
        Assert.Equal(SendFailure.QueueFull, ue.TakeFact(UeEffectKind.ReportEnded).Failure);
        ue.Send(1, "sip:dave@ims.example");
        Assert.Equal(UeEffectKind.MessageSent, ue.Facts.Dequeue().Kind);
    }

    [Fact]
    public void A_report_ends_with_the_machine_that_had_it()
    {
        Receive(Asking("41"));
        _ue.Facts.Clear();
        _ue.Do(_ue.Phone.Abandon);

        var end = _ue.TakeFact(UeEffectKind.ReportEnded);
        Assert.Equal((SendFailure.Crash, "41"), (end.Failure, end.MessageId));
    }

    [Fact]
    public void A_protected_report_of_the_recipient_is_known_and_anybody_elses_is_foreign()
    {
        var id = SendAndTakeId(42);
        Assert.Equal(42, ReceiveReport(_alice, Delivered(id)).Token);
        Assert.Equal(-1, ReceiveReport(new UeSender(_ue, "sip:mallory@ims.example"), Delivered(id)).Token);
        Assert.Equal(-1, ReceiveReport(_alice, Delivered("2a.0000000000000000")).Token);
        Assert.Equal(-1, ReceiveReport(_alice, Delivered("42")).Token);

        var other = new UeHarness();
        other.Register();
        Assert.Equal(-1, ReceiveReport(new UeSender(other), Delivered(id), other).Token);
    }

    [Fact]
    public void A_report_goes_through_the_replay_cache_and_is_never_answered_by_a_report()
    {
        var id = SendAndTakeId(42);
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        var wrapped = new CpimMessage
        {
            From = UeHarness.Peer,
            MessageId = "r",
            Requests = DispositionRequests.PositiveDelivery,
            ContentType = ImdnReport.MediaType,
            Content = ImdnXml.Write(Delivered(id)),
        };
        var message = _alice.Wrap(built.Bytes, _alice.SealEntity(built, ProtectedBody.CpimEntity(CpimWriter.Write(wrapped))));
        _ue.Deliver(message);
        Assert.Equal(built.Digest, _ue.TakeFact(UeEffectKind.ReportReceived).Digest);
        Assert.Equal(200, _ue.Take<SipResponse>().StatusCode);
        _ue.AssertQuiet();

        _ue.Deliver(_alice.Again(message));
        Assert.Equal(ReceiveOutcome.Duplicate, _ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
    }

    [Theory]
    [InlineData(ImdnStatus.Failed, Server, Server, 42)]
    [InlineData(ImdnStatus.Error, Server, Server, 42)]
    [InlineData(ImdnStatus.Stored, Server, Server, 42)]
    [InlineData(ImdnStatus.Failed, Server, null, -1)]
    [InlineData(ImdnStatus.Failed, Server, "sip:mallory@ims.example", -1)]
    [InlineData(ImdnStatus.Failed, null, Server, -1)]
    [InlineData(ImdnStatus.Delivered, UeHarness.Peer, UeHarness.Peer, -1)]
    public void An_unprotected_report_is_believed_when_the_network_vouches_for_its_sender_and_it_claims_no_delivery(
        ImdnStatus status, string? from, string? asserted, long expected)
    {
        var id = SendAndTakeId(42);
        Assert.Equal(expected, ReceivePlainReport(_ue, _alice, id, status, from, asserted).Token);
    }

    [Fact]
    public void Phones_without_protection_report_delivery_without_it()
    {
        var ue = new UeHarness(settings => settings with { Reports = ReportRequests.All, Protection = BodyProtection.Plain });
        var alice = new UeSender(ue);
        ue.Register();
        ue.Send(42);
        var sent = ue.TakeFact(UeEffectKind.MessageSent);
        var request = ue.Take<SipRequest>();
        Assert.True(MessageBody.TryOpen("message/cpim"u8, request.Body, out var body, out _));
        Assert.Equal(sent.Digest, UeBehavior.PlainDigest(body.Content.Span));
        var id = body.Wrapper!.MessageId!;
        ue.Answer(request, 200);
        ue.Facts.Clear();

        Assert.Equal(42, ReceivePlainReport(ue, alice, id, ImdnStatus.Delivered, UeHarness.Peer, UeHarness.Peer).Token);
        Assert.Equal(-1, ReceivePlainReport(ue, alice, id, ImdnStatus.Delivered, "sip:mallory@ims.example", "sip:mallory@ims.example").Token);

        var wrapper = new CpimMessage { From = UeHarness.Peer, MessageId = "7", Requests = DispositionRequests.PositiveDelivery, Content = "hi"u8.ToArray() };
        ue.Deliver(alice.Request(SipMethod.Message, "message/cpim", CpimWriter.Write(wrapper), (SipHeaderId.PAssertedIdentity, $"<{UeHarness.Peer}>")));
        Assert.Equal(ReceiveOutcome.PlainAccepted, ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
        Assert.Equal(200, ue.Take<SipResponse>().StatusCode);
        var report = ue.Take<SipRequest>();
        Assert.True(MessageBody.TryOpen("message/cpim"u8, report.Body, out var answer, out _));
        Assert.True(ImdnXml.TryRead(answer.Content, out var imdn, out _));
        Assert.Equal(("7", ImdnStatus.Delivered, UeHarness.Self), (imdn!.MessageId, imdn.Status, imdn.RecipientUri));
        Assert.Equal(DispositionRequests.None, answer.Wrapper!.Requests);
    }

    [Theory]
    [InlineData("message/cpim", "From: nobody\r\n\r\n\r\n")]
    [InlineData("message/cpim", "\r\nContent-Type: message/imdn+xml\r\n\r\n<!DOCTYPE x><imdn/>")]
    [InlineData("message/imdn+xml", "<imdn/>")]
    public void What_cannot_be_read_is_answered_400(string contentType, string body)
    {
        _ue.Deliver(_alice.Request(SipMethod.Message, contentType, Encoding.UTF8.GetBytes(body)));
        Assert.Equal(ReceiveOutcome.MalformedCpim, _ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
        Assert.Equal(400, _ue.Take<SipResponse>().StatusCode);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_protected_body_that_says_notification_and_is_none_is_not_opened()
    {
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        var entity = ProtectedBody.CpimEntity("\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>"u8);
        _ue.Deliver(_alice.Wrap(built.Bytes, _alice.SealEntity(built, entity)));

        Assert.Equal(ReceiveOutcome.OpenFailed, _ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
        Assert.Equal(493, _ue.Take<SipResponse>().StatusCode);
        Assert.Equal(0, _ue.Durable.ReplayCache?.Count ?? 0);
    }

    /// <summary>A protected text of alice (its Message-ID is 41) in a wrapper.</summary>
    private SipRequest Asking(
        string? id, string? from = UeHarness.Peer, DispositionRequests requests = DispositionRequests.PositiveDelivery, UeSender? sender = null)
    {
        sender ??= _alice;
        var plain = sender.Message();
        var wrapper = new CpimMessage
        {
            From = from,
            To = UeHarness.Self,
            SentAt = _ue.Utc,
            MessageId = id,
            Requests = requests,
            ContentType = plain.GetHeaderText(SipHeaderId.ContentType)!,
            Content = plain.Body,
        };
        return sender.Request(SipMethod.Message, "message/cpim", CpimWriter.Write(wrapper));
    }

    private void Receive(SipRequest message, UeHarness? at = null)
    {
        at ??= _ue;
        at.Deliver(message);
        var first = at.Sent.ToArray().Last(sent => sent.Message is SipResponse);
        Assert.Equal(200, ((SipResponse)first.Message).StatusCode);
        var rest = at.Sent.Where(sent => sent != first).ToList();
        at.Sent.Clear();
        rest.ForEach(at.Sent.Enqueue);
        var facts = at.Facts.ToList();
        Assert.Equal(ReceiveOutcome.Accepted, facts.Last(fact => fact.Kind == UeEffectKind.MessageReceived).Outcome);
        at.Facts.Clear();
        facts.Where(fact => fact.Kind is not (UeEffectKind.MessageReceived or UeEffectKind.ReportDue)).ToList().ForEach(at.Facts.Enqueue);
    }

    private SipRequest TakeReportTo(string recipient)
    {
        var request = _ue.Take<SipRequest>();
        Assert.Equal((SipMethod.Message, recipient), (request.Method, Encoding.UTF8.GetString(request.RequestUriText)));
        return request;
    }

    private string SendAndTakeId(long number)
    {
        _ue.Send(number);
        var request = _ue.Take<SipRequest>();
        Assert.True(MessageBody.TryOpen("message/cpim"u8, request.Body, out var body, out _));
        _ue.Answer(request, 200);
        _ue.Facts.Clear();
        return body.Wrapper!.MessageId!;
    }

    private static ImdnReport Delivered(string id) =>
        new(id, UeHarnessTime, ImdnKind.Delivery, ImdnStatus.Delivered, UeHarness.Peer, UeHarness.Peer);

    private static DateTimeOffset UeHarnessTime => new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private UeEffect ReceiveReport(UeSender sender, ImdnReport report, UeHarness? at = null)
    {
        at ??= _ue;
        var cpim = new CpimMessage { From = sender.Identity, MessageId = "r", ContentType = ImdnReport.MediaType, Content = ImdnXml.Write(report) };
        var built = sender.Build(sender.RequestTicket(), at.Utc);
        at.Deliver(sender.Wrap(built.Bytes, sender.SealEntity(built, ProtectedBody.CpimEntity(CpimWriter.Write(cpim)))));
        at.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, at.Take<SipResponse>().StatusCode);
        return at.TakeFact(UeEffectKind.ReportReceived);
    }

    private static UeEffect ReceivePlainReport(UeHarness at, UeSender sender, string id, ImdnStatus status, string? from, string? asserted)
    {
        var kind = status == ImdnStatus.Stored ? ImdnKind.Processing : ImdnKind.Delivery;
        var report = new ImdnReport(id, UeHarnessTime, kind, status, UeHarness.Peer, UeHarness.Peer);
        var cpim = CpimWriter.Write(new CpimMessage { From = from, MessageId = "r", ContentType = ImdnReport.MediaType, Content = ImdnXml.Write(report) });
        (SipHeaderId, string)[] extra = asserted is null ? [] : [(SipHeaderId.PAssertedIdentity, $"<{asserted}>")];
        at.Deliver(sender.Request(SipMethod.Message, "message/cpim", cpim, extra));
        Assert.Equal(200, at.Take<SipResponse>().StatusCode);
        return at.TakeFact(UeEffectKind.ReportReceived);
    }
}
