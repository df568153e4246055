using System.Globalization;
using System.Text;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>Small SIP messages written as text, independently of the writer under test.</summary>
internal static class Sample
{
    public static byte[] Request(int number, int bodyLength = 10) => Text(
        "MESSAGE sip:bob@ims.example SIP/2.0",
        "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bK" + Id(number),
        "Max-Forwards: 70",
        "From: <sip:alice@ims.example>;tag=a",
        "To: <sip:bob@ims.example>",
        "Call-ID: call-" + Id(number),
        "CSeq: " + Id(number) + " MESSAGE",
        "Content-Type: text/plain",
        "Content-Length: " + Id(bodyLength),
        "",
        new string('x', bodyLength));

    public static byte[] Response(int number, int status = 200) => Text(
        "SIP/2.0 " + Id(status) + " OK",
        "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bK" + Id(number),
        "From: <sip:alice@ims.example>;tag=a",
        "To: <sip:bob@ims.example>;tag=b",
        "Call-ID: call-" + Id(number),
        "CSeq: " + Id(number) + " MESSAGE",
        "Content-Length: 0",
        "",
        "");

    /// <summary>Framed well, but CSeq names another method than the request line (RFC 3261 section 8.1.1.5).</summary>
    public static byte[] Malformed() => Text(
        "MESSAGE sip:bob@ims.example SIP/2.0",
        "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKbad",
        "Max-Forwards: 70",
        "From: <sip:alice@ims.example>;tag=a",
        "To: <sip:bob@ims.example>",
        "Call-ID: bad",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "",
        "");

    /// <summary>A request whose Content-Length field has that value; without a body.</summary>
    public static byte[] WithContentLength(string value) => Text(
        "MESSAGE sip:bob@ims.example SIP/2.0",
        "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKlength",
        "Max-Forwards: 70",
        "From: <sip:alice@ims.example>;tag=a",
        "To: <sip:bob@ims.example>",
        "Call-ID: length",
        "CSeq: 1 MESSAGE",
        "Content-Length: " + value,
        "",
        "");

    private static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Text(params string[] lines) => Encoding.ASCII.GetBytes(string.Join("\r\n", lines));
}
