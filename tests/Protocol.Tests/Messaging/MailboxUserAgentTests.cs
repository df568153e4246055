using System.Net;
using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class MailboxUserAgentTests
{
    private const string Recipient = "sip:bob@example.com";

    private static readonly DateTimeOffset Utc = new(2024, 5, 17, 9, 31, 0, TimeSpan.Zero);
    private static readonly SipHop Core = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 5060), 0);
    private static readonly SipHop SenderSide = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 41000), 7);
    private static readonly MailboxSettings Settings = new();

    private readonly Dictionary<long, MailboxRecord> _stored = [];
    private readonly List<SipMessage> _sent = [];
    private readonly List<SipHop> _hops = [];
    private readonly MailboxUserAgent _agent = NewAgent();
    private Instant _now = new(0);

    private DateTimeOffset UtcNow => Utc + (_now - new Instant(0));

    [Fact]
    public void A_delivery_is_a_new_request_with_the_senders_content_unchanged()
    {
        var original = Example();
        ComeOnline();
        Receive(original);

        var delivery = Assert.IsType<SipRequest>(Assert.Single(_sent));
        Assert.Equal(Core, Assert.Single(_hops));
        Assert.Equal(SipMethod.Message, delivery.Method);
        Assert.Equal(Recipient, Encoding.ASCII.GetString(delivery.RequestUriText));
        Assert.True(delivery.Body.Span.SequenceEqual(original.Body.Span));
        Assert.Equal("multipart/mixed;boundary=mk7d1", delivery.GetHeaderText(SipHeaderId.ContentType));
        Assert.Equal("Fri, 17 May 2024 09:30:15 GMT", delivery.GetHeaderText(SipHeaderId.Date));
        Assert.Equal("604800", delivery.GetHeaderText(SipHeaderId.Expires));
        Assert.Equal("sip:alice@example.com", delivery.From.Uri.ToString());
        Assert.Equal(Recipient, delivery.To.Uri.ToString());
        Assert.Equal(69, delivery.MaxForwards);
        Assert.Equal(1u, delivery.CSeqNumber);
        Assert.Single(delivery.GetValues(SipHeaderId.Via));
        Assert.False(delivery.To.TryGetParameter("tag", out _));
        Assert.False(delivery.CallId.SequenceEqual(original.CallId));
        Assert.True(delivery.From.TryGetParameter("tag", out var tag) && tag != "a73kszlfl");
        Assert.False(delivery.TryGetHeader(SipHeaderId.Route, out _));
        Assert.False(delivery.TryGetHeader(SipHeaderId.PPreferredIdentity, out _));
    }

    [Fact]
    public void The_asserted_identity_and_other_content_headers_pass_through()
    {
        ComeOnline();
        Receive(Request(
            "MESSAGE", "z9hG4bKa",
            "P-Asserted-Identity: \"Alice, A\" <sip:alice@example.com>, <tel:+358401234567>\r\nSubject: lunch\r\nContent-Disposition: render\r\n"
            + "Content-Transfer-Encoding: binary\r\nContent-Type: text/plain;charset=UTF-8\r\n",
            "hello"));

        var delivery = Assert.Single(_sent);
        Assert.Equal("\"Alice, A\" <sip:alice@example.com>, <tel:+358401234567>", delivery.GetHeaderText(SipHeaderId.PAssertedIdentity));
        Assert.Equal("lunch", delivery.GetHeaderText(SipHeaderId.Subject));
        Assert.Equal("render", delivery.GetHeaderText(SipHeaderId.ContentDisposition));
        Assert.Equal("binary", delivery.GetHeaderText(SipHeaderId.ContentTransferEncoding));
        Assert.Equal("text/plain;charset=UTF-8", delivery.GetHeaderText(SipHeaderId.ContentType));
    }

    [Fact]
    public void The_record_has_the_timestamp_of_the_transfer_init_and_the_expiry_of_the_headers()
    {
        Receive(Example());
        var record = Assert.Single(_stored.Values);
        Assert.Equal(0xE9F1A22740000000UL, record.Timestamp.Raw);
        Assert.Equal(new DateTimeOffset(2024, 5, 24, 9, 30, 15, TimeSpan.Zero), record.ExpiresAt);
        Assert.Equal(202, Assert.IsType<SipResponse>(Assert.Single(_sent)).StatusCode);
        Assert.Equal(SenderSide.Flow, Assert.Single(_hops).Flow);
    }

    [Theory]
    [InlineData("Expires: 60\r\n", 60)]
    [InlineData("Expires: 60\r\nDate: Fri, 17 May 2024 09:30:30 GMT\r\n", 30)]
    [InlineData("Expires: 60\r\nDate: yesterday\r\n", 60)]
    [InlineData("Expires: 604800\r\n", 7 * 86400)]
    [InlineData("Expires: 4000000\r\n", 21 * 86400)]
    [InlineData("", 21 * 86400)]
    [InlineData("Expires: soon\r\n", 21 * 86400)]
    public void Expiry_is_date_plus_expires_or_arrival_plus_expires_and_the_servers_own_at_most(string headers, int secondsFromNow)
    {
        Receive(Request("MESSAGE", "z9hG4bKa", headers + "Content-Type: text/plain\r\n", "hello"));
        var record = Assert.Single(_stored.Values);
        Assert.Equal(Utc.AddSeconds(secondsFromNow), record.ExpiresAt);
        Assert.Equal(NtpTimestamp.FromUtc(Utc), record.Timestamp);
    }

    [Fact]
    public void The_phones_answer_reaches_the_sender_with_the_same_status()
    {
        ComeOnline();
        Receive(Example());
        Respond((SipRequest)_sent[0], 415);
        var answer = Assert.IsType<SipResponse>(_sent[1]);
        Assert.Equal(415, answer.StatusCode);
        Assert.Equal("4Fde34wkd11wsGFDs3@192.0.2.10", Encoding.ASCII.GetString(answer.CallId));
        Assert.Equal(SenderSide.Flow, _hops[1].Flow);
        Assert.True(answer.To.TryGetParameter("tag", out _));
        Assert.True(_agent.IsIdle(_now));
    }

    [Fact]
    public void Without_any_answer_the_request_times_out_after_32_seconds_and_is_sent_again_after_the_back_off()
    {
        ComeOnline();
        Receive(Example());
        Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal([0, 100, 202], _sent.Select(StatusOf));
        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([0, 100, 202, 0], _sent.Select(StatusOf));
        Assert.False(_sent[3].CallId.SequenceEqual(_sent[0].CallId));
        Assert.False(_sent[3].TopVia.Branch.SequenceEqual(_sent[0].TopVia.Branch));
        Respond((SipRequest)_sent[3], 200);
        Assert.Empty(_stored);
        Assert.True(_agent.IsIdle(_now));
    }

    [Fact]
    public void A_2xx_after_the_timeout_removes_the_message()
    {
        ComeOnline();
        Receive(Example());
        Advance(TimeSpan.FromSeconds(32));
        Assert.Single(_stored);
        Respond((SipRequest)_sent[0], 200);
        Assert.Empty(_stored);
        Advance(TimeSpan.FromMinutes(10));
        Assert.Equal([0, 100, 202], _sent.Select(StatusOf));
    }

    [Fact]
    public void A_late_2xx_with_another_nonce_is_not_believed()
    {
        ComeOnline();
        Receive(Example());
        Advance(TimeSpan.FromSeconds(32));
        Assert.True(MailboxBranch.TryParse(_sent[0].TopVia.Branch, out var branch));
        var forged = (branch with { Nonce = branch.Nonce + 1 }).ToString();
        _agent.HandleMessage(ResponseTo((SipRequest)_sent[0], 200, forged), Core, 0, _now, UtcNow);
        Settle();
        Assert.Single(_stored);
    }

    [Fact]
    public void A_lost_connection_to_the_core_is_a_temporary_failure()
    {
        ComeOnline();
        Receive(Example());
        _agent.HandleTransportFailure(Core, _now, UtcNow);
        Settle();
        Assert.Equal(202, StatusOf(_sent[1]));
        Assert.Single(_stored);
    }

    [Fact]
    public void Retry_after_of_the_response_is_kept()
    {
        ComeOnline();
        Receive(Example());
        Respond((SipRequest)_sent[0], 480, "Retry-After: 120 (in a tunnel);duration=60\r\n");
        Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(2, _sent.Count);
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 202, 0], _sent.Select(StatusOf));
    }

    [Theory]
    [InlineData("Require: 100rel\r\nContent-Type: text/plain\r\n", 420)]
    [InlineData("", 400)]
    public void Requests_that_cannot_be_carried_are_refused(string headers, int status)
    {
        ComeOnline();
        Receive(Request("MESSAGE", "z9hG4bKa", headers, "hello"));
        Assert.Equal(status, StatusOf(Assert.Single(_sent)));
        Assert.Empty(_stored);
    }

    [Fact]
    public void A_loop_ends_at_max_forwards_zero()
    {
        ComeOnline();
        Receive(Request("MESSAGE", "z9hG4bKa", "Content-Type: text/plain\r\n", "hello", maxForwards: 0));
        Assert.Equal(483, StatusOf(Assert.Single(_sent)));
    }

    [Fact]
    public void Over_udp_a_copy_of_the_request_gets_the_same_answer_and_is_stored_once()
    {
        var hop = SenderSide with { Transport = SipTransportKind.Udp, Flow = 0 };
        var request = Request("MESSAGE", "z9hG4bKu", "Content-Type: text/plain\r\n", "hello", transport: "UDP");
        _agent.HandleMessage(request, hop, 1, _now, UtcNow);
        Settle();
        _agent.HandleMessage(request, hop, 2, _now, UtcNow);
        Settle();
        Assert.Single(_stored);
        Assert.Equal([202, 202], _sent.Select(StatusOf));
        Assert.False(_agent.IsIdle(_now));
    }

    [Theory]
    [InlineData("z9hG4bK-mb.1f.ffffffffff.2.ffffffff", true)]
    [InlineData("z9hG4bK-mb.1f.1.2.100000000", false)]
    [InlineData("z9hG4bK-mb.1f.1.2", false)]
    [InlineData("z9hG4bK-mb.1f.1.2.3.4", false)]
    [InlineData("z9hG4bK-mb.1f.1.ffffffff.3", false)]
    [InlineData("z9hG4bK-mb.1f.-1.2.3", false)]
    [InlineData("z9hG4bK-mb.ffffffffffffffff.1.2.3", false)]
    [InlineData("z9hG4bK-mb.", false)]
    [InlineData("z9hG4bK77a0", false)]
    public void Only_branches_of_our_own_form_are_read(string text, bool isOurs)
    {
        Assert.Equal(isOurs, MailboxBranch.TryParse(Encoding.ASCII.GetBytes(text), out var branch));
        if (isOurs)
        {
            Assert.Equal(text, branch.ToString());
        }
    }

    private static MailboxUserAgent NewAgent() => new(
        Recipient, 31, Settings, new MailboxEndpoint(Core, "127.0.0.1:5070", SipTimers.Default), new SeededRandomSource(5), MailboxInventory.Empty);

    private static int StatusOf(SipMessage message) => message is SipResponse response ? response.StatusCode : 0;

    private static SipRequest Example()
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "cms", "sip-message-example.bin"));
        return (SipRequest)Parse(bytes);
    }

    private static SipRequest Request(
        string method, string branch, string headers, string body, int maxForwards = 70, string transport = "TCP") => (SipRequest)Parse(
        Encoding.UTF8.GetBytes(
            $"{method} {Recipient} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:41000;branch={branch}\r\nMax-Forwards: {maxForwards}\r\n"
            + $"From: <sip:alice@example.com>;tag=1\r\nTo: <{Recipient}>\r\nCall-ID: c-{branch}\r\nCSeq: 1 {method}\r\n{headers}"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    private static SipMessage Parse(byte[] bytes)
    {
        Assert.True(SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure), failure.ToString());
        return message!;
    }

    private static SipMessage ResponseTo(SipRequest request, int status, string? branch = null, string headers = "")
    {
        branch ??= Encoding.ASCII.GetString(request.TopVia.Branch);
        return Parse(Encoding.UTF8.GetBytes(
            $"SIP/2.0 {status} Whatever\r\nVia: SIP/2.0/TCP 127.0.0.1:5070;branch={branch}\r\nFrom: {request.GetHeaderText(SipHeaderId.From)}\r\n"
            + $"To: {request.GetHeaderText(SipHeaderId.To)};tag=bob\r\nCall-ID: {Encoding.ASCII.GetString(request.CallId)}\r\nCSeq: 1 MESSAGE\r\n{headers}"
            + "Content-Length: 0\r\n\r\n"));
    }

    private void ComeOnline()
    {
        _agent.HandleRegistration(true, _now, UtcNow);
        Settle();
        Advance(Settings.DrainDelay);
    }

    private void Receive(SipRequest request)
    {
        _agent.HandleMessage(request, SenderSide, 1, _now, UtcNow);
        Settle();
    }

    private void Respond(SipRequest request, int status, string headers = "")
    {
        _agent.HandleMessage(ResponseTo(request, status, headers: headers), Core, 0, _now, UtcNow);
        Settle();
    }

    private void Advance(TimeSpan span)
    {
        var target = _now + span;
        while (_agent.NextDeadline <= target)
        {
            _now = _agent.NextDeadline > _now ? _agent.NextDeadline : _now;
            _agent.HandleTimeout(_now, UtcNow);
            Settle();
        }

        _now = target;
    }

    private void Settle()
    {
        while (_agent.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case MailboxEffectKind.Transmit:
                    _sent.Add(Parse(effect.Bytes.ToArray()));
                    _hops.Add(effect.Hop);
                    break;
                case MailboxEffectKind.Store:
                    _stored.Add(effect.Record!.Arrival, effect.Record);
                    _agent.HandleStored(effect.Record.Arrival, true, _now, UtcNow);
                    break;
                case MailboxEffectKind.Remove:
                    Assert.True(_stored.Remove(effect.Arrival));
                    break;
                case MailboxEffectKind.Read:
                    _agent.HandleRead(new MailboxReadResult(effect.Read.Kind, true, [.. _stored.Values], default), _now, UtcNow);
                    break;
            }
        }
    }
}
