using System.Text;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>The steps of receiving, each with its outcome, its answer and what it must not have done before.</summary>
public class UeReceivingTests
{
    private readonly UeHarness _ue = new();
    private readonly UeSender _alice;

    public UeReceivingTests()
    {
        _alice = new UeSender(_ue);
        _ue.Register();
    }

    [Fact]
    public void A_good_message_is_accepted_shown_and_answered_200()
    {
        var message = _alice.Message(text: "grüezi");
        var fact = Receive(message, 200, ReceiveOutcome.Accepted);
        Assert.Equal("grüezi", Encoding.UTF8.GetString(fact.Text.Span));
        Assert.Equal("41", fact.MessageId);
        Assert.Equal(UeHarness.Peer, fact.ShownIdentity);
        Assert.False(fact.IdentityDiffers);
        Assert.Same(message, fact.Request);
        Assert.Equal(1, _ue.Durable.ReplayCache!.Count);
        Assert.Equal(1, _ue.QueriesMade);
    }

    [Fact]
    public void What_comes_before_this_life_is_registered_was_meant_for_an_earlier_one_and_is_refused_for_now()
    {
        _ue.GoOffline(OfflineKind.Silent);
        _ue.GoOnline();
        _ue.Take<SipRequest>();
        var message = _alice.Message();
        _ue.Deliver(message);
        Assert.Equal(480, _ue.Take<SipResponse>().StatusCode);
        Assert.Null(_ue.Durable.ReplayCache);
        Assert.DoesNotContain(_ue.Facts, fact => fact.Kind == UeEffectKind.MessageReceived);
    }

    [Fact]
    public void The_answer_goes_back_with_the_requests_headers_and_a_tag()
    {
        var message = _alice.Message();
        _ue.Deliver(message);
        var (answer, hop, token) = _ue.Sent.Dequeue();
        Assert.Equal(UeHarness.CoreFlow, hop);
        Assert.Equal(0, token);
        Assert.False(answer.To.Tag.IsEmpty);
        Assert.True(answer.CallId.SequenceEqual(message.CallId));
        Assert.True(answer.Body.IsEmpty);
    }

    [Fact]
    public void A_copy_of_the_same_transaction_is_no_second_message_over_datagrams()
    {
        var hop = new SipHop(SipTransportKind.Udp, UeHarness.Core.EndPoint, 0);
        var message = _alice.Message();
        _ue.Deliver(message, hop);
        _ue.TakeFact(UeEffectKind.MessageReceived);
        var first = _ue.Take<SipResponse>();
        _ue.Deliver(message, hop);
        Assert.True(_ue.Take<SipResponse>().Bytes.Span.SequenceEqual(first.Bytes.Span));
        _ue.AssertQuiet();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed;boundary=other")]
    [InlineData("application/pkcs7-mime;smime-type=authEnveloped-data")]
    [InlineData(null)]
    public void A_body_without_the_two_parts_is_answered_415_with_what_is_accepted(string? contentType)
    {
        var message = _alice.Request(SipMethod.Message, contentType, "xyz"u8);
        _ue.Deliver(message);
        Assert.Equal(ReceiveOutcome.UnsupportedMedia, _ue.TakeFact(UeEffectKind.MessageReceived).Outcome);
        var answer = _ue.Take<SipResponse>();
        Assert.Equal(415, answer.StatusCode);
        Assert.Equal("multipart/mixed, application/mikey, application/pkcs7-mime, text/plain, message/cpim, message/imdn+xml", answer.GetHeaderText(SipHeaderId.Accept));
        AssertUntouched();
    }

    [Fact]
    public void A_malformed_transfer_init_is_answered_400()
    {
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        Receive(_alice.Wrap([.. built.Bytes, 0], _alice.Seal(built)), 400, ReceiveOutcome.MalformedMikey);
        Receive(_alice.Wrap("nonsense"u8, _alice.Seal(built)), 400, ReceiveOutcome.MalformedMikey);
        AssertUntouched();
    }

    [Fact]
    public void A_duplicate_is_answered_200_and_asks_no_kms()
    {
        var message = _alice.Message(_alice.RequestTicket(reusable: false));
        var first = Receive(message, 200, ReceiveOutcome.Accepted);
        var queries = _ue.QueriesMade;
        var second = Receive(_alice.Again(message), 200, ReceiveOutcome.Duplicate);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.Timestamp, second.Timestamp);
        Assert.Equal(queries, _ue.QueriesMade);
        Assert.Equal(1, _ue.Durable.ReplayCache!.Count);
    }

    [Fact]
    public void A_copy_with_altered_initiator_data_or_mac_is_found_as_the_duplicate_that_it_is()
    {
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        var cms = _alice.Seal(built);
        Receive(_alice.Wrap(built.Bytes, cms), 200, ReceiveOutcome.Accepted);
        Receive(_alice.Wrap(FlipLast(built.Bytes), cms), 200, ReceiveOutcome.Duplicate);
        Receive(_alice.Wrap(built.Bytes, FlipLast(cms)), 200, ReceiveOutcome.Duplicate);
        Assert.Equal(1, _ue.Durable.ReplayCache!.Count);
    }

    [Theory]
    [InlineData(true, 400)]
    [InlineData(false, 200)]
    public void A_stale_message_is_answered_as_configured_and_asks_no_kms(bool answer400, int status)
    {
        var ue = new UeHarness(settings => settings with { AnswersStaleWith400 = answer400, ReplayCache = new ReplayCacheSettings { CapacityEntries = 1 } });
        ue.Register();
        var alice = new UeSender(ue);
        var ticket = alice.RequestTicket(at: ue.Utc - TimeSpan.FromMinutes(5));
        Receive(ue, alice.Message(ticket), 200, ReceiveOutcome.Accepted);
        var queries = ue.QueriesMade;
        var other = alice.RequestTicket(reusable: false, at: ue.Utc - TimeSpan.FromMinutes(5));
        Receive(ue, alice.Message(other, ue.Utc - TimeSpan.FromSeconds(1)), status, ReceiveOutcome.Stale);
        Receive(ue, alice.Message(other, ue.Utc), status, ReceiveOutcome.Tie);
        Assert.Equal(queries, ue.QueriesMade);
    }

    [Fact]
    public void A_message_from_beyond_the_future_bound_is_answered_400_and_asks_no_kms()
    {
        var ue = new UeHarness(settings => settings with { ReplayCache = new ReplayCacheSettings { FutureBound = TimeSpan.FromMinutes(5) } });
        ue.Register();
        var alice = new UeSender(ue);
        var ticket = alice.RequestTicket();
        Receive(ue, alice.Message(ticket, ue.Utc + TimeSpan.FromMinutes(6)), 400, ReceiveOutcome.Future);
        Assert.Equal(0, ue.QueriesMade);
        Receive(ue, alice.Message(ticket, ue.Utc + TimeSpan.FromMinutes(4)), 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_message_for_somebody_else_is_refused_without_the_kms()
    {
        Receive(new UeSender(_ue, recipient: "sip:carol@ims.example").Message(), 493, ReceiveOutcome.IdentityMismatch);
        AssertUntouched();
    }

    [Fact]
    public void Another_suite_than_the_phones_is_refused_by_policy()
    {
        Receive(_alice.Message(_alice.RequestTicket(suite: MikeySuite.Aes256Sha256)), 493, ReceiveOutcome.PolicyRefused);
        AssertUntouched();
    }

    [Fact]
    public void A_message_made_after_the_end_of_its_ticket_is_refused_without_the_kms()
    {
        var ticket = _alice.RequestTicket(lifetime: TimeSpan.FromSeconds(60));
        _ue.Advance(TimeSpan.FromSeconds(61));
        Receive(_alice.Message(ticket), 493, ReceiveOutcome.TicketExpired);
        AssertUntouched();
    }

    [Fact]
    public void A_message_made_in_time_and_delivered_weeks_after_the_end_of_its_ticket_is_accepted()
    {
        var message = _alice.Message(_alice.RequestTicket(lifetime: TimeSpan.FromDays(1)));
        var late = Restart(TimeSpan.FromDays(20));
        Receive(late, message, 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_ticket_that_the_kms_no_longer_resolves_is_expired()
    {
        var message = _alice.Message(_alice.RequestTicket(lifetime: TimeSpan.FromDays(1)));
        var late = Restart(TimeSpan.FromDays(23));
        Receive(late, message, 493, ReceiveOutcome.TicketExpired);
    }

    [Fact]
    public void A_kms_that_cannot_be_reached_or_is_silent_or_babbles_gives_480_and_a_later_copy_is_accepted()
    {
        _ue.HasKms = false;
        var message = _alice.Message();
        _ue.Deliver(message);
        _ue.AnswerQuery(_ue.Queries.Dequeue().Token, null);
        Check(_ue, 480, ReceiveOutcome.KmsUnavailable, out var answer);
        Assert.Equal("5", answer.GetHeaderText(SipHeaderId.RetryAfter));

        _ue.Deliver(_alice.Again(message));
        _ue.AnswerQuery(_ue.Queries.Dequeue().Token, [1, 2, 3]);
        Check(_ue, 480, ReceiveOutcome.KmsUnavailable, out _);

        _ue.Deliver(_alice.Again(message));
        var late = _ue.Queries.Dequeue();
        _ue.Advance(TimeSpan.FromSeconds(10));

        // RFC 4320 section 4.1: whoever needs longer than 3.5 s says so.
        Assert.Equal(100, _ue.Take<SipResponse>().StatusCode);
        Check(_ue, 480, ReceiveOutcome.KmsUnavailable, out _);
        _ue.AnswerQuery(late);
        _ue.AssertQuiet();
        Assert.Equal(0, _ue.Durable.ReplayCache!.Count);

        _ue.HasKms = true;
        Receive(_alice.Again(message), 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_ticket_that_the_kms_does_not_know_is_refused_403()
    {
        // Issued by a KMS with another secret: ours refuses it, and proves with its MAC that it is the one who does.
        var foreign = new KeyManagementService(new KmsSettings { MasterSecret = new byte[32] }, _ue.Random);
        using var exchange = new TicketRequestExchange(
            UeHarness.Peer, UeHarness.Self, "sip:kms@ims.example", KeyManagementService.DerivePsk(new byte[32], UeHarness.Peer, MikeySuite.Aes128Sha1),
            MikeySuite.Aes128Sha1, TimeSpan.FromDays(1), reusable: true);
        Assert.True(exchange.TryComplete(foreign.Handle(exchange.CreateInit(_ue.Utc, _ue.Random), _ue.Utc), out var ticket, out _));
        Receive(_alice.Message(ticket), 403, ReceiveOutcome.KmsRefused);
        Assert.Equal(0, _ue.Durable.ReplayCache!.Count);
    }

    [Fact]
    public void A_wrong_mac_is_refused_and_does_not_burn_the_message()
    {
        var built = _alice.Build(_alice.RequestTicket(), _ue.Utc);
        var cms = _alice.Seal(built);
        Receive(_alice.Wrap(FlipLast(built.Bytes), cms), 493, ReceiveOutcome.MacInvalid);
        Assert.Equal(0, _ue.Durable.ReplayCache!.Count);
        Receive(_alice.Wrap(built.Bytes, cms), 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_body_that_does_not_open_is_refused_and_does_not_burn_the_message()
    {
        var ticket = _alice.RequestTicket();
        var built = _alice.Build(ticket, _ue.Utc);
        var cms = _alice.Seal(built);
        Receive(_alice.Wrap(built.Bytes, FlipLast(cms)), 493, ReceiveOutcome.OpenFailed);

        // A fresh TRANSFER_INIT with an older body of the same sender, under the same ticket.
        var other = _alice.Build(ticket, _ue.Utc + TimeSpan.FromSeconds(1));
        Receive(_alice.Wrap(other.Bytes, cms), 493, ReceiveOutcome.OpenFailed);
        Assert.Equal(0, _ue.Durable.ReplayCache!.Count);
        Receive(_alice.Wrap(built.Bytes, cms), 200, ReceiveOutcome.Accepted);
        Receive(_alice.Wrap(other.Bytes, _alice.Seal(other)), 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_resolved_ticket_serves_later_messages_and_forgeries_do_not_ask_again()
    {
        var ticket = _alice.RequestTicket();
        for (var second = 1; second <= 3; second++)
        {
            Receive(_alice.Message(ticket, _ue.Utc + TimeSpan.FromSeconds(second)), 200, ReceiveOutcome.Accepted);
        }

        var built = _alice.Build(ticket, _ue.Utc);
        Receive(_alice.Wrap(FlipLast(built.Bytes), _alice.Seal(built)), 493, ReceiveOutcome.MacInvalid);
        Assert.Equal(1, _ue.QueriesMade);
    }

    [Fact]
    public void A_ticket_for_one_message_is_resolved_each_time()
    {
        var ticket = _alice.RequestTicket(reusable: false);
        Receive(_alice.Message(ticket), 200, ReceiveOutcome.Accepted);
        Receive(_alice.Message(ticket, _ue.Utc + TimeSpan.FromSeconds(1)), 200, ReceiveOutcome.Accepted);
        Assert.Equal(2, _ue.QueriesMade);
    }

    [Fact]
    public void Of_two_copies_that_wait_for_the_kms_one_is_accepted_whatever_the_order_of_the_answers()
    {
        _ue.HasKms = false;
        var message = _alice.Message();
        _ue.Deliver(message);
        _ue.Deliver(_alice.Again(message));
        var first = _ue.Queries.Dequeue();
        var second = _ue.Queries.Dequeue();
        _ue.AssertQuiet();
        _ue.AnswerQuery(second);
        Check(_ue, 200, ReceiveOutcome.Accepted, out _);
        _ue.AnswerQuery(first);
        Check(_ue, 200, ReceiveOutcome.Duplicate, out _);
        Assert.Equal(1, _ue.Durable.ReplayCache!.Count);
    }

    [Fact]
    public void Receptions_that_wait_for_the_kms_are_bounded()
    {
        var ue = new UeHarness(settings => settings with { MaxWaitingReceptions = 2 });
        ue.Register();
        ue.HasKms = false;
        var alice = new UeSender(ue);
        for (var i = 0; i < 3; i++)
        {
            ue.Deliver(alice.Message(at: ue.Utc + TimeSpan.FromSeconds(i)));
        }

        Check(ue, 480, ReceiveOutcome.KmsUnavailable, out _);
        Assert.Equal(2, ue.Queries.Count);
        ue.AnswerQuery(ue.Queries.Dequeue());
        Check(ue, 200, ReceiveOutcome.Accepted, out _);
    }

    [Fact]
    public void A_phone_that_goes_off_silently_while_it_waits_answers_nothing_and_the_copy_is_accepted_later()
    {
        _ue.HasKms = false;
        var message = _alice.Message();
        _ue.Deliver(message);
        var query = _ue.Queries.Dequeue();
        _ue.GoOffline(OfflineKind.Silent);
        _ue.TakeFact(UeEffectKind.WentOffline);
        _ue.AnswerQuery(query);
        _ue.AssertQuiet();
        _ue.HasKms = true;
        _ue.Register();
        Receive(_alice.Again(message), 200, ReceiveOutcome.Accepted);
    }

    [Fact]
    public void A_restarted_phone_still_knows_what_it_accepted()
    {
        var message = _alice.Message();
        Receive(message, 200, ReceiveOutcome.Accepted);
        var successor = Restart(TimeSpan.Zero);
        Receive(successor, _alice.Again(message), 200, ReceiveOutcome.Duplicate);
    }

    [Fact]
    public void The_signer_wins_over_from_and_the_difference_is_marked()
    {
        using var trust = UeCertificateAuthority.Create("ca", _ue.Utc);
        var ue = new UeHarness(settings => settings with { Trust = trust });
        ue.Register();
        var alice = new UeSender(ue);
        using var own = trust.Issue(UeHarness.Peer, ue.Utc);
        var fact = Receive(ue, alice.Message(signer: own), 200, ReceiveOutcome.Accepted);
        Assert.Equal(UeHarness.Peer, fact.ShownIdentity);
        Assert.False(fact.IdentityDiffers);

        using var list = trust.Issue("sip:list@ims.example", ue.Utc);
        ue.Advance(TimeSpan.FromSeconds(1));
        fact = Receive(ue, alice.Message(signer: list), 200, ReceiveOutcome.Accepted);
        Assert.Equal("sip:list@ims.example", fact.ShownIdentity);
        Assert.True(fact.IdentityDiffers);
    }

    [Fact]
    public void Without_a_signature_the_owner_of_the_ticket_is_shown_not_from()
    {
        var mallory = new UeSender(_ue, "sip:mallory@ims.example");
        var message = mallory.Message();
        var text = Encoding.Latin1.GetString(message.Bytes.Span).Replace("From: <sip:mallory@", "From: <sip:alice@", StringComparison.Ordinal);
        var fact = Receive(Assert.IsType<SipRequest>(UeHarness.Parse(Encoding.Latin1.GetBytes(text))), 200, ReceiveOutcome.Accepted);
        Assert.Equal("sip:mallory@ims.example", fact.ShownIdentity);
        Assert.True(fact.IdentityDiffers);
    }

    [Fact]
    public void Display_name_case_of_the_host_and_parameters_of_from_make_no_difference()
    {
        var message = _alice.Message();
        var text = Encoding.Latin1.GetString(message.Bytes.Span)
            .Replace("From: <sip:alice@ims.example>", "From: \"Alice\" <sip:alice@IMS.Example;user=phone>", StringComparison.Ordinal);
        Assert.False(Receive(Assert.IsType<SipRequest>(UeHarness.Parse(Encoding.Latin1.GetBytes(text))), 200, ReceiveOutcome.Accepted).IdentityDiffers);
    }

    [Fact]
    public void A_signature_of_a_stranger_is_refused_and_does_not_burn_the_message()
    {
        using var trust = UeCertificateAuthority.Create("ca", _ue.Utc);
        using var strange = UeCertificateAuthority.Create("ca", _ue.Utc);
        var ue = new UeHarness(settings => settings with { Trust = trust });
        ue.Register();
        using var signer = strange.Issue(UeHarness.Peer, ue.Utc);
        Receive(ue, new UeSender(ue).Message(signer: signer), 493, ReceiveOutcome.BadSignature);
        Assert.Equal(0, ue.Durable.ReplayCache!.Count);
    }

    [Theory]
    [InlineData("text/plain", "hello", "hello", null)]
    [InlineData("Text/Plain; charset=utf-8", "Message-ID: 77\r\nhello", "hello", "77")]
    [InlineData("text/plain", "Message-ID: 7 7\r\nhello", "Message-ID: 7 7\r\nhello", null)]
    [InlineData("text/plain", "Message-ID: 77", "Message-ID: 77", null)]
    [InlineData("text/plain", "", "", null)]
    public void Plain_text_is_taken_but_never_as_protected(string contentType, string body, string text, string? messageId)
    {
        var fact = Receive(_alice.Request(SipMethod.Message, contentType, Encoding.UTF8.GetBytes(body)), 200, ReceiveOutcome.PlainAccepted);
        Assert.Equal(text, Encoding.UTF8.GetString(fact.Text.Span));
        Assert.Equal(messageId, fact.MessageId);
        AssertUntouched();
    }

    [Theory]
    [InlineData(SipMethod.Options, 200)]
    [InlineData(SipMethod.Notify, 481)]
    [InlineData(SipMethod.Invite, 405)]
    [InlineData(SipMethod.Register, 405)]
    public void Other_methods_are_answered_and_are_no_messages(SipMethod method, int status)
    {
        _ue.Deliver(_alice.Request(method, null, default));
        var answer = _ue.Take<SipResponse>();
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == 481, !answer.TryGetHeader(SipHeaderId.Allow, out _));
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_required_extension_is_refused_by_name()
    {
        _ue.Deliver(_alice.Request(SipMethod.Message, "text/plain", "x"u8, (SipHeaderId.Require, "recipient-list-message, magic")));
        var answer = _ue.Take<SipResponse>();
        Assert.Equal(420, answer.StatusCode);
        Assert.Equal("recipient-list-message, magic", answer.GetHeaderText(SipHeaderId.Unsupported));
        _ue.AssertQuiet();
    }

    private static byte[] FlipLast(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        copy[^1] ^= 1;
        return copy;
    }

    private static UeEffect Receive(UeHarness ue, SipRequest message, int status, ReceiveOutcome outcome)
    {
        ue.Deliver(message);
        return Check(ue, status, outcome, out _);
    }

    private static UeEffect Check(UeHarness ue, int status, ReceiveOutcome outcome, out SipResponse answer)
    {
        var fact = ue.TakeFact(UeEffectKind.MessageReceived);
        Assert.Equal(outcome, fact.Outcome);
        answer = ue.Take<SipResponse>();
        Assert.Equal(status, answer.StatusCode);
        Assert.Empty(ue.Sent);
        Assert.Empty(ue.Facts);
        return fact;
    }

    private UeEffect Receive(SipRequest message, int status, ReceiveOutcome outcome) => Receive(_ue, message, status, outcome);

    /// <summary>A new machine with the flash memory of the old one, so much later.</summary>
    private UeHarness Restart(TimeSpan later)
    {
        var successor = new UeHarness(durable: _ue.Durable, seed: 99);
        successor.Advance(_ue.Now - successor.Now + later);
        successor.Register();
        return successor;
    }

    private void AssertUntouched()
    {
        Assert.Equal(0, _ue.QueriesMade);
        Assert.Equal(0, _ue.Durable.ReplayCache?.Count ?? 0);
    }
}
