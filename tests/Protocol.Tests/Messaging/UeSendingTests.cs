using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class UeSendingTests
{
    private static readonly (SipHeaderId, string) Challenge = (SipHeaderId.ProxyAuthenticate, "Digest realm=\"ims.example\",nonce=\"n1\",qop=\"auth\",algorithm=MD5");

    private readonly UeHarness _ue = new();

    [Fact]
    public void A_protected_message_has_the_headers_and_the_body_of_the_profile()
    {
        _ue.Register("3600", (SipHeaderId.ServiceRoute, "<sip:orig@scscf.ims.example;lr>, <sip:two@scscf.ims.example;lr>"));
        _ue.Advance(TimeSpan.FromMilliseconds(1_234));
        _ue.Send(41, text: "grüezi");
        var sent = _ue.TakeFact(UeEffectKind.MessageSent);
        var request = _ue.Take<SipRequest>();
        Assert.Equal(SipMethod.Message, request.Method);
        Assert.True(request.RequestUriText.SequenceEqual("sip:alice@ims.example"u8));
        Assert.Equal("<sip:orig@scscf.ims.example;lr>, <sip:two@scscf.ims.example;lr>", request.GetHeaderText(SipHeaderId.Route));
        Assert.True(request.From.UriText.SequenceEqual("sip:bob@ims.example"u8));
        Assert.False(request.From.Tag.IsEmpty);
        Assert.True(request.To.Tag.IsEmpty);
        Assert.Equal("Sun, 01 Mar 2026 12:00:01 GMT", request.GetHeaderText(SipHeaderId.Date));
        Assert.Equal("604800", request.GetHeaderText(SipHeaderId.Expires));
        Assert.Equal("<sip:bob@ims.example>", request.GetHeaderText(SipHeaderId.PPreferredIdentity));
        Assert.Equal(70, request.MaxForwards);
        Assert.False(request.TryGetHeader(SipHeaderId.Contact, out _));
        Assert.False(request.TryGetHeader(SipHeaderId.Authorization, out _));

        request.TryGetHeader(SipHeaderId.ContentType, out var contentType);
        Assert.True(ProtectedBody.TrySplit(contentType, request.Body, out var mikey, out var cms, out var problem), problem);
        Assert.True(ReceivedTransferInit.TryParse(mikey, out var received, out _));
        Assert.Equal(UeHarness.Self, received!.Initiator);
        Assert.Equal(UeHarness.Peer, received.Responder);
        Assert.Equal(NtpTimestamp.FromUtc(_ue.Utc), received.Timestamp);
        Assert.Equal(received.Timestamp, sent.Timestamp);
        Assert.Equal(received.Digest, sent.Digest);
        Assert.Equal(41, sent.Token);
        Assert.Equal(received.Timestamp, _ue.Durable.LastSent);
        Assert.True(received.TicketIsReusable);

        using var exchange = new TicketResolveExchange(received, UeHarness.Peer, "sip:kms@ims.example", UeHarness.PskOf(UeHarness.Peer));
        Assert.True(exchange.TryComplete(_ue.Kms.Handle(exchange.CreateInit(_ue.Utc, _ue.Random), _ue.Utc), out var ticket, out _));
        Assert.True(received.TryVerify(ticket!, out var kek, out _));
        Assert.True(SmimeOpener.TryOpen(cms, kek, ProtectedBody.KeyIdentifierOf(mikey.Span), null, _ue.Utc, out var opened, out _));
        Assert.True(ProtectedBody.TryReadEntity(opened.Entity, out _, out var messageId, out var text));
        Assert.Equal("41", messageId);
        Assert.Equal("grüezi", Encoding.UTF8.GetString(text.Span));

        _ue.Answer(request, 202);
        var answered = _ue.TakeFact(UeEffectKind.MessageAnswered);
        Assert.Equal(41, answered.Token);
        Assert.Equal(202, answered.Status);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_plain_message_carries_its_number_in_its_first_line_and_asks_no_kms()
    {
        var ue = new UeHarness(settings => settings with { Protection = BodyProtection.Plain });
        ue.Register();
        ue.Send(41, text: "hi");
        var request = ue.Take<SipRequest>();
        Assert.Equal("text/plain;charset=utf-8", request.GetHeaderText(SipHeaderId.ContentType));
        Assert.True(request.Body.Span.SequenceEqual("Message-ID: 41\r\nhi"u8));
        Assert.Equal(0, ue.QueriesMade);
    }

    [Fact]
    public void A_signed_message_names_its_signer()
    {
        using var trust = UeCertificateAuthority.Create("ca", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        var ue = new UeHarness(settings => settings with { Protection = BodyProtection.ProtectedAndSigned, Trust = trust });
        ue.Register();
        ue.Send(41);
        var request = ue.Take<SipRequest>();
        request.TryGetHeader(SipHeaderId.ContentType, out var contentType);
        Assert.True(ProtectedBody.TrySplit(contentType, request.Body, out var mikey, out var cms, out _));
        Assert.True(ReceivedTransferInit.TryParse(mikey, out var received, out _));
        using var exchange = new TicketResolveExchange(received!, UeHarness.Peer, "sip:kms@ims.example", UeHarness.PskOf(UeHarness.Peer));
        Assert.True(exchange.TryComplete(ue.Kms.Handle(exchange.CreateInit(ue.Utc, ue.Random), ue.Utc), out var ticket, out _));
        Assert.True(received!.TryVerify(ticket!, out var kek, out _));
        Assert.True(SmimeOpener.TryOpen(cms, kek, trust, ue.Utc, out var opened, out _));
        Assert.Equal(UeHarness.Self, opened.SignerIdentity);
    }

    [Fact]
    public void Signing_without_an_authority_is_refused_at_once() =>
        Assert.Throws<ArgumentException>(() => new UeHarness(settings => settings with { Protection = BodyProtection.ProtectedAndSigned }));

    [Fact]
    public void A_phone_that_is_off_or_leaving_sends_nothing()
    {
        _ue.Send(1);
        Assert.Equal(SendFailure.Offline, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.Register();
        _ue.GoOffline(OfflineKind.Clean);
        _ue.Take<SipRequest>();
        _ue.Send(2);
        Assert.Equal(SendFailure.Offline, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_phone_that_is_registering_keeps_its_messages_until_it_is_registered()
    {
        _ue.GoOnline();
        var register = _ue.Take<SipRequest>();
        _ue.Send(1);
        _ue.Send(2);
        _ue.Send(3, "sip:carol@ims.example");
        _ue.AssertQuiet();
        Assert.Equal(0, _ue.QueriesMade);
        _ue.Answer(register, 200, (SipHeaderId.Expires, "3600"));
        _ue.TakeFact(UeEffectKind.Registered);
        Assert.Equal(1, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        Assert.Equal(3, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        Assert.Equal(2, _ue.Sent.Count);
        _ue.Answer(_ue.Take<SipRequest>(), 200);
        Assert.Equal(1, _ue.TakeFact(UeEffectKind.MessageAnswered).Token);
        Assert.Equal(2, _ue.TakeFact(UeEffectKind.MessageSent).Token);
    }

    [Fact]
    public void Messages_kept_for_a_registration_that_never_comes_fail_when_the_phone_leaves()
    {
        _ue.GoOnline();
        _ue.Answer(_ue.Take<SipRequest>(), 500);
        _ue.Send(1);
        _ue.GoOffline(OfflineKind.Clean);
        Assert.Equal(UeEffectKind.RegistrationFailed, _ue.Facts.Dequeue().Kind);
        Assert.Equal(SendFailure.Offline, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.TakeFact(UeEffectKind.WentOffline);
        _ue.AssertQuiet();
    }

    [Theory]
    [InlineData("urn:service:sos")]
    [InlineData("sip:urn:service:sos@ims.example")]
    [InlineData("http://ims.example")]
    [InlineData("alice")]
    public void Emergency_services_and_other_schemes_are_never_sent_to(string recipient)
    {
        _ue.Register();
        _ue.Send(1, recipient);
        Assert.Equal(SendFailure.Recipient, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.AssertQuiet();
        Assert.Equal(0, _ue.QueriesMade);
    }

    [Fact]
    public void The_default_identity_is_the_first_associated_one()
    {
        _ue.Register("3600", (SipHeaderId.PAssociatedUri, "<sip:robert@ims.example>, <sip:bob@ims.example>"));
        _ue.Send(1);
        Assert.Equal("<sip:robert@ims.example>", _ue.Take<SipRequest>().GetHeaderText(SipHeaderId.PPreferredIdentity));
    }

    [Fact]
    public void A_ticket_serves_many_messages_and_is_asked_for_again_before_it_gets_too_old_to_be_stored()
    {
        _ue.Register("600000");
        for (var id = 1; id <= 3; id++)
        {
            SendAndAnswer(id);
        }

        Assert.Equal(1, _ue.QueriesMade);
        SendAndAnswer(4, "sip:carol@ims.example");
        Assert.Equal(2, _ue.QueriesMade);

        // 28 days of validity, 7 of which the last message may spend in a mailbox.
        AdvanceOnline(TimeSpan.FromDays(21) - TimeSpan.FromHours(1));
        SendAndAnswer(5);
        Assert.Equal(2, _ue.QueriesMade);
        AdvanceOnline(TimeSpan.FromHours(2));
        SendAndAnswer(6);
        Assert.Equal(3, _ue.QueriesMade);
    }

    [Fact]
    public void The_least_recently_used_ticket_goes_first()
    {
        var ue = new UeHarness(settings => settings with { TicketCacheEntries = 2 });
        ue.Register();
        string[] recipients = ["sip:a@ims.example", "sip:b@ims.example", "sip:a@ims.example", "sip:c@ims.example", "sip:a@ims.example", "sip:b@ims.example"];
        int[] queries = [1, 2, 2, 3, 3, 4];
        for (var i = 0; i < recipients.Length; i++)
        {
            ue.Send(i, recipients[i]);
            ue.Answer(ue.Take<SipRequest>(), 200);
            Assert.Equal(queries[i], ue.QueriesMade);
        }
    }

    [Fact]
    public void Without_a_cache_each_message_has_a_ticket_of_its_own()
    {
        var ue = new UeHarness(settings => settings with { TicketCacheEntries = 0 });
        ue.Register();
        for (var id = 1; id <= 2; id++)
        {
            ue.Send(id);
            var request = ue.Take<SipRequest>();
            request.TryGetHeader(SipHeaderId.ContentType, out var contentType);
            Assert.True(ProtectedBody.TrySplit(contentType, request.Body, out var mikey, out _, out _));
            Assert.True(ReceivedTransferInit.TryParse(mikey, out var received, out _));
            Assert.False(received!.TicketIsReusable);
            ue.Answer(request, 200);
        }

        Assert.Equal(2, ue.QueriesMade);
    }

    [Fact]
    public void A_kms_that_cannot_be_reached_or_refuses_or_babbles_or_is_silent_fails_the_message()
    {
        _ue.Register("600000");
        _ue.HasKms = false;
        _ue.Send(1);
        _ue.AnswerQuery(_ue.Queries.Dequeue().Token, null);
        Assert.Equal(SendFailure.Kms, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);

        _ue.Send(2);
        _ue.AnswerQuery(_ue.Queries.Dequeue().Token, [1, 2, 3]);
        Assert.Equal(SendFailure.Kms, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);

        _ue.Send(3);
        var late = _ue.Queries.Dequeue();
        _ue.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        _ue.AssertQuiet();
        _ue.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(SendFailure.Kms, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.AnswerQuery(late);
        _ue.AssertQuiet();
    }

    [Fact]
    public void One_message_at_a_time_goes_to_a_target_and_others_are_not_held_up()
    {
        _ue.Register();
        _ue.Send(1, text: "one");
        _ue.Send(2, text: "two");
        _ue.Send(3, "sip:carol@ims.example");
        var first = _ue.Take<SipRequest>();
        var carols = _ue.Take<SipRequest>();
        Assert.Empty(_ue.Sent);
        Assert.Equal(1, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        Assert.Equal(3, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        _ue.Answer(carols, 200);
        Assert.Equal(3, _ue.TakeFact(UeEffectKind.MessageAnswered).Token);
        Assert.Empty(_ue.Sent);
        _ue.Answer(first, 404);
        Assert.Equal(404, _ue.TakeFact(UeEffectKind.MessageAnswered).Status);
        var second = _ue.TakeFact(UeEffectKind.MessageSent);
        Assert.Equal(2, second.Token);
        _ue.Answer(_ue.Take<SipRequest>(), 200);
        Assert.Equal(2, _ue.TakeFact(UeEffectKind.MessageAnswered).Token);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_full_queue_refuses_and_an_ended_send_makes_room()
    {
        var ue = new UeHarness(settings => settings with { MaxQueuedSends = 3 });
        ue.Register();
        for (var id = 1; id <= 4; id++)
        {
            ue.Send(id);
        }

        ue.TakeFact(UeEffectKind.MessageSent);
        var full = ue.TakeFact(UeEffectKind.MessageFailed);
        Assert.Equal(4, full.Token);
        Assert.Equal(SendFailure.QueueFull, full.Failure);
        ue.Answer(ue.Take<SipRequest>(), 200);
        ue.Facts.Clear();
        ue.Send(5);
        Assert.Empty(ue.Facts);
    }

    [Fact]
    public void Timestamps_rise_even_when_the_clock_stands_still_or_goes_back()
    {
        _ue.Register();
        var last = NtpTimestamp.FromUtc(_ue.Utc + TimeSpan.FromHours(1));
        _ue.Durable.LastSent = last;
        for (var id = 1; id <= 3; id++)
        {
            _ue.Send(id);
            var sent = _ue.TakeFact(UeEffectKind.MessageSent);
            Assert.Equal(last.Next(), sent.Timestamp);
            last = sent.Timestamp;
            _ue.Answer(_ue.Take<SipRequest>(), 200);
            _ue.TakeFact(UeEffectKind.MessageAnswered);
        }
    }

    [Fact]
    public void A_challenge_is_answered_with_the_same_body_and_the_next_message_answers_ahead()
    {
        _ue.Register();
        _ue.Send(1);
        var first = _ue.Take<SipRequest>();
        _ue.Answer(first, 407, Challenge);
        var second = _ue.Take<SipRequest>();
        Assert.True(second.Body.Span.SequenceEqual(first.Body.Span));
        Assert.True(second.CallId.SequenceEqual(first.CallId));
        Assert.True(second.From.Tag.SequenceEqual(first.From.Tag));
        Assert.Equal(first.CSeqNumber + 1, second.CSeqNumber);
        Assert.False(second.TopVia.Branch.SequenceEqual(first.TopVia.Branch));
        Assert.Contains("nc=00000001", second.GetHeaderText(SipHeaderId.ProxyAuthorization), StringComparison.Ordinal);
        _ue.Answer(second, 200);
        Assert.Equal(1, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        Assert.Equal(200, _ue.TakeFact(UeEffectKind.MessageAnswered).Status);

        _ue.Send(2);
        Assert.Contains("nc=00000002", _ue.Take<SipRequest>().GetHeaderText(SipHeaderId.ProxyAuthorization), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_challenged_for_ever_ends_with_the_challenge()
    {
        _ue.Register();
        _ue.Send(1);
        var requests = 0;
        while (_ue.Sent.Count > 0)
        {
            Assert.True(++requests < 10, "no end");
            _ue.Answer(_ue.Take<SipRequest>(), 407, Challenge);
        }

        _ue.TakeFact(UeEffectKind.MessageSent);
        Assert.Equal(407, _ue.TakeFact(UeEffectKind.MessageAnswered).Status);
        Assert.Equal(6, requests);
        _ue.AssertQuiet();
    }

    [Fact]
    public void After_a_timeout_the_same_bytes_go_out_in_a_new_transaction_and_then_the_message_fails()
    {
        _ue.Register();
        _ue.Send(1);
        var first = _ue.Take<SipRequest>();
        _ue.Advance(TimeSpan.FromSeconds(32));
        var second = _ue.Take<SipRequest>();
        Assert.True(second.Body.Span.SequenceEqual(first.Body.Span));
        Assert.False(second.TopVia.Branch.SequenceEqual(first.TopVia.Branch));
        _ue.TakeFact(UeEffectKind.MessageSent);
        Assert.Empty(_ue.Facts);
        _ue.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal(SendFailure.Timeout, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.AssertQuiet();
        _ue.Answer(second, 200);
        _ue.AssertQuiet();
    }

    [Theory]
    [InlineData(408)]
    [InlineData(504)]
    public void A_proxy_that_timed_out_is_no_answer_the_same_bytes_go_out_again_and_its_second_word_is_final(int status)
    {
        _ue.Register();
        _ue.Send(1);
        var first = _ue.Take<SipRequest>();
        _ue.Answer(first, status);
        var second = _ue.Take<SipRequest>();
        Assert.True(second.Body.Span.SequenceEqual(first.Body.Span));
        _ue.TakeFact(UeEffectKind.MessageSent);
        Assert.Empty(_ue.Facts);
        _ue.Answer(second, status);
        Assert.Equal(status, _ue.TakeFact(UeEffectKind.MessageAnswered).Status);
        _ue.AssertQuiet();
    }

    [Fact]
    public void After_a_failed_connection_the_same_bytes_go_out_again_after_a_pause()
    {
        _ue.Register();
        _ue.Send(1);
        var first = _ue.Take<SipRequest>();
        _ue.FailFlow();
        Assert.Empty(_ue.Sent);
        _ue.Advance(TimeSpan.FromSeconds(1));
        var second = _ue.Take<SipRequest>(out var token);
        Assert.True(second.Body.Span.SequenceEqual(first.Body.Span));
        _ue.Do(() => _ue.Phone.HandleSendFailure(token, _ue.Now, _ue.Utc));
        _ue.TakeFact(UeEffectKind.MessageSent);
        Assert.Equal(SendFailure.Transport, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_503_with_retry_after_holds_this_and_other_messages_back()
    {
        _ue.Register();
        _ue.Send(1);
        var first = _ue.Take<SipRequest>();
        _ue.Answer(first, 503, (SipHeaderId.RetryAfter, "60"));
        _ue.Send(2, "sip:carol@ims.example");
        Assert.Empty(_ue.Sent);
        _ue.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        Assert.Empty(_ue.Sent);
        _ue.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(2, _ue.Sent.Count);
        var requests = new[] { _ue.Take<SipRequest>(), _ue.Take<SipRequest>() };
        var again = Array.Find(requests, request => request.CallId.SequenceEqual(first.CallId));
        Assert.True(again!.Body.Span.SequenceEqual(first.Body.Span));
        Assert.Equal(2, _ue.Facts.Count(fact => fact.Kind == UeEffectKind.MessageSent));
        Assert.Equal(2, _ue.Facts.Count);

        _ue.Facts.Clear();
        _ue.Answer(again, 503, (SipHeaderId.RetryAfter, "60"));
        Assert.Equal(503, _ue.TakeFact(UeEffectKind.MessageAnswered).Status);
    }

    [Theory]
    [InlineData(OfflineKind.Silent)]
    [InlineData(OfflineKind.Clean)]
    public void Going_offline_ends_every_send_exactly_once(OfflineKind kind)
    {
        _ue.Register();
        _ue.Send(1);
        var inFlight = _ue.Take<SipRequest>();
        _ue.Send(2);
        _ue.HasKms = false;
        _ue.Send(3, "sip:carol@ims.example");
        _ue.GoOffline(kind);
        if (kind == OfflineKind.Clean)
        {
            var removal = _ue.Take<SipRequest>();
            Assert.Equal(SipMethod.Register, removal.Method);
            _ue.Answer(inFlight, 200);
            _ue.Answer(removal, 200);
        }

        var ends = _ue.Facts.Where(fact => fact.Kind is UeEffectKind.MessageFailed or UeEffectKind.MessageAnswered).ToArray();
        Assert.Equal([1, 2, 3], ends.Select(fact => fact.Token).Order());
        Assert.All(ends, fact => Assert.True(fact.Kind == UeEffectKind.MessageAnswered ? kind == OfflineKind.Clean && fact.Token == 1 : fact.Failure == SendFailure.Offline));
        _ue.AnswerQuery(_ue.Queries.Dequeue());
        _ue.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(_ue.Sent);
        Assert.Equal(3, _ue.Facts.Count(fact => fact.Kind is UeEffectKind.MessageFailed or UeEffectKind.MessageAnswered));
    }

    [Fact]
    public void A_machine_that_is_given_up_ends_its_sends_and_its_registration()
    {
        _ue.Register();
        _ue.Send(1);
        _ue.Send(2);
        _ue.Take<SipRequest>();
        _ue.TakeFact(UeEffectKind.MessageSent);
        _ue.Do(_ue.Phone.Abandon);
        Assert.Equal(SendFailure.Crash, _ue.TakeFact(UeEffectKind.MessageFailed).Failure);
        Assert.Equal(2, _ue.TakeFact(UeEffectKind.MessageFailed).Token);
        Assert.Equal("crash", _ue.TakeFact(UeEffectKind.WentOffline).Reason);
        _ue.AssertQuiet();
    }

    private void SendAndAnswer(long id, string recipient = UeHarness.Peer)
    {
        _ue.Send(id, recipient);
        _ue.Answer(_ue.Take<SipRequest>(), 200);
        Assert.Equal(id, _ue.TakeFact(UeEffectKind.MessageSent).Token);
        Assert.Equal(id, _ue.TakeFact(UeEffectKind.MessageAnswered).Token);
    }

    /// <summary>Refreshes on the way.</summary>
    private void AdvanceOnline(TimeSpan time)
    {
        var end = _ue.Now + time;
        while (_ue.Phone.NextDeadline <= end)
        {
            _ue.Advance(_ue.Phone.NextDeadline - _ue.Now);
            _ue.Answer(_ue.Take<SipRequest>(), 200, (SipHeaderId.Expires, "600000"));
        }

        _ue.Advance(end - _ue.Now);
    }
}
