using System.Text;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>The torture messages of RFC 4475, found in the folder and judged by its manifest: what the parser must accept,
/// refuse with a code, or drop.</summary>
public sealed class Rfc4475TortureTests
{
    private const string Folder = "rfc4475";

    // Where the parser does otherwise than the manifest's first choice, and why. An entry that is no longer needed fails its test.
    private static readonly Dictionary<string, string> KnownDeviations = new()
    {
        ["baddate.dat"] = "a Date in another zone is left to whoever needs the date; the manifest calls this the better way",
    };

    // Messages of the application classes that cannot even be represented: a field is missing or repeated.
    private static readonly HashSet<string> RefusedByParser = ["insuf.dat", "multi01.dat", "mcl01.dat"];

    public static TheoryData<string> Files => ReferenceFolder.Files(Folder, "*.dat");

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_message_is_treated_as_its_manifest_row_says(string file)
    {
        var bytes = ReferenceFolder.Read(Folder, file);
        var row = ReferenceFolder.Manifest(Folder)[file];
        var accepted = SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure);
        var conforms = row[4] switch
        {
            "valid" or "backward" or "transaction" => accepted,
            "application" => accepted != RefusedByParser.Contains(file) && (accepted || failure.StatusCode is >= 400 and < 500),
            "undocumented" => !accepted,
            _ => !accepted && IsExpectedCode(row[5], failure.StatusCode),
        };

        if (KnownDeviations.TryGetValue(file, out var reason))
        {
            Assert.False(conforms, "The deviation has gone, remove it from the list: " + reason);
            return;
        }

        Assert.True(conforms, $"{row[4]}, expected {row[5]}; got {(accepted ? message!.GetType().Name : failure.ToString())}");
    }

    [Fact]
    public void The_folder_holds_the_49_documented_messages_and_the_undocumented_one()
    {
        var manifest = ReferenceFolder.Manifest(Folder);
        Assert.Equal(50, manifest.Count);
        Assert.Equal(manifest.Keys.Order(StringComparer.Ordinal), Files.Select(row => row.Data).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Wsinv_reads_unfolded_with_all_its_values()
    {
        var request = Request("wsinv.dat");
        Assert.Equal(SipMethod.Invite, request.CSeqMethod);
        Assert.Equal(9U, request.CSeqNumber);
        Assert.Equal(68, request.MaxForwards);
        Assert.Equal("1918181833n", Encoding.ASCII.GetString(request.To.Tag));
        Assert.Equal("98asjd8", Encoding.ASCII.GetString(request.From.Tag));
        Assert.Equal("J Rosenberg \\\"", request.From.DisplayName);
        Assert.Equal("390skdjuw", Encoding.ASCII.GetString(request.TopVia.Branch));
        Assert.Equal("192.0.2.2", Encoding.ASCII.GetString(request.TopVia.SentBy));
        Assert.False(request.TopVia.HasMagicCookie);
        Assert.Equal(150, request.Body.Length);
        Assert.True(request.TryGetHeader("newfangledheader"u8, out var value));
        Assert.Equal("newfangled value continued newfangled value", Encoding.ASCII.GetString(value));
        Assert.True(request.TryGetHeader("UnknownHeaderWithUnusualValue"u8, out value));
        Assert.Equal(";;,,;;,;", Encoding.ASCII.GetString(value));
        Assert.Equal("", request.GetHeaderText(SipHeaderId.Subject));

        var vias = request.GetValues(SipHeaderId.Via);
        Assert.Equal(3, vias.Count);
        Assert.True(SipVia.TryParse(vias[1], out var second));
        Assert.Equal("TCP", Encoding.ASCII.GetString(second.Transport));
        Assert.Equal("spindle.example.com", Encoding.ASCII.GetString(second.SentBy));
        Assert.Equal("z9hG4bK9ikj8", Encoding.ASCII.GetString(second.Branch));
        Assert.True(SipVia.TryParse(vias[2], out var third));
        Assert.Equal("z9hG4bK30239", Encoding.ASCII.GetString(third.Branch));

        Assert.True(SipNameAddress.TryParse(request.GetValues(SipHeaderId.Contact)[0].Span, out var contact));
        Assert.Equal("Quoted string \"\"", contact.DisplayName);
        Assert.True(contact.TryGetParameter("newparam", out var newParameter));
        Assert.Equal("newvalue", newParameter);
        Assert.True(contact.TryGetParameter("secondparam", out var second2));
        Assert.Null(second2);
        Assert.True(contact.TryGetParameter("q", out var quality));
        Assert.Equal("0.33", quality);
    }

    [Fact]
    public void Intmeth_keeps_its_unusual_method_and_names()
    {
        var request = Request("intmeth.dat");
        Assert.Equal(SipMethod.Other, request.Method);
        Assert.Equal("!interesting-Method0123456789_*+`.%indeed'~", Encoding.ASCII.GetString(request.MethodToken));
        Assert.Equal("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", request.RequestUri.User);
        Assert.Equal("example.com", request.RequestUri.Host);
        Assert.Equal("BEL:\a NUL:\0 DEL:\u007f", request.To.DisplayName);
        Assert.Equal("token1~` token2'+_ token3*%!.-", request.From.DisplayName);
        Assert.Equal("_token~1'+`*%!-.", Encoding.ASCII.GetString(request.From.Tag));
        Assert.Equal(255, request.MaxForwards);
    }

    [Fact]
    public void Escaped_texts_are_unescaped_where_asked_for_and_only_there()
    {
        var request = Request("esc01.dat");
        Assert.Equal("sips:user@example.com", request.RequestUri.User);
        Assert.Equal("sip:sips%3Auser%40example.com@example.net", request.RequestUri.ToAddressOfRecord());
        Assert.Equal("user", request.To.Uri.User);
        Assert.Equal("I have spaces", request.From.Uri.User);
        Assert.True(SipNameAddress.TryParse(request.GetValues(SipHeaderId.Contact)[0].Span, out var contact));
        Assert.Equal("caller", contact.Uri.User);
        Assert.True(contact.Uri.TryGetParameter("lr", out var lr));
        Assert.Null(lr);
        Assert.True(contact.Uri.TryGetParameter("name", out var name));
        Assert.Equal("value%41", name);

        Assert.Equal("user;par=u@example.net", Request("semiuri.dat").RequestUri.User);
    }

    [Fact]
    public void A_percent_sign_outside_a_URI_is_no_escape()
    {
        var request = Request("esc02.dat");
        Assert.Equal(SipMethod.Other, request.Method);
        Assert.Equal(2, request.GetValues(SipHeaderId.Contact).Count);
        Assert.Equal("%Z%45", request.To.DisplayName);
    }

    [Fact]
    public void Two_contacts_that_differ_in_the_number_of_null_characters_are_two()
    {
        var contacts = Request("escnull.dat").GetValues(SipHeaderId.Contact);
        Assert.Equal(2, contacts.Count);
        Assert.True(SipNameAddress.TryParse(contacts[0].Span, out var one));
        Assert.True(SipNameAddress.TryParse(contacts[1].Span, out var two));
        Assert.Equal("\0", one.Uri.User);
        Assert.Equal("\0\0", two.Uri.User);
        Assert.NotEqual(one.Uri, two.Uri);
    }

    [Fact]
    public void Octets_after_the_body_of_a_datagram_are_ignored()
    {
        var request = Request("dblreq.dat");
        Assert.Equal(SipMethod.Register, request.Method);
        Assert.True(request.Body.IsEmpty);
        Assert.True(request.Bytes.Length < ReferenceFolder.Read(Folder, "dblreq.dat").Length);
        Assert.EndsWith("\r\n\r\n", Encoding.ASCII.GetString(request.Bytes.Span));
    }

    [Fact]
    public void Binary_bodies_and_foreign_reasons_survive()
    {
        var message = Request("mpart01.dat");
        Assert.Equal(553, message.Body.Length);
        Assert.Equal(SipMethod.Message, message.Method);
        Assert.True(message.Body.Span.Contains((byte)0));
        Assert.Equal(0, message.TopVia.RPort);

        Assert.StartsWith(
            "= 2**3 * 5**2 но сто девяносто девять - простое", Response("unreason.dat").ReasonPhrase, StringComparison.Ordinal);
        Assert.Equal("", Response("noreason.dat").ReasonPhrase);
        Assert.Equal(100, Response("noreason.dat").StatusCode);
    }

    [Fact]
    public void Contact_parameters_and_URI_parameters_are_told_apart()
    {
        Assert.True(SipNameAddress.TryParse(Request("cparam01.dat").GetValues(SipHeaderId.Contact)[0].Span, out var header));
        Assert.True(header.TryGetParameter("unknownparam", out _));
        Assert.False(header.Uri.TryGetParameter("unknownparam", out _));

        Assert.True(SipNameAddress.TryParse(Request("cparam02.dat").GetValues(SipHeaderId.Contact)[0].Span, out var uri));
        Assert.False(uri.TryGetParameter("unknownparam", out _));
        Assert.True(uri.Uri.TryGetParameter("unknownparam", out _));

        Assert.True(SipNameAddress.TryParse(Request("regescrt.dat").GetValues(SipHeaderId.Contact)[0].Span, out var escaped));
        Assert.True(escaped.Uri.HasHeaders);
        Assert.EndsWith("?Route=%3Csip:sip.example.com%3E", escaped.Uri.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_schemes_stay_readable_so_that_they_can_be_answered_416()
    {
        Assert.Equal("nobodyknowsthisscheme", Request("unkscm.dat").RequestUri.Scheme);
        Assert.Equal(SipUriKind.Other, Request("unkscm.dat").RequestUri.Kind);
        Assert.Equal("soap.beep", Request("novelsc.dat").RequestUri.Scheme);
        var request = Request("unksm2.dat");
        Assert.Equal("isbn", request.To.Uri.Scheme);
        Assert.Equal("http", request.From.Uri.Scheme);
        Assert.Equal("3234233", Encoding.ASCII.GetString(request.From.Tag));
    }

    [Fact]
    public void Every_refused_request_can_be_answered_when_it_names_a_Via()
    {
        var from = new SipHop(SipTransportKind.Udp, new System.Net.IPEndPoint(0x0100007F, 5060), 0);
        var answered = 0;
        foreach (var row in Files)
        {
            var bytes = ReferenceFolder.Read(Folder, row.Data);
            if (SipParser.TryParse(bytes, SipLimits.Default, out _, out var failure) || !SipForwarding.TryReject(bytes, failure, from, out var response))
            {
                continue;
            }

            answered++;
            var text = Encoding.UTF8.GetString(response);
            Assert.StartsWith("SIP/2.0 " + failure.StatusCode, text, StringComparison.Ordinal);
            Assert.Contains("\r\nVia: ", text, StringComparison.Ordinal);
            Assert.EndsWith("Content-Length: 0\r\n\r\n", text, StringComparison.Ordinal);
        }

        Assert.True(answered >= 18, "answered " + answered);
    }

    private static bool IsExpectedCode(string expected, int code)
    {
        if (expected.Contains("discard", StringComparison.Ordinal) || expected.StartsWith("drop", StringComparison.Ordinal))
        {
            return code == 0;
        }

        return expected.StartsWith("error response", StringComparison.Ordinal)
            ? code is >= 400 and < 700
            : expected.Contains(code.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) && code != 0;
    }

    private static SipRequest Request(string file) => Assert.IsType<SipRequest>(Parse(file));

    private static SipResponse Response(string file) => Assert.IsType<SipResponse>(Parse(file));

    private static SipMessage Parse(string file)
    {
        Assert.True(SipParser.TryParse(ReferenceFolder.Read(Folder, file), SipLimits.Default, out var message, out var failure), failure.ToString());
        return message;
    }
}
