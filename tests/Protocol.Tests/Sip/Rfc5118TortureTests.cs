using System.Text;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>The IPv6 messages of RFC 5118. Their archive has bare LF line ends, lacks some final empty lines and miscounts some bodies; the first two are
/// repaired here, the third does not matter to a datagram whose body is longer and is repaired where it is shorter.</summary>
public sealed class Rfc5118TortureTests
{
    private const string Folder = "rfc5118";

    public static TheoryData<string> Files => ReferenceFolder.Files(Folder, "*.dat");

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_message_is_treated_as_its_manifest_row_says(string file)
    {
        var bytes = Repaired(file);
        var expected = ReferenceFolder.Manifest(Folder)[file][4];
        var accepted = SipParser.TryParse(bytes, SipLimits.Default, out _, out var failure);
        Assert.True(accepted == (expected != "invalid") && (accepted || failure.StatusCode == 400), $"{expected}: {failure}");
    }

    [Fact]
    public void Ports_inside_brackets_belong_to_the_address()
    {
        Assert.Equal(0, Request("port-ambiguous.dat").RequestUri.Port);
        Assert.Equal("[2001:db8::10:5070]", Request("port-ambiguous.dat").RequestUri.Host);
        Assert.Equal(5070, Request("port-unambiguous.dat").RequestUri.Port);
    }

    [Fact]
    public void Received_is_read_with_and_without_brackets()
    {
        Assert.Equal("[2001:db8::9:255]", Encoding.ASCII.GetString(Request("via-received-param-with-delim.dat").TopVia.Received));
        Assert.Equal("2001:db8::9:255", Encoding.ASCII.GetString(Request("via-received-param-no-delim.dat").TopVia.Received));
    }

    [Fact]
    public void Addresses_of_both_families_stand_in_one_Via_list()
    {
        var hosts = Request("mult-ip-in-header.dat").GetValues(SipHeaderId.Via).Select(value =>
        {
            Assert.True(SipVia.TryParse(value, out var via));
            return Encoding.ASCII.GetString(via.SentBy);
        });
        Assert.Equal(["[2001:db8::9:1]:6050", "192.0.2.1", "[2001:db8::9:255]"], hosts);
        Assert.Equal("[::ffff:192.0.2.10]", Encoding.ASCII.GetString(Request("ipv4-mapped-ipv6.dat").TopVia.Host));
    }

    private static SipRequest Request(string file)
    {
        Assert.True(SipParser.TryParse(Repaired(file), SipLimits.Default, out var message, out var failure), failure.ToString());
        return Assert.IsType<SipRequest>(message);
    }

    private static byte[] Repaired(string file)
    {
        var text = Encoding.Latin1.GetString(ReferenceFolder.Read(Folder, file)).ReplaceLineEndings("\r\n");
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            text = text.TrimEnd() + "\r\n\r\n";
            end = text.Length - 4;
        }

        var body = text[(end + 4)..];
        var header = text[..(end + 4)];
        var lengthAt = header.IndexOf("Content-Length:", StringComparison.Ordinal);
        var line = header[lengthAt..header.IndexOf("\r\n", lengthAt, StringComparison.Ordinal)];
        return Encoding.Latin1.GetBytes(header.Replace(line, "Content-Length: " + body.Length, StringComparison.Ordinal) + body);
    }
}
