using System.Net;
using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class ProxyBehaviorTests
{
    private readonly CoreHarness _core = new();

    [Fact]
    public void Without_an_application_server_a_message_goes_straight_to_the_contact()
    {
        var (alice, bob) = (AddRegistered("alice"), AddRegistered("bob"));
        alice.SendMessage(
            "bob", "Route: <sip:orig@10.0.0.1:5060;lr>\nP-Asserted-Identity: <sip:boss@ims.example>\nP-Preferred-Identity: <sip:boss@ims.example>\n" +
            "P-Called-Party-ID: <sip:boss@ims.example>\n");
        var forwarded = _core.Take<SipRequest>(out var hop);
        Assert.Equal(bob.Hop, hop);
        Assert.Equal($"sip:bob@{bob.Hop.EndPoint}", forwarded.RequestUri.ToString());
        Assert.Equal(69, forwarded.MaxForwards);
        Assert.Equal("<sip:alice@ims.example>", Assert.Single(forwarded.GetValues(SipHeaderId.PAssertedIdentity)).Text());
        Assert.Equal("<sip:bob@ims.example>", Assert.Single(forwarded.GetValues(SipHeaderId.PCalledPartyId)).Text());
        Assert.Empty(forwarded.GetValues(SipHeaderId.PPreferredIdentity));
        Assert.Empty(forwarded.GetValues(SipHeaderId.Route));
        Assert.Equal(2, forwarded.GetValues(SipHeaderId.Via).Count);
        Assert.Equal("10.0.0.1:5060", Encoding.ASCII.GetString(forwarded.TopVia.SentBy));
        Assert.Equal("hello", Encoding.ASCII.GetString(forwarded.Body.Span));

        _core.Answer(forwarded, 200, bob.Hop);
        var response = _core.Take<SipResponse>(out var back);
        Assert.Equal(200, response.StatusCode);
        Assert.Equal(alice.Hop, back);
        Assert.Equal("10.1.0.1:40000", Encoding.ASCII.GetString(response.TopVia.SentBy));
        Assert.Single(response.GetValues(SipHeaderId.Via));
        Assert.Equal(1, _core.CountOf(CoreFact.MessageRouted));
        Assert.Equal(0, _core.Proxy.PendingCount);
        Assert.Equal(0, _core.CountOf(CoreFact.MessageChallenged));
    }

    [Fact]
    public void With_an_application_server_a_message_goes_there_unchanged_and_comes_back_to_be_delivered()
    {
        var core = new CoreHarness(CoreHarness.Server);
        var (alice, bob) = (AddRegistered("alice", core), AddRegistered("bob", core));
        alice.SendMessage("bob");
        var toServer = core.Take<SipRequest>(out var hop);
        Assert.Equal(CoreHarness.Server, hop);
        Assert.Equal("sip:bob@ims.example", toServer.RequestUri.ToString());
        Assert.Equal("<sip:alice@ims.example>", toServer.GetHeaderText(SipHeaderId.PAssertedIdentity));
        Assert.Null(toServer.GetHeaderText(SipHeaderId.PCalledPartyId));
        core.Answer(toServer, 202, CoreHarness.Server);
        Assert.Equal(202, core.Take<SipResponse>().StatusCode);

        // From a port of its own, with its listening address in Via.
        core.Deliver(FromServer("sip:bob@ims.example", "z9hG4bKas1"), new SipHop(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.9:61000"), 77));
        var delivered = core.Take<SipRequest>(out hop);
        Assert.Equal(bob.Hop, hop);
        Assert.Equal($"sip:bob@{bob.Hop.EndPoint}", delivered.RequestUri.ToString());
        Assert.Equal("<sip:alice@ims.example>", Assert.Single(delivered.GetValues(SipHeaderId.PAssertedIdentity)).Text());
        Assert.Equal("<sip:bob@ims.example>", delivered.GetHeaderText(SipHeaderId.PCalledPartyId));
        core.Answer(delivered, 200, bob.Hop);
        Assert.Equal(200, core.Take<SipResponse>(out hop).StatusCode);
        Assert.Equal(77, hop.Flow);
        Assert.Equal(2, core.CountOf(CoreFact.MessageRouted));
    }

    [Theory]
    [InlineData("10.0.0.9:5090", "10.0.0.9:9999", true)]
    [InlineData("10.0.0.9:61000", "10.0.0.9:5090", true)]
    [InlineData("10.0.0.9:61000", "10.0.0.9:5091", false)]
    [InlineData("10.0.0.9:61000", "10.0.0.9", false)]
    [InlineData("10.0.0.8:5090", "10.0.0.9:5090", false)]
    [InlineData("10.0.0.8:61000", "10.0.0.9:5090", false)]
    public void The_application_server_is_known_by_its_address(string source, string sentBy, bool isServer)
    {
        var core = new CoreHarness(CoreHarness.Server);
        AddRegistered("bob", core);
        core.Directory.AddPassword("alice");
        core.Deliver(FromServer("sip:bob@ims.example", "z9hG4bKas1", sentBy), new SipHop(SipTransportKind.Tcp, IPEndPoint.Parse(source), 77));
        if (isServer)
        {
            core.Take<SipRequest>();
        }
        else
        {
            Assert.Equal(407, core.Take<SipResponse>().StatusCode);
        }
    }

    [Fact]
    public void A_sender_that_is_not_registered_from_here_answers_a_challenge()
    {
        AddRegistered("bob");
        var alice = AddPhone("alice");
        alice.SendMessage("bob");
        var challenge = _core.Take<SipResponse>();
        Assert.Equal(407, challenge.StatusCode);
        Assert.True(alice.Client.TryAccept(challenge, out _));
        Assert.Equal(SipHeaderId.ProxyAuthorization, alice.Client.HeaderId);
        alice.SendMessage("bob", $"Proxy-Authorization: {alice.Client.CreateHeader(SipMethod.Message, "sip:bob@ims.example", default)}\n");
        var forwarded = _core.Take<SipRequest>();
        Assert.Null(forwarded.GetHeaderText(SipHeaderId.ProxyAuthorization));
        Assert.Equal("<sip:alice@ims.example>", forwarded.GetHeaderText(SipHeaderId.PAssertedIdentity));

        var carol = AddRegistered("carol");
        carol.Hop = _core.NextHop("10.1.0.1:40001");
        carol.SendMessage("bob");
        Assert.Equal(407, _core.Take<SipResponse>().StatusCode);
    }

    [Fact]
    public void A_wrong_password_another_identity_and_a_foreign_sender_are_refused()
    {
        AddRegistered("bob");
        var alice = AddPhone("alice");
        alice.SendMessage("bob");
        var challenge = _core.Take<SipResponse>();
        var guess = new SubscriberCredentials("alice_private", DigestAlgorithm.Md5, "guess", default, default, default);
        var thief = new DigestClient(guess, new SeededRandomSource(1));
        Assert.True(thief.TryAccept(challenge, out _));
        var header = thief.CreateHeader(SipMethod.Message, "sip:bob@ims.example", default);
        Assert.Equal(403, Send(alice, alice.CreateMessage("bob", $"Proxy-Authorization: {header}\n")));

        var mallory = AddPhone("mallory");
        Assert.True(mallory.Client.TryAccept(challenge, out _));
        header = mallory.Client.CreateHeader(SipMethod.Message, "sip:bob@ims.example", default);
        Assert.Equal(403, Send(mallory, mallory.CreateMessage("bob", $"Proxy-Authorization: {header}\n", from: "<sip:alice@ims.example>")));
        Assert.Equal(403, Send(alice, alice.CreateMessage("bob", from: "<sip:nobody@ims.example>")));
        Assert.Equal(403, Send(alice, alice.CreateMessage("bob", from: "<sip:alice@other.example>")));
        Assert.Equal(403, Send(alice, alice.CreateMessage("bob", from: "<tel:+15550100>")));
        Assert.Equal(5, _core.CountOf(CoreFact.MessageRefused));
    }

    [Theory]
    [InlineData("urn:service:sos", "", 70, 403)]
    [InlineData("URN:service:SOS.fire", "", 70, 403)]
    [InlineData("urn:service:sosx", "", 70, 416)]
    [InlineData("http://ims.example/", "", 70, 416)]
    [InlineData("tel:+15550100", "", 70, 416)]
    [InlineData("bob", "", 0, 483)]
    [InlineData("bob", "Proxy-Require: sec-agree\n", 70, 420)]
    [InlineData("bob", "Route: <sip:10.0.0.1:5060;lr>, <sip:evil.example;lr>\n", 70, 403)]
    [InlineData("sip:bob@other.example", "", 70, 404)]
    [InlineData("sip:ims.example", "", 70, 404)]
    [InlineData("nobody", "", 70, 404)]
    [InlineData("carol", "", 70, 480)]
    public void What_cannot_be_routed_is_answered(string recipient, string extra, int maxForwards, int expected)
    {
        var alice = AddRegistered("alice");
        AddRegistered("bob");
        AddPhone("carol");
        _core.Deliver(alice.CreateMessage(recipient, extra, maxForwards), alice.Hop);
        var response = _core.Take<SipResponse>();
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == 420 ? "sec-agree" : null, response.GetHeaderText(SipHeaderId.Unsupported));
        Assert.Empty(_core.Sent);
        Assert.Equal(1, _core.CountOf(CoreFact.MessageRefused));
        Assert.Equal(0, _core.Proxy.PendingCount);
    }

    [Theory]
    [InlineData("OPTIONS", "", 200)]
    [InlineData("OPTIONS", "Require: x\n", 420)]
    [InlineData("OPTIONS", "Proxy-Require: x\n", 420)]
    [InlineData("NOTIFY", "", 405)]
    [InlineData("INVITE", "", 405)]
    [InlineData("CANCEL", "", 481)]
    [InlineData("NEWMETHOD", "", 501)]
    public void Other_methods_are_answered_by_the_core_itself(string method, string extra, int expected)
    {
        var alice = AddPhone("alice");
        _core.Deliver(alice.CreateMessage("bob", extra, method: method), alice.Hop);
        var response = _core.Take<SipResponse>();
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected is 200 or 405 ? "REGISTER, MESSAGE, OPTIONS, SUBSCRIBE" : null, response.GetHeaderText(SipHeaderId.Allow));
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void An_ack_is_never_answered()
    {
        var alice = AddPhone("alice");
        _core.Deliver(alice.CreateMessage("bob", method: "ACK"), alice.Hop);
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void A_request_that_comes_back_is_a_loop_and_a_changed_one_is_not()
    {
        var alice = AddRegistered("alice");
        var bob = AddPhone("bob");
        bob.Contact = "<sip:bob@ims.example>";
        bob.Hop = _core.NextHop();
        bob.MustRegister();
        alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>();
        _core.Deliver(forwarded, alice.Hop);
        var looped = _core.Take<SipResponse>();
        Assert.Equal(482, looped.StatusCode);
        _core.Deliver(looped, bob.Hop);
        Assert.Equal(482, _core.Take<SipResponse>().StatusCode);

        bob.MustRegister("Expires: 0\n");
        bob.Contact = "<sip:carol@ims.example>";
        bob.MustRegister();
        AddRegistered("carol");
        alice.SendMessage("bob");
        _core.Deliver(_core.Take<SipRequest>(), alice.Hop);
        Assert.StartsWith("sip:carol@", _core.Take<SipRequest>().RequestUri.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(404, 404)]
    [InlineData(493, 493)]
    [InlineData(500, 500)]
    [InlineData(503, 500)]
    [InlineData(603, 603)]
    [InlineData(408, 0)]
    public void A_final_response_is_passed_on_but_408_is_not_and_503_becomes_500(int received, int expected)
    {
        var (alice, bob) = (AddRegistered("alice"), AddRegistered("bob"));
        alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>();
        _core.Answer(forwarded, 100, bob.Hop);
        _core.Answer(forwarded, 180, bob.Hop);
        Assert.Empty(_core.Sent);
        _core.Answer(forwarded, received, bob.Hop, (SipHeaderId.RetryAfter, "7"));
        if (expected == 0)
        {
            Assert.Empty(_core.Sent);
            Assert.Equal(1, _core.CountOf(CoreFact.TimedOut));
        }
        else
        {
            var response = _core.Take<SipResponse>();
            Assert.Equal(expected, response.StatusCode);
            Assert.Equal("7", response.GetHeaderText(SipHeaderId.RetryAfter));
        }

        _core.Answer(forwarded, 200, bob.Hop);
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void A_silent_recipient_leads_to_no_final_response_at_all()
    {
        var alice = AddRegistered("alice");
        AddRegistered("bob");
        alice.SendMessage("bob");
        _core.Take<SipRequest>();
        _core.Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal(1, _core.Proxy.PendingCount);
        _core.Advance(TimeSpan.FromSeconds(33));
        Assert.All(_core.Sent, sent => Assert.Equal(100, Assert.IsType<SipResponse>(sent.Message).StatusCode));
        Assert.Equal(1, _core.CountOf(CoreFact.TimedOut));
        Assert.Equal(0, _core.Proxy.PendingCount);
        Assert.Equal(Instant.Never, _core.Proxy.NextDeadline);
    }

    [Fact]
    public void A_dead_connection_to_a_phone_is_480_and_to_the_server_500()
    {
        var (alice, bob) = (AddRegistered("alice"), AddRegistered("bob"));
        alice.SendMessage("bob");
        _core.Sent.Clear();
        _core.FailFlow(bob.Hop);
        Assert.Equal(480, _core.Take<SipResponse>().StatusCode);

        var core = new CoreHarness(CoreHarness.Server);
        alice = AddRegistered("alice", core);
        alice.SendMessage("bob");
        var (_, _, token) = core.Sent.Dequeue();
        core.Proxy.HandleSendFailure(token, core.Now, core.Utc);
        core.Drain();
        Assert.Equal(500, core.Take<SipResponse>().StatusCode);
        Assert.Equal(0, core.Proxy.PendingCount);
    }

    [Fact]
    public void Copies_over_datagrams_are_forwarded_once_and_answered_each_time()
    {
        var alice = new TestPhone(_core, "alice", _core.Directory.AddPassword("alice"), _core.NextHop(transport: SipTransportKind.Udp));
        alice.MustRegister();
        var bob = AddRegistered("bob");
        var message = alice.CreateMessage("bob");
        _core.Deliver(message, alice.Hop);
        _core.Deliver(message, alice.Hop);
        var forwarded = _core.Take<SipRequest>();
        Assert.Empty(_core.Sent);
        _core.Answer(forwarded, 200, bob.Hop);
        _core.Deliver(message, alice.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void The_path_of_a_registration_becomes_the_route()
    {
        var alice = AddRegistered("alice");
        var bob = AddPhone("bob");
        bob.MustRegister("Path: <sip:term@10.5.0.1;lr>\nExpires: 100\n");
        alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>(out var hop);
        Assert.Equal("<sip:term@10.5.0.1;lr>", forwarded.GetHeaderText(SipHeaderId.Route));
        Assert.Equal(bob.Hop, hop);
    }

    [Fact]
    public void A_location_may_be_answered_later_once_or_never()
    {
        _core.Held = new Queue<CoreEffect>();
        var alice = AddRegistered("alice");
        var bob = AddRegistered("bob");
        alice.SendMessage("bob");
        Assert.Empty(_core.Sent);
        var question = Assert.Single(_core.Held);
        Assert.Equal("sip:bob@ims.example", question.AddressOfRecord);
        var answer = _core.Registrar.Locate(question.AddressOfRecord!, _core.Now);
        _core.Proxy.HandleLocation(question.Token, answer, _core.Now, _core.Utc);
        _core.Proxy.HandleLocation(question.Token, answer, _core.Now, _core.Utc);
        _core.Drain();
        _core.Answer(_core.Take<SipRequest>(), 200, bob.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        Assert.Empty(_core.Sent);

        _core.Held.Clear();
        alice.SendMessage("bob");
        _core.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(0, _core.Proxy.PendingCount);
        Assert.Equal(1, _core.CountOf(CoreFact.TimedOut));
        _core.Sent.Clear();
        _core.Proxy.HandleLocation(_core.Held.Dequeue().Token, answer, _core.Now, _core.Utc);
        _core.Drain();
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void A_response_to_nothing_we_sent_is_dropped()
    {
        var (alice, bob) = (AddRegistered("alice"), AddRegistered("bob"));
        alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>();
        _core.Deliver(
            $"SIP/2.0 200 OK\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch={Encoding.ASCII.GetString(forwarded.TopVia.Branch)}0\n" +
            $"Via: SIP/2.0/TCP x;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: x\nCSeq: 1 MESSAGE\nContent-Length: 0\n\n",
            bob.Hop);
        Assert.Empty(_core.Sent);
        Assert.Equal(1, _core.Proxy.PendingCount);
    }

    [Fact]
    public void Branches_name_their_partition_and_kind()
    {
        var random = new SeededRandomSource(1);
        for (var partition = 0; partition < 256; partition++)
        {
            var branch = Encoding.ASCII.GetBytes(new BranchSource(BranchSource.ProxyKind, partition, random).Next(0xABCDUL));
            Assert.True(BranchSource.TryParse(branch, out var kind, out var found));
            Assert.Equal((BranchSource.ProxyKind, partition), (kind, found));
            Assert.True(branch.AsSpan().IndexOf("000000000000abcd"u8) > 0);
        }

        Assert.False(BranchSource.TryParse("z9hG4bK"u8, out _, out _));
        Assert.False(BranchSource.TryParse("z9hG4bKpzz"u8, out _, out _));
        Assert.False(BranchSource.TryParse("z9hG4bKx01"u8, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchSource(BranchSource.ProxyKind, 256, random));
    }

    private static string FromServer(string requestUri, string branch, string sentBy = "10.0.0.9:5090") =>
        $"MESSAGE {requestUri} SIP/2.0\nVia: SIP/2.0/TCP {sentBy};branch={branch}\nMax-Forwards: 70\nFrom: <sip:alice@ims.example>;tag=as\n" +
        $"To: <{requestUri}>\nCall-ID: d-1\nCSeq: 1 MESSAGE\nP-Asserted-Identity: <sip:alice@ims.example>\nContent-Length: 0\n\n";

    private int Send(TestPhone phone, string text)
    {
        _core.Deliver(text, phone.Hop);
        return _core.Take<SipResponse>().StatusCode;
    }

    private TestPhone AddPhone(string name, CoreHarness? core = null)
    {
        core ??= _core;
        return new TestPhone(core, name, core.Directory.AddPassword(name), core.NextHop());
    }

    private TestPhone AddRegistered(string name, CoreHarness? core = null)
    {
        core ??= _core;
        var phone = AddPhone(name, core);
        phone.MustRegister();
        if (core.Sent.Count > 0)
        {
            var notice = core.Take<SipRequest>(out var hop);
            core.Answer(notice, 200, hop);
        }

        return phone;
    }
}
