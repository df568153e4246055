using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class RegistrarBehaviorTests
{
    private readonly CoreHarness _core = new();

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    public void A_password_phone_registers_in_two_steps(DigestAlgorithm algorithm)
    {
        var phone = AddPhone("bob", algorithm);
        phone.SendRegister();
        var challenge = _core.Take<SipResponse>(out var hop);
        Assert.Equal(401, challenge.StatusCode);
        Assert.Equal(phone.Hop, hop);
        Assert.Equal(algorithm == DigestAlgorithm.Md5 ? 1 : 2, challenge.GetValues(SipHeaderId.WwwAuthenticate).Count);

        Assert.True(phone.Client.TryAccept(challenge, out _));
        phone.SendRegister();
        var response = _core.Take<SipResponse>();
        Assert.Equal(200, response.StatusCode);
        Assert.Equal("<sip:bob@10.1.0.1:40000>;expires=3600", response.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal("<sip:orig@10.0.0.1:5060;lr>", response.GetHeaderText(SipHeaderId.ServiceRoute));
        Assert.Equal("<sip:bob@ims.example>", response.GetHeaderText(SipHeaderId.PAssociatedUri));
        Assert.Equal("Sun, 01 Mar 2026 12:00:00 GMT", response.GetHeaderText(SipHeaderId.Date));
        Assert.Contains("rspauth=", response.GetHeaderText(SipHeaderId.AuthenticationInfo), StringComparison.Ordinal);
        Assert.True(response.To.TryGetParameter("tag", out _));
        Assert.Equal(1, _core.Registrar.BindingCount);
        Assert.Equal(1, _core.CountOf(CoreFact.RegisterChallenged));
        Assert.Equal(1, _core.CountOf(CoreFact.RegisterAccepted));
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void An_aka_phone_registers_and_resynchronises()
    {
        var phone = new TestPhone(_core, "alice", _core.Directory.AddAka("alice"), _core.NextHop());
        phone.MustRegister();
        Assert.Equal(0, _core.CountOf(CoreFact.Resynchronised));

        phone.Client = new DigestClient(_core.Directory.AddAka("alice"), new SeededRandomSource(1)) { SqnMs = AkaVector.MaxSqn - 64_000 };
        phone.MustRegister();
        Assert.Equal(1, _core.CountOf(CoreFact.Resynchronised));
        Assert.Equal(1, _core.Registrar.BindingCount);
    }

    [Fact]
    public void An_aka_phone_that_does_not_believe_the_network_is_challenged_again_and_never_registered()
    {
        _core.Directory.AddAka("alice");
        var wrong = new SubscriberCredentials("alice_private", DigestAlgorithm.AkaV1Md5, null, new byte[16], new byte[16], new byte[2]);
        var phone = new TestPhone(_core, "alice", wrong, _core.NextHop());
        phone.SendRegister();
        Assert.False(phone.Client.TryAccept(_core.Take<SipResponse>(), out var fault));
        Assert.Equal(DigestClientFault.AkaMacMismatch, fault);
        phone.SendRegister();
        Assert.Equal(401, _core.Take<SipResponse>().StatusCode);
        Assert.Equal(0, _core.Registrar.BindingCount);
    }

    [Fact]
    public void The_first_register_of_an_ims_phone_names_its_private_identity_only()
    {
        var client = new DigestClient(_core.Directory.AddPassword("bob"), new SeededRandomSource(1));
        var initial = client.CreateInitialHeader(CoreHarness.Domain, "sip:ims.example");
        Assert.Equal(401, RegisterWith("bob", $"Authorization: {initial}\n").StatusCode);
        Assert.Equal(403, RegisterWith("carol", $"Authorization: {initial}\n").StatusCode);
        Assert.Equal(403, RegisterWith("bob", "Authorization: Digest username=\"nobody\",realm=\"ims.example\",nonce=\"\",uri=\"u\"," +
            "response=\"\"\n").StatusCode);
        Assert.Equal(401, RegisterWith("bob", "Authorization: Basic Ym9iOmJvYg==\n").StatusCode);
        Assert.Equal(401, RegisterWith("bob", "Authorization: Digest username=\"x\",realm=\"other.example\",nonce=\"n\",uri=\"u\"," +
            "response=\"r\"\n").StatusCode);
    }

    [Fact]
    public void A_wrong_password_is_refused_and_changes_nothing()
    {
        AddPhone("bob");
        var guess = new SubscriberCredentials("bob_private", DigestAlgorithm.Md5, "guess", default, default, default);
        var thief = new TestPhone(_core, "bob", guess, _core.NextHop());
        Assert.Equal(403, thief.Register().StatusCode);
        Assert.Equal(0, _core.Registrar.BindingCount);
        Assert.Equal(1, _core.CountOf(CoreFact.RegisterRefused));
    }

    [Fact]
    public void A_captured_register_is_challenged_as_stale_when_it_is_played_again()
    {
        var phone = AddPhone("bob");
        phone.SendRegister();
        Assert.True(phone.Client.TryAccept(_core.Take<SipResponse>(), out _));
        var header = phone.Client.CreateHeader(SipMethod.Register, "sip:ims.example", default);
        Assert.Equal(200, RegisterWith("bob", $"Authorization: {header}\n").StatusCode);
        var again = RegisterWith("bob", $"Authorization: {header}\n", callId: "thief");
        Assert.Equal(401, again.StatusCode);
        Assert.Contains("stale=true", again.GetHeaderText(SipHeaderId.WwwAuthenticate), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REGISTER sip:ims.example SIP/2.0", "<sip:nobody@ims.example>", "", 404)]
    [InlineData("REGISTER sip:ims.example SIP/2.0", "<sip:bob@other.example>", "", 404)]
    [InlineData("REGISTER sip:other.example SIP/2.0", "<sip:bob@ims.example>", "", 404)]
    [InlineData("REGISTER http://ims.example SIP/2.0", "<sip:bob@ims.example>", "", 416)]
    [InlineData("REGISTER sip:ims.example SIP/2.0", "<isbn:2983792873>", "", 400)]
    [InlineData("REGISTER sip:ims.example SIP/2.0", "<sip:bob@ims.example>", "Require: path, sec-agree, x\n", 420)]
    [InlineData("REGISTER sip:ims.example SIP/2.0", "<sip:bob@ims.example>", "Require: path\n", 401)]
    [InlineData("REGISTER sip:10.0.0.1:5060 SIP/2.0", "<sip:bob@10.0.0.1:5060>", "", 401)]
    [InlineData("REGISTER sip:IMS.example SIP/2.0", "<sip:bob@IMS.EXAMPLE:5060;transport=tcp>", "", 401)]
    public void Requests_are_sorted_before_the_password_counts(string line, string to, string extra, int expected)
    {
        AddPhone("bob");
        _core.Deliver($"{line}\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\nMax-Forwards: 70\nFrom: {to};tag=1\nTo: {to}\nCall-ID: c\nCSeq: 1 REGISTER\n" +
            $"{extra}Content-Length: 0\n\n", _core.NextHop());
        var response = _core.Take<SipResponse>();
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == 420 ? "sec-agree, x" : null, response.GetHeaderText(SipHeaderId.Unsupported));
    }

    [Theory]
    [InlineData("", "Expires: 600000\n", 600000)]
    [InlineData("", "Expires: 900000\n", 600000)]
    [InlineData(";expires=120", "Expires: 600\n", 120)]
    [InlineData("", "", 3600)]
    [InlineData("", "Expires: soon\n", 3600)]
    [InlineData(";expires=99999999999", "", 600000)]
    [InlineData(";expires=60", "", 60)]
    public void The_expiry_granted_is_the_one_asked_for_within_limits(string parameter, string header, int granted)
    {
        var phone = AddPhone("bob");
        phone.Contact += parameter;
        var response = phone.Register(header);
        Assert.EndsWith($";expires={granted}", response.GetHeaderText(SipHeaderId.Contact), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_brief_an_expiry_is_refused_with_the_minimum()
    {
        var phone = AddPhone("bob");
        var response = phone.Register("Expires: 59\n");
        Assert.Equal(423, response.StatusCode);
        Assert.Equal("60", response.GetHeaderText(SipHeaderId.MinExpires));
        Assert.Equal(0, _core.Registrar.BindingCount);
    }

    [Fact]
    public void A_refresh_keeps_one_binding_and_a_removal_takes_it_away()
    {
        var phone = AddPhone("bob");
        phone.MustRegister();
        _core.Advance(TimeSpan.FromSeconds(100));
        phone.MustRegister("Expires: 1000\n");
        Assert.Equal(1, _core.Registrar.BindingCount);
        Assert.Equal("<sip:bob@10.1.0.1:40000>;expires=1000", Query(phone).GetHeaderText(SipHeaderId.Contact));

        var gone = phone.Register("Expires: 0\n");
        Assert.Equal(200, gone.StatusCode);
        Assert.Null(gone.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal(0, _core.Registrar.BindingCount);
        Assert.Equal(1, _core.CountOf(CoreFact.Deregistered));
        Assert.Equal(Instant.Never, Instant.Min(_core.Registrar.NextDeadline, _core.Proxy.NextDeadline));
    }

    [Fact]
    public void An_older_request_of_the_same_call_changes_nothing_and_a_new_call_replaces()
    {
        var phone = AddPhone("bob");
        phone.MustRegister();
        var cseq = phone.CSeq;
        phone.CSeq = cseq - 2;
        Assert.Equal(500, phone.Register("Expires: 0\n").StatusCode);
        Assert.Equal(1, _core.Registrar.BindingCount);
        phone.CSeq = cseq - 1;
        Assert.Equal(500, phone.Register("Expires: 100\n").StatusCode);

        // Back after a silent cut: a new Call-ID, CSeq from the start, another connection.
        phone.CallId = "second-boot";
        phone.CSeq = 0;
        phone.Hop = _core.NextHop();
        phone.MustRegister("Expires: 200\n");
        Assert.Equal(1, _core.Registrar.BindingCount);
        Assert.Equal(phone.Hop.Flow, Target().Hop.Flow);
    }

    [Fact]
    public void A_star_takes_all_bindings_away_and_stands_alone()
    {
        var phone = AddPhone("bob");
        phone.Contact = "<sip:bob@10.1.0.1:1>, <sip:bob@10.1.0.1:2>";
        phone.MustRegister();
        Assert.Equal(2, _core.Registrar.BindingCount);

        phone.Contact = "*";
        Assert.Equal(400, phone.Register("Expires: 1\n").StatusCode);
        Assert.Equal(400, phone.Register("Expires: 0\nContact: <sip:bob@10.1.0.1:2>\n").StatusCode);
        Assert.Equal(2, _core.Registrar.BindingCount);
        phone.Contact = "*";
        phone.MustRegister("Expires: 0\n");
        Assert.Equal(0, _core.Registrar.BindingCount);
    }

    [Fact]
    public void Contacts_are_listed_newest_first_and_all_are_used()
    {
        var phone = AddPhone("bob");
        phone.Contact = "<sip:bob@10.1.0.1:1111>";
        phone.MustRegister();
        phone.Contact = "<sip:bob@10.1.0.1:2222>";
        phone.MustRegister("Expires: 1000\n");
        phone.Contact = "<sip:bob@10.1.0.1:1111>";
        _core.Advance(TimeSpan.FromSeconds(10));
        var response = phone.Register();
        Assert.Equal("<sip:bob@10.1.0.1:1111>;expires=3600, <sip:bob@10.1.0.1:2222>;expires=990", response.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal("sip:bob@10.1.0.1:1111", Target().Contact);
        Assert.Equal("sip:bob@10.1.0.1:2222", Assert.Single(_core.Registrar.Locate("sip:bob@ims.example", _core.Now).Others!).Contact);

        _core.Advance(TimeSpan.FromSeconds(1000));
        Assert.Null(_core.Registrar.Locate("sip:bob@ims.example", _core.Now).Others);
    }

    [Fact]
    public void Contacts_are_compared_as_uris_and_a_device_has_one_binding()
    {
        var phone = AddPhone("bob");
        phone.Contact = "<sip:bob@Host.example:5060>";
        phone.MustRegister();
        phone.Contact = "<sip:%62ob@hOST.example:5060>";
        phone.MustRegister();
        Assert.Equal(1, _core.Registrar.BindingCount);

        phone.Contact = "<sip:bob@10.1.0.1:1>;+sip.instance=\"<urn:uuid:1>\"";
        phone.MustRegister();
        phone.Contact = "<sip:bob@10.1.0.1:2>;+sip.instance=\"<urn:uuid:1>\"";
        phone.MustRegister();
        phone.Contact = "<sip:bob@10.1.0.1:3>;+sip.instance=\"<urn:uuid:2>\"";
        phone.MustRegister();
        Assert.Equal(3, _core.Registrar.BindingCount);
    }

    [Fact]
    public void A_full_list_gives_up_its_oldest_binding()
    {
        var phone = AddPhone("bob");
        for (var port = 1; port <= 10; port++)
        {
            phone.Contact = $"<sip:bob@10.1.0.1:{port}>";
            phone.MustRegister();
        }

        Assert.Equal(8, _core.Registrar.BindingCount);
        var list = Query(phone).GetHeaderText(SipHeaderId.Contact)!;
        Assert.DoesNotContain(":2>", list, StringComparison.Ordinal);
        Assert.Contains(":3>", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<sip:bob@10.1.0.1:1>, <tel:+1>")]
    [InlineData("<sip:bob@10.1.0.1:1>, <sip:bob@10.1.0.1:1>")]
    [InlineData("<sip:bob@10.1.0.1:1>, <mailto:bob@ims.example>")]
    public void Nothing_is_stored_when_one_contact_is_bad(string contacts)
    {
        var phone = AddPhone("bob");
        phone.Contact = contacts;
        Assert.Equal(400, phone.Register().StatusCode);
        Assert.Equal(0, _core.Registrar.BindingCount);
    }

    [Fact]
    public void More_contacts_than_allowed_or_too_long_ones_are_refused()
    {
        var phone = AddPhone("bob");
        phone.Contact = string.Join(", ", Enumerable.Range(1, 9).Select(port => $"<sip:bob@10.1.0.1:{port}>"));
        Assert.Equal(403, phone.Register().StatusCode);
        phone.Contact = $"<sip:{new string('b', 600)}@10.1.0.1>";
        Assert.Equal(400, phone.Register().StatusCode);
        phone.Contact = "<sip:bob@10.1.0.1>";
        Assert.Equal(400, phone.Register($"Path: <sip:{new string('b', 1100)}@10.1.0.1>\n").StatusCode);
        Assert.Equal(0, _core.Registrar.BindingCount);
    }

    [Fact]
    public void A_binding_ends_at_its_time_and_not_before()
    {
        var phone = AddPhone("bob");
        phone.MustRegister("Expires: 100\n");
        _core.Advance(TimeSpan.FromSeconds(99.9));
        Assert.Equal(1, _core.Registrar.BindingCount);
        Assert.NotNull(_core.Registrar.Locate("sip:bob@ims.example", _core.Now).Target);
        _core.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(0, _core.Registrar.BindingCount);
        Assert.Equal(1, _core.CountOf(CoreFact.BindingExpired));
        Assert.Null(_core.Registrar.Locate("sip:bob@ims.example", _core.Now).Target);
    }

    [Fact]
    public void A_path_is_stored_echoed_and_used_as_the_way_back()
    {
        var phone = AddPhone("bob");
        var response = phone.Register("Path: <sip:p1@10.5.0.1;lr>\nPath: <sip:p2@10.5.0.2;lr>\nSupported: gruu, path\nExpires: 100\n");
        Assert.Equal("<sip:p1@10.5.0.1;lr>, <sip:p2@10.5.0.2;lr>", response.GetHeaderText(SipHeaderId.Path));
        var answer = Target();
        Assert.Equal("<sip:p1@10.5.0.1;lr>, <sip:p2@10.5.0.2;lr>", answer.Path);
        Assert.Equal(phone.Hop, answer.Hop);
    }

    [Theory]
    [InlineData("<sip:bob@10.7.0.1:4444>", SipTransportKind.Tcp, "10.7.0.1:4444", SipTransportKind.Tcp, true)]
    [InlineData("<sip:bob@10.7.0.1>", SipTransportKind.Tcp, "10.7.0.1:5060", SipTransportKind.Tcp, true)]
    [InlineData("<sip:bob@10.7.0.1:4444;transport=udp>", SipTransportKind.Tcp, "10.7.0.1:4444", SipTransportKind.Udp, false)]
    [InlineData("<sip:bob@10.7.0.1:4444;transport=TCP>", SipTransportKind.Udp, "10.7.0.1:4444", SipTransportKind.Tcp, false)]
    [InlineData("<sip:bob@10.7.0.1:4444>", SipTransportKind.Udp, "10.7.0.1:4444", SipTransportKind.Udp, false)]
    [InlineData("<sip:bob@host.example>", SipTransportKind.Tcp, "10.1.0.1:40000", SipTransportKind.Tcp, true)]
    [InlineData("<sip:bob@[2001:db8::1]:7>", SipTransportKind.Tcp, "[2001:db8::1]:7", SipTransportKind.Tcp, true)]
    public void The_way_to_a_contact_follows_address_transport_and_connection(
        string contact, SipTransportKind registered, string endPoint, SipTransportKind transport, bool keepsFlow)
    {
        var phone = new TestPhone(_core, "bob", _core.Directory.AddPassword("bob"), _core.NextHop(transport: registered)) { Contact = contact };
        phone.MustRegister();
        var hop = Target().Hop;
        Assert.Equal(endPoint, hop.EndPoint.ToString());
        Assert.Equal(transport, hop.Transport);
        Assert.Equal(keepsFlow ? phone.Hop.Flow : 0, hop.Flow);

        _core.FailFlow(phone.Hop);
        Assert.Equal(0, Target().Hop.Flow);
    }

    [Fact]
    public void A_lost_response_is_repeated_over_datagrams_without_registering_twice()
    {
        var phone = new TestPhone(_core, "bob", _core.Directory.AddPassword("bob"), _core.NextHop(transport: SipTransportKind.Udp));
        var text = "REGISTER sip:ims.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:40000;branch=z9hG4bKu;rport\nMax-Forwards: 70\n" +
            "From: <sip:bob@ims.example>;tag=1\nTo: <sip:bob@ims.example>\nCall-ID: u\nCSeq: 1 REGISTER\nContent-Length: 0\n\n";
        _core.Deliver(text, phone.Hop);
        _core.Deliver(text, phone.Hop);
        var first = _core.Take<SipResponse>();
        var second = _core.Take<SipResponse>();
        Assert.Equal(Encoding.UTF8.GetString(first.Bytes.Span), Encoding.UTF8.GetString(second.Bytes.Span));
        Assert.Equal(1, _core.CountOf(CoreFact.RegisterChallenged));
    }

    private TestPhone AddPhone(string name, DigestAlgorithm algorithm = DigestAlgorithm.Md5) =>
        new(_core, name, _core.Directory.AddPassword(name, algorithm: algorithm), _core.NextHop());

    private static SipResponse Query(TestPhone phone)
    {
        var contact = phone.Contact;
        phone.Contact = string.Empty;
        var response = phone.Register(string.Empty);
        phone.Contact = contact;
        Assert.Equal(200, response.StatusCode);
        return response;
    }

    private SipResponse RegisterWith(string name, string extra, string callId = "c")
    {
        var hop = _core.NextHop();
        _core.Deliver(
            $"REGISTER sip:ims.example SIP/2.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK{hop.Flow}\nMax-Forwards: 70\nFrom: <sip:{name}@ims.example>;tag=1\n" +
            $"To: <sip:{name}@ims.example>\nCall-ID: {callId}\nCSeq: 1 REGISTER\nContact: <sip:{name}@10.1.0.1>\n{extra}Content-Length: 0\n\n",
            hop);
        return _core.Take<SipResponse>();
    }

    private LocationTarget Target() => _core.Registrar.Locate("sip:bob@ims.example", _core.Now).Target!.Value;
}
