using System.Net;
using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

public sealed class SipForwardingTests
{
    private const string Received = ";received=198.51.100.7";

    [Fact]
    public void A_response_carries_what_belongs_to_the_request()
    {
        var request = Request(With("Max-Forwards", "v: SIP/2.0/UDP second;branch=z9hG4bK2\r\nMax-Forwards: 70\r\nSubject: not copied"));
        var text = Text(SipForwarding.Respond(request, 202, "tag1", Source, (SipHeaderId.Expires, "5")));
        Assert.Equal(
            "SIP/2.0 202 Accepted\r\n" +
            "Via: SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bK7f3a91c2d0e4" + Received + ";rport=40001\r\n" +
            "v: SIP/2.0/UDP second;branch=z9hG4bK2\r\n" +
            "From: <sip:alice@example.com>;tag=a73kszlfl\r\n" +
            "To: <sip:bob@example.com>;tag=tag1\r\n" +
            "Call-ID: 4Fde34wkd11wsGFDs3@192.0.2.10\r\n" +
            "CSeq: 1 MESSAGE\r\n" +
            "Expires: 5\r\n" +
            "Content-Length: 0\r\n\r\n",
            text);
        Assert.Equal(202, Response(text).StatusCode);
    }

    [Fact]
    public void A_tag_is_added_only_where_there_is_none()
    {
        Assert.Contains("To: <sip:bob@example.com>;tag=old\r\n", Answer(With("To", "To: <sip:bob@example.com>;tag=old")), StringComparison.Ordinal);
        Assert.Contains("To: <sip:bob@example.com;tag=uri>;tag=new\r\n", Answer(With("To", "To: <sip:bob@example.com;tag=uri>")), StringComparison.Ordinal);
        Assert.Contains("To: sip:bob@example.com;tag=new\r\n", Answer(With("To", "t:sip:bob@example.com")), StringComparison.Ordinal);
        Assert.Contains("To: <sip:bob@example.com>\r\n", Text(SipForwarding.Respond(Request(PlainMessage), 100, "", Source)), StringComparison.Ordinal);
    }

    // RFC 3261 section 18.2.1 and RFC 3581 section 4; what the client claims about itself is replaced.
    [Theory]
    [InlineData("SIP/2.0/UDP 198.51.100.7:5060;branch=b", "SIP/2.0/UDP 198.51.100.7:5060;branch=b")]
    [InlineData("SIP/2.0/UDP 198.51.100.7:5060;rport;branch=b", "SIP/2.0/UDP 198.51.100.7:5060;branch=b;received=198.51.100.7;rport=40001")]
    [InlineData("SIP/2.0/UDP host;branch=b;x=\"a;rport\"", "SIP/2.0/UDP host;branch=b;x=\"a;rport\";received=198.51.100.7")]
    [InlineData("SIP/2.0/UDP host;received=9.9.9.9;rport=9;branch=b", "SIP/2.0/UDP host;branch=b;received=198.51.100.7;rport=40001")]
    [InlineData("SIP/2.0/UDP host;branch=b , SIP/2.0/UDP next;branch=c", "SIP/2.0/UDP host;branch=b;received=198.51.100.7, SIP/2.0/UDP next;branch=c")]
    [InlineData("SIP / 2.0 / UDP host : 5060 ; branch = b", "SIP / 2.0 / UDP host : 5060; branch = b;received=198.51.100.7")]
    public void The_top_Via_tells_where_the_request_came_from(string via, string expected)
    {
        Assert.Contains("\r\nVia: " + expected + "\r\n", Answer(With("Via", "Via: " + via)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::ffff:198.51.100.7", "host", "received=198.51.100.7")]
    [InlineData("2001:db8::1", "host", "received=2001:db8::1")]
    [InlineData("2001:db8::1", "[2001:DB8::1]", null)]
    public void Source_addresses_are_written_plainly(string address, string sentBy, string? expected)
    {
        var from = Source with { EndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
        var text = Text(SipForwarding.Respond(Request(With("Via", "Via: SIP/2.0/UDP " + sentBy + ";branch=b")), 200, "t", from));
        Assert.Contains("Via: SIP/2.0/UDP " + sentBy + ";branch=b" + (expected is null ? "" : ";" + expected) + "\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Extra_fields_cannot_inject_lines() =>
        Assert.Throws<ArgumentException>(() => SipForwarding.Respond(Request(PlainMessage), 200, "t\r\nX: y", Source));

    [Fact]
    public void A_forwarded_request_changes_only_what_must_change()
    {
        var request = Request(With(
            "Max-Forwards",
            "Route: <sip:me;lr> , <sip:next;lr>;x\r\nMAX-FORWARDS :  070\r\nP-Preferred-Identity: <sip:x@y>\r\nX-Odd :   a ;; \"b\"\r\nroute: <sip:last;lr>"));
        var text = Text(SipForwarding.ForwardRequest(
            request, Source, "sip:bob@198.51.100.9:5062;transport=tcp", "core:5060", SipTransportKind.Tcp, "z9hG4bKnew", true,
            [SipHeaderId.PPreferredIdentity, SipHeaderId.ProxyAuthorization], (SipHeaderId.PAssertedIdentity, "<sip:alice@example.com>")));
        Assert.Equal(
            "MESSAGE sip:bob@198.51.100.9:5062;transport=tcp SIP/2.0\r\n" +
            "Via: SIP/2.0/TCP core:5060;branch=z9hG4bKnew;rport\r\n" +
            "P-Asserted-Identity: <sip:alice@example.com>\r\n" +
            "Via: SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bK7f3a91c2d0e4" + Received + ";rport=40001\r\n" +
            "Route: <sip:next;lr>;x\r\n" +
            "Max-Forwards: 69\r\n" +
            "X-Odd :   a ;; \"b\"\r\n" +
            "route: <sip:last;lr>\r\n" +
            "From: <sip:alice@example.com>;tag=a73kszlfl\r\n" +
            "To: <sip:bob@example.com>\r\n" +
            "Call-ID: 4Fde34wkd11wsGFDs3@192.0.2.10\r\n" +
            "CSeq: 1 MESSAGE\r\n" +
            "Content-Type: text/plain\r\n" +
            "Content-Length: 5\r\n\r\nhello",
            text);
    }

    [Fact]
    public void A_single_Route_value_disappears_with_its_line_and_a_missing_Max_Forwards_is_added()
    {
        var request = Request(With("Max-Forwards", "Route: <sip:me;lr>"));
        var forwarded = Request(Text(SipForwarding.ForwardRequest(request, Source, null, "core", SipTransportKind.Udp, "z9hG4bKn", true, [])));
        Assert.Empty(forwarded.GetValues(SipHeaderId.Route));
        Assert.Equal(70, forwarded.MaxForwards);
        Assert.Equal("sip:bob@example.com", Text(forwarded.RequestUriText));

        var kept = Request(Text(SipForwarding.ForwardRequest(request, Source, null, "core", SipTransportKind.Udp, "z9hG4bKn", false, [])));
        Assert.Single(kept.GetValues(SipHeaderId.Route));
    }

    [Theory]
    [InlineData("sip:a b")]
    [InlineData("")]
    [InlineData("sip:a\r\nX: y")]
    public void A_new_Request_URI_cannot_break_the_request_line(string uri) => Assert.Throws<ArgumentException>(
        () => SipForwarding.ForwardRequest(Request(PlainMessage), Source, uri, "core", SipTransportKind.Udp, "z9hG4bKn", false, []));

    [Fact]
    public void A_body_without_Content_Length_gets_one_when_forwarded()
    {
        var request = Request(With("Content-Length", ""));
        var forwarded = Text(SipForwarding.ForwardRequest(request, Source, null, "core", SipTransportKind.Udp, "z9hG4bKn", false, []));
        Assert.EndsWith("Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", forwarded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Via: SIP/2.0/UDP me;branch=a\r\nVia: SIP/2.0/UDP you;branch=b", "Via: SIP/2.0/UDP you;branch=b\r\n")]
    [InlineData("Via: SIP/2.0/UDP me;branch=a , SIP/2.0/UDP you;branch=b,SIP/2.0/UDP third", "Via: SIP/2.0/UDP you;branch=b,SIP/2.0/UDP third\r\n")]
    public void A_forwarded_response_loses_its_top_Via(string vias, string expected)
    {
        var response = Response(With("Via", vias).Replace("MESSAGE sip:bob@example.com SIP/2.0", "SIP/2.0 200 Fine", StringComparison.Ordinal));
        Assert.True(SipForwarding.TryForwardResponse(response, out var bytes));
        Assert.Equal("SIP/2.0 200 Fine\r\n" + expected + PlainMessage[PlainMessage.IndexOf("Max-Forwards", StringComparison.Ordinal)..], Text(bytes));
    }

    [Fact]
    public void A_response_with_a_single_Via_goes_no_further()
    {
        var response = Response(PlainMessage.Replace("MESSAGE sip:bob@example.com SIP/2.0", "SIP/2.0 200 Fine", StringComparison.Ordinal));
        Assert.False(SipForwarding.TryForwardResponse(response, out var bytes));
        Assert.Empty(bytes);
    }

    [Fact]
    public void A_broken_request_is_answered_from_its_raw_lines()
    {
        var raw = Bytes("\r\n" + With("To", "t: <sip:bob\r\n @example.com") + "trailing");
        Assert.False(SipParser.TryParse(raw, SipLimits.Default, out _, out var failure));
        Assert.True(SipForwarding.TryReject(raw, failure, Source, out var response));
        Assert.Equal(
            "SIP/2.0 400 Bad Request (To)\r\n" +
            "Via: SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bK7f3a91c2d0e4" + Received + ";rport=40001\r\n" +
            "From: <sip:alice@example.com>;tag=a73kszlfl\r\n" +
            "To: <sip:bob   @example.com\r\n" +
            "Call-ID: 4Fde34wkd11wsGFDs3@192.0.2.10\r\n" +
            "CSeq: 1 MESSAGE\r\n" +
            "Content-Length: 0\r\n\r\n",
            Text(response));
    }

    [Fact]
    public void The_tag_of_a_rejection_is_the_same_for_copies()
    {
        var raw = Bytes(With("CSeq", "CSeq: x"));
        Assert.True(SipForwarding.TryReject(raw, Failure(With("CSeq", "CSeq: x")), Source, out var one));
        Assert.True(SipForwarding.TryReject(raw, Failure(With("CSeq", "CSeq: x")), Source, out var two));
        Assert.Equal(one, two);
        Assert.Contains("To: <sip:bob@example.com>;tag=", Text(one), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n", 400)]
    [InlineData("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n\r\n", 400)]
    [InlineData("MESSAGE sip:a@b SIP/2.0\r\nTo: x\r\n\r\n", 400)]
    [InlineData("MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n", 0)]
    [InlineData("garbage", 400)]
    [InlineData("", 400)]
    public void What_nobody_waits_for_is_not_answered(string raw, int code) =>
        Assert.False(SipForwarding.TryReject(Bytes(raw), new SipParseFailure(SipParseFault.Syntax, "x", 0, code), Source, out _));

    private static string Answer(string request) => Text(SipForwarding.Respond(Request(request), 200, "new", Source));
}
