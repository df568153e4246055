using System.Net;
using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>The subscriber in a mailbox, with somebody else's notifier played by the test.</summary>
public class RegEventSubscriberTests
{
    private static readonly SipHop Core = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.1:5060"), 0);
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MailboxUserAgent _agent;
    private readonly Queue<SipMessage> _sent = new();
    private Instant _now = new(TimeSpan.TicksPerHour);
    private SipRequest _subscribe = null!;
    private uint _cseq;
    private uint _version;

    public RegEventSubscriberTests()
    {
        var settings = new MailboxSettings { SubscribesToPresence = true };
        var endpoint = new MailboxEndpoint(Core, "10.0.0.9:5090", SipTimers.Default);
        var inventory = new MailboxInventory(1, 10, DateTimeOffset.MaxValue);
        _agent = new MailboxUserAgent("sip:bob@ims.example", 5, settings, endpoint, new SeededRandomSource(3), inventory);
        Do(() => _agent.HandleStart(true, _now, Utc));
    }

    private DateTimeOffset Utc => Noon + (_now - new Instant(TimeSpan.TicksPerHour));

    [Fact]
    public void A_mailbox_with_messages_subscribes_at_once_whatever_was_known_before()
    {
        TakeSubscribe();

        Assert.Equal("sip:bob@ims.example", Encoding.ASCII.GetString(_subscribe.RequestUriText));
        Assert.Equal(("reg", "application/reginfo+xml", "3600"),
            (_subscribe.GetHeaderText(SipHeaderId.Event), _subscribe.GetHeaderText(SipHeaderId.Accept), _subscribe.GetHeaderText(SipHeaderId.Expires)));
        Assert.Equal("<sip:10.0.0.9:5090>", _subscribe.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal("<sip:10.0.0.9:5090>", _subscribe.GetHeaderText(SipHeaderId.PAssertedIdentity));
        Assert.True(_subscribe.To.Tag.IsEmpty);
        Assert.False(_subscribe.From.Tag.IsEmpty);
        Assert.Empty(_sent);
        Assert.False(_agent.IsOnline);
    }

    [Fact]
    public void A_notification_may_come_before_the_answer()
    {
        TakeSubscribe();
        Assert.Equal(200, Notify());
        Assert.True(_agent.IsOnline);
        Answer(200);
        Assert.True(_agent.IsSubscribed);
    }

    [Fact]
    public void A_refresh_goes_within_the_dialog_along_its_route()
    {
        Establish("Record-Route: <sip:p1@10.2.0.1;lr>\r\nRecord-Route: <sip:p2@10.2.0.2;lr>\r\n");
        Advance(TimeSpan.FromSeconds(2999));
        Assert.Empty(_sent);
        Advance(TimeSpan.FromSeconds(1));
        TakeSubscribe();

        Assert.Equal("sip:notifier@10.0.0.1:5060", Encoding.ASCII.GetString(_subscribe.RequestUriText));
        Assert.Equal("core", Encoding.ASCII.GetString(_subscribe.To.Tag));
        Assert.Equal("<sip:p2@10.2.0.2;lr>, <sip:p1@10.2.0.1;lr>", _subscribe.GetHeaderText(SipHeaderId.Route));
        Assert.Equal(2u, _subscribe.CSeqNumber);
    }

    [Theory]
    [InlineData(403, 1, 2)]
    [InlineData(500, 1, 2)]
    [InlineData(0, 1, 2)]
    public void A_subscription_that_is_not_to_be_had_is_tried_again_after_longer_and_longer_waits(int status, int least, int most)
    {
        for (var round = 0; round < 5; round++)
        {
            TakeSubscribe();
            Assert.True(_subscribe.To.Tag.IsEmpty);
            if (status == 0)
            {
                Advance(TimeSpan.FromSeconds(32));
            }
            else
            {
                Answer(status);
            }

            Assert.Empty(_sent);
            var began = _now;
            Advance(_agent.NextDeadline - _now);
            Assert.InRange((_now - began).TotalSeconds, least, most);
            (least, most) = (2 * least, 2 * most);
        }
    }

    [Fact]
    public void Retry_after_and_min_expires_are_respected()
    {
        TakeSubscribe();
        Answer(503, "Retry-After: 60\r\n");
        Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(_sent);
        Advance(TimeSpan.FromSeconds(1));
        TakeSubscribe();
        Answer(423, "Min-Expires: 7200\r\n");
        TakeSubscribe();
        Assert.Equal("7200", _subscribe.GetHeaderText(SipHeaderId.Expires));
    }

    [Fact]
    public void Without_a_notification_the_subscription_counts_for_nothing()
    {
        TakeSubscribe();
        Answer(200);
        Advance(TimeSpan.FromSeconds(31.9));
        Assert.True(_agent.IsSubscribed);
        Advance(TimeSpan.FromSeconds(5));
        Assert.False(_agent.IsSubscribed);
        TakeSubscribe();
        Assert.True(_subscribe.To.Tag.IsEmpty);
    }

    [Fact]
    public void A_refresh_that_fails_leaves_the_subscription_to_its_end_and_one_that_is_not_known_begins_afresh()
    {
        Establish();
        Advance(TimeSpan.FromSeconds(3000));
        TakeSubscribe();
        Answer(500);
        Assert.True(_agent.IsOnline && _agent.IsSubscribed);
        Advance(TimeSpan.FromSeconds(2));
        TakeSubscribe();
        Answer(481);
        Assert.False(_agent.IsOnline);
        TakeSubscribe();
        Assert.True(_subscribe.To.Tag.IsEmpty);
    }

    [Theory]
    [InlineData("terminated;reason=deactivated", 0)]
    [InlineData("terminated;reason=timeout", 0)]
    [InlineData("terminated", 0)]
    [InlineData("terminated;reason=probation;retry-after=90", 90)]
    [InlineData("terminated;reason=giveup;retry-after=40", 40)]
    [InlineData("terminated;reason=rejected", 300)]
    [InlineData("terminated;reason=noresource;retry-after=1", 300)]
    public void An_end_by_the_core_is_taken_up_as_its_reason_says(string state, int seconds)
    {
        Establish();
        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, Notify(state: state, body: ""));
        Assert.False(_agent.IsOnline);
        if (seconds > 0)
        {
            Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.Empty(_sent);
            Advance(TimeSpan.FromSeconds(1));
        }

        TakeSubscribe();
        Assert.True(_subscribe.To.Tag.IsEmpty);
    }

    [Fact]
    public void A_core_that_ends_every_subscription_at_once_is_not_asked_in_circles()
    {
        for (var round = 0; round < 20; round++)
        {
            TakeSubscribe();
            Answer(200);
            Notify(state: "terminated;reason=deactivated", body: "");
            Assert.Empty(_sent);
            Advance(TimeSpan.FromSeconds(2));
            _cseq = 0;
        }
    }

    [Theory]
    [InlineData("Event: presence\r\n", "active", null, 489)]
    [InlineData("", "active", null, 489)]
    [InlineData("Event: reg\r\n", null, null, 400)]
    [InlineData("Event: reg\r\n", "active", "<reginfo/>", 400)]
    public void What_is_no_notification_of_the_package_changes_nothing(string headers, string? state, string? body, int status)
    {
        Establish();
        Assert.Equal(status, Notify(registration: "terminated", headers: headers, state: state, body: body));
        Assert.True(_agent.IsOnline);
    }

    [Fact]
    public void Notifications_of_other_dialogs_and_out_of_order_are_refused_and_old_documents_passed_over()
    {
        Establish();
        Assert.Equal(481, Notify(registration: "terminated", callId: "other@10.0.0.9:5090"));
        Assert.Equal(481, Notify(registration: "terminated", toTag: "other"));
        Assert.Equal(481, Notify(registration: "terminated", fromTag: "other"));
        _cseq = 0;
        Assert.Equal(500, Notify(registration: "terminated"));
        _cseq = 50;
        _version = 0;
        Assert.Equal(200, Notify(registration: "terminated"));
        Assert.True(_agent.IsOnline);
        _version = 5;
        Assert.Equal(200, Notify(registration: "terminated"));
        Assert.False(_agent.IsOnline);
        _cseq = 99;
        Assert.Equal(415, Notify(contentType: "text/plain"));
    }

    private void Establish(string headers = "")
    {
        TakeSubscribe();
        Answer(200, headers);
        Assert.Equal(200, Notify());
        Assert.True(_agent.IsOnline);
    }

    private void TakeSubscribe()
    {
        _subscribe = Assert.IsType<SipRequest>(_sent.Dequeue());
        Assert.Equal(SipMethod.Subscribe, _subscribe.Method);
    }

    private void Answer(int status, string headers = "") => Deliver(
        $"SIP/2.0 {status} x\r\nVia: {_subscribe.GetHeaderText(SipHeaderId.Via)}\r\nFrom: {_subscribe.GetHeaderText(SipHeaderId.From)}\r\n"
        + $"To: <sip:bob@ims.example>;tag=core\r\nCall-ID: {Encoding.ASCII.GetString(_subscribe.CallId)}\r\nCSeq: {_subscribe.CSeqNumber} SUBSCRIBE\r\n"
        + $"Contact: <sip:notifier@10.0.0.1:5060>\r\nExpires: 3600\r\n{headers}Content-Length: 0\r\n\r\n");

    /// <summary>Returns the answer to it.</summary>
    private int Notify(
        string registration = "active", string headers = "Event: reg\r\n", string? state = "active;expires=3600", string? body = null, string? callId = null,
        string? toTag = null, string fromTag = "core", string contentType = Reginfo.MediaType)
    {
        body ??= $"<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"{_version++}\" state=\"full\">"
            + $"<registration aor=\"sip:bob@ims.example\" id=\"1\" state=\"{registration}\"/></reginfo>";
        callId ??= Encoding.ASCII.GetString(_subscribe.CallId);
        toTag ??= Encoding.ASCII.GetString(_subscribe.From.Tag);
        var number = ++_cseq;
        Deliver(
            $"NOTIFY sip:10.0.0.9:5090 SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKn{number}-{callId.Length}-{toTag}-{fromTag}-{_now.Ticks}\r\n"
            + $"Max-Forwards: 70\r\nFrom: <sip:bob@ims.example>;tag={fromTag}\r\nTo: <sip:10.0.0.9:5090>;tag={toTag}\r\nCall-ID: {callId}\r\n"
            + $"CSeq: {number} NOTIFY\r\n{headers}{(state is null ? "" : $"Subscription-State: {state}\r\n")}"
            + $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var kept = _sent.Where(static message => message is SipRequest).ToList();
        var answer = _sent.OfType<SipResponse>().Single();
        _sent.Clear();
        kept.ForEach(_sent.Enqueue);
        return answer.StatusCode;
    }

    private void Deliver(string text)
    {
        Assert.True(SipParser.TryParse(Encoding.ASCII.GetBytes(text), SipLimits.Default, out var message, out var failure), failure.ToString());
        Do(() => _agent.HandleMessage(message!, Core, 100 + _cseq, _now, Utc));
    }

    private void Advance(TimeSpan time)
    {
        var end = _now + time;
        while (_agent.NextDeadline <= end)
        {
            Assert.True(_agent.NextDeadline > _now || time == TimeSpan.Zero || _sent.Count == 0, "a deadline stays in the past");
            _now = _agent.NextDeadline > _now ? _agent.NextDeadline : _now;
            Do(() => _agent.HandleTimeout(_now, Utc));
        }

        _now = end;
    }

    private void Do(Action action)
    {
        action();
        while (_agent.TryTakeEffect(out var effect))
        {
            if (effect.Kind == MailboxEffectKind.Transmit)
            {
                Assert.True(SipParser.TryParse(effect.Bytes, SipLimits.Default, out var message, out _));
                _sent.Enqueue(message!);
            }
        }
    }
}
