using System.Net;
using System.Text;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>Messages as the farm sends them, and short ways to parse and print.</summary>
internal static class SipSamples
{
    public const string PlainMessage =
        "MESSAGE sip:bob@example.com SIP/2.0\r\n" +
        "Via: SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bK7f3a91c2d0e4;rport\r\n" +
        "Max-Forwards: 70\r\n" +
        "From: <sip:alice@example.com>;tag=a73kszlfl\r\n" +
        "To: <sip:bob@example.com>\r\n" +
        "Call-ID: 4Fde34wkd11wsGFDs3@192.0.2.10\r\n" +
        "CSeq: 1 MESSAGE\r\n" +
        "Content-Type: text/plain\r\n" +
        "Content-Length: 5\r\n\r\nhello";

    public static readonly SipHop Source = new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Parse("198.51.100.7"), 40001), 0);

    /// <summary>1.4 kB: the headers of ims-messaging 1.8 and a multipart body of 867 seeded bytes with CR, LF and NUL among them.</summary>
    public static byte[] ProtectedMessage()
    {
        var body = new byte[867];
        new SeededRandomSource(7).Fill(body);
        return SipWriter.Rent()
            .Request(SipMethod.Message, "sip:bob@example.com")
            .Via(SipTransportKind.Tcp, "192.0.2.10:5060", "z9hG4bK7f3a91c2d0e4")
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.Route, "<sip:pcscf1.example.com;lr>, <sip:orig@scscf1.example.com;lr>")
            .Header(SipHeaderId.From, "<sip:alice@example.com>;tag=a73kszlfl")
            .Header(SipHeaderId.To, "<sip:bob@example.com>")
            .Header(SipHeaderId.CallId, "4Fde34wkd11wsGFDs3@192.0.2.10")
            .CSeq(1, SipMethod.Message)
            .Date(new DateTimeOffset(2024, 5, 17, 9, 30, 15, TimeSpan.Zero))
            .Header(SipHeaderId.Expires, 604800)
            .Header(SipHeaderId.PPreferredIdentity, "<sip:alice@example.com>")
            .Header(SipHeaderId.ContentType, "multipart/mixed;boundary=mk7d1")
            .Finish(body);
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    public static SipRequest Request(string text) => Assert.IsType<SipRequest>(Parse(Bytes(text)));

    public static SipResponse Response(string text) => Assert.IsType<SipResponse>(Parse(Bytes(text)));

    public static SipMessage Parse(byte[] bytes)
    {
        Assert.True(SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure), failure.ToString());
        return message;
    }

    public static SipParseFailure Failure(string text, SipLimits? limits = null)
    {
        Assert.False(SipParser.TryParse(Bytes(text), limits ?? SipLimits.Default, out _, out var failure));
        return failure;
    }

    /// <summary>The plain message with one line replaced, or removed when the new one is empty.</summary>
    public static string With(string lineStart, string newLine)
    {
        var lines = PlainMessage.Split("\r\n").ToList();
        var index = lines.FindIndex(line => line.StartsWith(lineStart, StringComparison.Ordinal));
        Assert.True(index >= 0);
        if (newLine.Length == 0)
        {
            lines.RemoveAt(index);
        }
        else
        {
            lines[index] = newLine;
        }

        return string.Join("\r\n", lines);
    }
}
