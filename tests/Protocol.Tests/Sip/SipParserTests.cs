using System.Text;
using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

public sealed class SipParserTests
{
    [Fact]
    public void A_request_gives_all_that_it_carries()
    {
        var request = Request(PlainMessage);
        Assert.Equal(SipMethod.Message, request.Method);
        Assert.Equal("MESSAGE", Text(request.MethodToken));
        Assert.Equal("sip:bob@example.com", Text(request.RequestUriText));
        Assert.Equal("bob", request.RequestUri.User);
        Assert.Equal(70, request.MaxForwards);
        Assert.Equal("4Fde34wkd11wsGFDs3@192.0.2.10", Text(request.CallId));
        Assert.Equal(1U, request.CSeqNumber);
        Assert.Equal(SipMethod.Message, request.CSeqMethod);
        Assert.Equal("z9hG4bK7f3a91c2d0e4", Text(request.TopVia.Branch));
        Assert.Equal("TCP", Text(request.TopVia.Transport));
        Assert.Equal("192.0.2.10:5060", Text(request.TopVia.SentBy));
        Assert.Equal("192.0.2.10", Text(request.TopVia.Host));
        Assert.Equal(5060, request.TopVia.Port);
        Assert.Equal(0, request.TopVia.RPort);
        Assert.True(request.TopVia.Received.IsEmpty);
        Assert.Equal("alice", request.From.Uri.User);
        Assert.Equal("a73kszlfl", Text(request.From.Tag));
        Assert.True(request.To.Tag.IsEmpty);
        Assert.Same(request.From, request.From);
        Assert.Equal("text/plain", request.GetHeaderText(SipHeaderId.ContentType));
        Assert.Equal("hello", Text(request.Body.Span));
        Assert.Equal(8, request.HeaderCount);
        Assert.Equal("Via", Text(request.GetHeader(0).Name));
        Assert.Equal(SipHeaderId.ContentLength, request.GetHeader(7).Id);
        Assert.Equal(PlainMessage, Text(request.Bytes.Span));
        Assert.Null(request.GetHeaderText(SipHeaderId.Date));
        Assert.Empty(request.GetValues(SipHeaderId.Route));
    }

    [Fact]
    public void A_response_gives_code_and_reason()
    {
        var response = Response(PlainMessage.Replace("MESSAGE sip:bob@example.com SIP/2.0", "SIP/2.0 202 Accepted for later", StringComparison.Ordinal));
        Assert.Equal(202, response.StatusCode);
        Assert.Equal("Accepted for later", response.ReasonPhrase);
        Assert.Equal(SipMethod.Message, response.CSeqMethod);
    }

    [Theory]
    [InlineData("SIP/2.0 200", 200, "")]
    [InlineData("SIP/2.0 200 ", 200, "")]
    [InlineData("SIP/2.0 699 x", 699, "x")]
    public void A_status_line_may_lack_its_reason(string line, int code, string reason)
    {
        var response = Response(With("MESSAGE", line));
        Assert.Equal(code, response.StatusCode);
        Assert.Equal(reason, response.ReasonPhrase);
    }

    [Theory]
    [InlineData("SIP/2.0 099 x")]
    [InlineData("SIP/2.0 700 x")]
    [InlineData("SIP/2.0 20 x")]
    [InlineData("SIP/2.0 2000 x")]
    [InlineData("SIP/2.0 2x0 x")]
    [InlineData("SIP/2.0 -20 x")]
    [InlineData("SIP/2.0")]
    [InlineData("SIP/3.0 200 OK")]
    public void A_malformed_response_is_dropped(string line) => Assert.Equal(0, Failure(With("MESSAGE", line)).StatusCode);

    [Theory]
    [InlineData("MESSAGE sip:bob@example.com SIP/3.0", SipParseFault.Version, 505)]
    [InlineData("MESSAGE sip:bob@example.com HTTP/1.1", SipParseFault.Syntax, 400)]
    [InlineData("MESSAGE sip:bob@example.com", SipParseFault.Syntax, 400)]
    [InlineData("MESSAGE  sip:bob@example.com SIP/2.0", SipParseFault.BadValue, 400)]
    [InlineData("MESSAGE sip:bob@example.com  SIP/2.0", SipParseFault.BadValue, 400)]
    [InlineData("MESSAGE sip:bob@example.com SIP/2.0 ", SipParseFault.Syntax, 400)]
    [InlineData("MES(SAGE sip:bob@example.com SIP/2.0", SipParseFault.Syntax, 400)]
    [InlineData("MESSAGE bob SIP/2.0", SipParseFault.BadValue, 400)]
    [InlineData("MESSAGE sip:bob@example.com?x=y SIP/2.0", SipParseFault.BadValue, 400)]
    public void A_malformed_request_line_is_answered(string line, SipParseFault fault, int code)
    {
        var failure = Failure(With("MESSAGE", line));
        Assert.Equal((fault, code), (failure.Fault, failure.StatusCode));
    }

    [Theory]
    [InlineData("Via")]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Call-ID")]
    [InlineData("CSeq")]
    public void A_missing_mandatory_field_is_named(string field)
    {
        var failure = Failure(With(field, ""));
        Assert.Equal((SipParseFault.MissingHeader, field, 400), (failure.Fault, failure.Field, failure.StatusCode));
    }

    [Theory]
    [InlineData("From: <sip:a@b>", true)]
    [InlineData("To: <sip:a@b>", true)]
    [InlineData("i: other", true)]
    [InlineData("CSeq: 1 MESSAGE", true)]
    [InlineData("Max-Forwards: 70", true)]
    [InlineData("l: 5", true)]
    [InlineData("c: text/plain", true)]
    [InlineData("Via: SIP/2.0/UDP x", false)]
    [InlineData("Server: x\r\nServer: y", false)]
    public void A_field_that_occurs_once_must_not_be_repeated(string extra, bool isSingle)
    {
        var text = With("Max-Forwards", "Max-Forwards: 70\r\n" + extra);
        if (!isSingle)
        {
            Assert.NotNull(Request(text));
            return;
        }

        var failure = Failure(text);
        Assert.Equal((SipParseFault.DuplicateHeader, 400), (failure.Fault, failure.StatusCode));
    }

    [Theory]
    [InlineData("CSeq", "CSeq: 2147483648 MESSAGE")]
    [InlineData("CSeq", "CSeq: -1 MESSAGE")]
    [InlineData("CSeq", "CSeq: 1")]
    [InlineData("CSeq", "CSeq: MESSAGE")]
    [InlineData("CSeq", "CSeq: 1 MESSAGE x")]
    [InlineData("CSeq", "CSeq: 36893488147419103232 MESSAGE")]
    [InlineData("Max-Forwards", "Max-Forwards: 256")]
    [InlineData("Max-Forwards", "Max-Forwards: ")]
    [InlineData("Max-Forwards", "Max-Forwards: 7 0")]
    [InlineData("Content-Length", "Content-Length: -5")]
    [InlineData("Content-Length", "Content-Length: 5x")]
    [InlineData("Content-Length", "Content-Length: 99999999999999999999")]
    [InlineData("Content-Length", "Content-Length: ")]
    [InlineData("Call-ID", "Call-ID: a b")]
    [InlineData("Call-ID", "Call-ID: ")]
    [InlineData("From", "From: <sip:alice@example.com")]
    [InlineData("From", "From: \"unclosed <sip:alice@example.com>")]
    [InlineData("From", "From: <sip:alice@example.com>;;tag=1")]
    [InlineData("From", "From: <sip:alice@example.com>;tag=")]
    [InlineData("From", "From: a, b <sip:alice@example.com>")]
    [InlineData("To", "To: < sip:bob@example.com>")]
    [InlineData("To", "To: sip:bob@example.com?x=y")]
    [InlineData("To", "To: <sip:bob@example.com>, <sip:c@example.com>")]
    [InlineData("To", "To: <bob>")]
    [InlineData("Via", "Via: SIP/2.0/TCP")]
    [InlineData("Via", "Via: SIP/2.0/TCP host:0;branch=z9hG4bKx")]
    [InlineData("Via", "Via: SIP/2.0/TCP host:65536;branch=z9hG4bKx")]
    [InlineData("Via", "Via: SIP/2.0/TCP host;branch=z9hG4bKx;rport=99999")]
    [InlineData("Via", "Via: SIP/2.0/TCP host;branch=z9hG4bKx;rport=x")]
    [InlineData("Via", "Via: SIP/2.0/TCP [::1;branch=z9hG4bKx")]
    [InlineData("Via", "Via: SIP/2.0/TCP -host;branch=z9hG4bKx")]
    [InlineData("Via", "Via: SIP/1.0/TCP host;branch=z9hG4bKx")]
    [InlineData("Via", "Via: SIP/2.0 TCP host;branch=z9hG4bKx")]
    public void A_bad_value_is_named_with_its_place(string field, string line)
    {
        var text = With(field, line);
        var failure = Failure(text);
        Assert.Equal((SipParseFault.BadValue, field, 400), (failure.Fault, failure.Field, failure.StatusCode));
        Assert.InRange(failure.Offset, text.IndexOf(line, StringComparison.Ordinal), text.IndexOf(line, StringComparison.Ordinal) + line.Length + 1);
    }

    [Fact]
    public void A_branch_without_a_value_is_like_none() => Assert.True(Request(With("Via", "Via: SIP/2.0/TCP host;branch")).TopVia.Branch.IsEmpty);

    [Fact]
    public void The_largest_sequence_number_is_taken() => Assert.Equal(2147483647U, Request(With("CSeq", "CSeq: 2147483647 MESSAGE")).CSeqNumber);

    [Theory]
    [InlineData("CSeq: 1 REGISTER")]
    [InlineData("CSeq: 1 message")]
    [InlineData("CSeq: 1 MESSAGEX")]
    public void The_method_of_CSeq_must_be_that_of_the_request(string line) => Assert.Equal(SipParseFault.MethodMismatch, Failure(With("CSeq", line)).Fault);

    [Theory]
    [InlineData("No colon here")]
    [InlineData(": no name")]
    [InlineData("Bad name: x")]
    [InlineData("Name\u00e4: x")]
    [InlineData(" leading: blank")]
    public void A_line_that_is_no_header_field_is_refused(string line)
    {
        var text = line[0] == ' ' ? With("Via", line) : With("Max-Forwards", line);
        Assert.Equal((SipParseFault.Syntax, 400), (Failure(text).Fault, Failure(text).StatusCode));
    }

    [Theory]
    [InlineData("Max-Forwards: 70\nX: y")]
    [InlineData("Max-Forwards: 70\rX: y")]
    [InlineData("X: a\n b")]
    [InlineData("X: a\r\n\tb\rc")]
    public void A_lone_CR_or_LF_in_the_header_section_is_refused(string line) => Assert.Equal(SipParseFault.Syntax, Failure(With("Max-Forwards", line)).Fault);

    [Fact]
    public void Folded_values_read_as_one_line()
    {
        var request = Request(With("To", "To:\r\n <sip:bob@example.com>\t \r\n\t;tag\r\n =  x")
            .Replace("Content-Type: text/plain", "c:\r\n text/plain\r\n ", StringComparison.Ordinal));
        Assert.Equal("<sip:bob@example.com> ;tag =  x", request.GetHeaderText(SipHeaderId.To));
        Assert.Equal("x", Text(request.To.Tag));
        Assert.Equal("text/plain", request.GetHeaderText(SipHeaderId.ContentType));
        Assert.Equal("hello", Text(request.Body.Span));
    }

    [Fact]
    public void A_start_line_cannot_be_folded() =>
        Assert.Equal(SipParseFault.Syntax, Failure(With("MESSAGE", "MESSAGE sip:bob@example.com SIP/2.0\r\n x")).Fault);

    [Fact]
    public void Compact_forms_and_any_case_name_the_same_fields()
    {
        const string compact = "OPTIONS sip:a@b SIP/2.0\r\nV: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
            + "F: <sip:x@y>;tag=1\r\nt: sip:a@b\r\nI: 1@h\r\ncSEQ: 5 OPTIONS\r\nM: <sip:x@y>\r\n"
            + "k: path\r\nS: hi\r\no: reg\r\nU: presence\r\nr: <sip:z@y>\r\nC: a/b\r\ne: gzip\r\nL: 0\r\n\r\n";
        var request = Request(compact);
        SipHeaderId[] expected =
        [
            SipHeaderId.Via, SipHeaderId.From, SipHeaderId.To, SipHeaderId.CallId, SipHeaderId.CSeq, SipHeaderId.Contact, SipHeaderId.Supported,
            SipHeaderId.Subject, SipHeaderId.Event, SipHeaderId.AllowEvents, SipHeaderId.ReferTo, SipHeaderId.ContentType, SipHeaderId.ContentEncoding,
            SipHeaderId.ContentLength,
        ];
        for (var index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index], request.GetHeader(index).Id);
        }
    }

    [Fact]
    public void Every_known_name_is_found_in_any_case()
    {
        foreach (var id in Enum.GetValues<SipHeaderId>().Where(id => id != SipHeaderId.Other))
        {
            var name = SipHeaderNames.NameOf(id);
            Assert.Equal(id, SipHeaderNames.Parse(Bytes(name)));
            Assert.Equal(id, SipHeaderNames.Parse(Bytes(name.ToLowerInvariant())));
            Assert.Equal(id, SipHeaderNames.Parse(Bytes(name.ToUpperInvariant())));
            Assert.Equal(SipHeaderId.Other, SipHeaderNames.Parse(Bytes(name + "x")));
            Assert.Equal(SipHeaderId.Other, SipHeaderNames.Parse(Bytes("x" + name[1..] + "-")));
        }

        foreach (var method in Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Other))
        {
            Assert.Equal(method, SipMethods.Parse(Bytes(SipMethods.NameOf(method))));
            Assert.Equal(SipMethod.Other, SipMethods.Parse(Bytes(SipMethods.NameOf(method).ToLowerInvariant())));
        }
    }

    [Fact]
    public void Lists_are_split_at_commas_outside_quotes_and_brackets()
    {
        var request = Request(With(
            "Max-Forwards",
            "Contact: \"a, \\\"b\" <sip:x,y@h>;p=\"1,2\" ,, <sip:z@h>\r\nm: sip:last@h\r\n"
            + "Supported: path , gruu,outbound\r\nAuthorization: Digest a=\"b\", c=\"d\""));
        Assert.Equal(
            ["\"a, \\\"b\" <sip:x,y@h>;p=\"1,2\"", "<sip:z@h>", "sip:last@h"],
            request.GetValues(SipHeaderId.Contact).Select(value => Text(value.Span)));
        Assert.Equal(["path", "gruu", "outbound"], request.GetValues(SipHeaderId.Supported).Select(value => Text(value.Span)));
        Assert.Equal(["Digest a=\"b\", c=\"d\""], request.GetValues(SipHeaderId.Authorization).Select(value => Text(value.Span)));
    }

    [Fact]
    public void The_top_Via_ends_at_a_comma()
    {
        var request = Request(With("Via", "Via: SIP/2.0/UDP [2001:db8::1]:6000;branch=z9hG4bKone;received=[::1];rport=7, SIP/2.0/TCP two;branch=z9hG4bKtwo"));
        Assert.Equal("z9hG4bKone", Text(request.TopVia.Branch));
        Assert.Equal("[2001:db8::1]", Text(request.TopVia.Host));
        Assert.Equal("[::1]", Text(request.TopVia.Received));
        Assert.Equal(7, request.TopVia.RPort);
        Assert.Equal(2, request.GetValues(SipHeaderId.Via).Count);
    }

    [Theory]
    [InlineData("Contact: *", true)]
    [InlineData("Contact: *, <sip:a@b>", false)]
    [InlineData("Contact: <sip:a@b>;expires=5;q=0.5, sip:c@d", true)]
    [InlineData("Contact: sip:a@b?x=y", false)]
    [InlineData("Contact: <sip:a@b>;;", false)]
    public void Contacts_are_checked_at_once(string line, bool good) =>
        Assert.Equal(good, SipParser.TryParse(Bytes(With("Max-Forwards", line)), SipLimits.Default, out _, out _));

    [Fact]
    public void A_datagram_without_Content_Length_has_the_rest_as_its_body() => Assert.Equal("hello", Text(Request(With("Content-Length", "")).Body.Span));

    [Fact]
    public void A_body_shorter_than_announced_is_truncated()
    {
        var failure = Failure(With("Content-Length", "Content-Length: 6"));
        Assert.Equal((SipParseFault.BodyTruncated, 400), (failure.Fault, failure.StatusCode));
        Assert.Equal("hell", Text(Request(With("Content-Length", "Content-Length: 4")).Body.Span));
    }

    [Fact]
    public void CRLFs_before_the_start_line_are_skipped_and_counted_in_offsets()
    {
        Assert.Equal(SipMethod.Message, Request("\r\n\r\n" + PlainMessage).Method);
        var plain = Failure(With("To", "To: <x"));
        var shifted = Failure("\r\n\r\n" + With("To", "To: <x"));
        Assert.Equal(plain.Offset + 4, shifted.Offset);
        Assert.Equal(0, Failure("\r\n\r\n").StatusCode);
        Assert.Equal(0, Failure("").StatusCode);
    }

    [Fact]
    public void Every_limit_holds_exactly()
    {
        var headerBytes = PlainMessage.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        AssertLimit(new SipLimits { MaxHeaderBytes = headerBytes }, new SipLimits { MaxHeaderBytes = headerBytes - 1 }, 513);
        AssertLimit(new SipLimits { MaxHeaderCount = 8 }, new SipLimits { MaxHeaderCount = 7 }, 513);
        AssertLimit(new SipLimits { MaxBodyBytes = 5 }, new SipLimits { MaxBodyBytes = 4 }, 413);
        AssertLimit(new SipLimits { MaxMessageBytes = PlainMessage.Length }, new SipLimits { MaxMessageBytes = PlainMessage.Length - 1 }, 513);
    }

    [Fact]
    public void A_Request_URI_beyond_its_limit_is_too_long()
    {
        var failure = Failure(With("MESSAGE", "MESSAGE sip:" + new string('a', SipUri.MaxLength) + "@h SIP/2.0"));
        Assert.Equal((SipParseFault.TooLarge, "Request-URI", 414), (failure.Fault, failure.Field, failure.StatusCode));
    }

    [Fact]
    public void Nothing_is_no_message() => Assert.False(SipParser.TryParse(default, SipLimits.Default, out _, out _));

    [Fact]
    public void Every_cut_of_a_message_is_refused()
    {
        for (var length = 0; length < PlainMessage.Length; length++)
        {
            Assert.False(SipParser.TryParse(Bytes(PlainMessage[..length]), SipLimits.Default, out _, out _), "length " + length);
        }
    }

    [Fact]
    public void A_slice_of_a_larger_array_is_parsed_in_place()
    {
        var bytes = Bytes("xxxx" + PlainMessage + "yyyy");
        Assert.True(SipParser.TryParse(bytes.AsMemory(4, PlainMessage.Length), SipLimits.Default, out var message, out _));
        Assert.Equal(PlainMessage, Text(message.Bytes.Span));
        Assert.True(message.Bytes.Span.Overlaps(bytes));
        Assert.Equal("sip:alice@example.com", Text(message.From.UriText));
    }

    [Fact]
    public void Unknown_fields_are_found_by_name_and_kept_as_bytes()
    {
        var request = Request(With("Max-Forwards", "X-Odd: \u00fc;;,\"\r\nSubject: caf\u00e9"));
        Assert.True(request.TryGetHeader("x-ODD"u8, out var value));
        Assert.Equal("\u00fc;;,\"", Encoding.UTF8.GetString(value));
        Assert.Equal("caf\u00e9", request.GetHeaderText(SipHeaderId.Subject));
        Assert.True(request.TryGetHeader("subject"u8, out _));
        Assert.False(request.TryGetHeader("x-even"u8, out _));
        Assert.False(request.TryGetHeader(SipHeaderId.Other, out _));
    }

    [Fact]
    public void Standard_reasons_fall_back_to_their_class()
    {
        Assert.Equal("Accepted", SipStatus.ReasonOf(202));
        Assert.Equal("Undecipherable", SipStatus.ReasonOf(493));
        Assert.Equal(SipStatus.ReasonOf(400), SipStatus.ReasonOf(499));
        Assert.Equal(SipStatus.ReasonOf(500), SipStatus.ReasonOf(599));
    }

    private static void AssertLimit(SipLimits enough, SipLimits tooFew, int code)
    {
        Assert.True(SipParser.TryParse(Bytes(PlainMessage), enough, out _, out var unexpected), unexpected.ToString());
        var failure = Failure(PlainMessage, tooFew);
        Assert.Equal((SipParseFault.TooLarge, code), (failure.Fault, failure.StatusCode));
    }
}
