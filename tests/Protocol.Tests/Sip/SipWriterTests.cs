using System.Text;
using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

public sealed class SipWriterTests
{
    [Fact]
    public void A_request_is_written_line_by_line()
    {
        var bytes = SipWriter.Rent()
            .Request(SipMethod.Message, "sip:bob@example.com")
            .Via(SipTransportKind.Tcp, "192.0.2.10:5060", "z9hG4bK7f3a91c2d0e4")
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, "<sip:alice@example.com>;tag=a73kszlfl"u8)
            .Header(SipHeaderId.To, "<sip:bob@example.com>")
            .Header(SipHeaderId.CallId, "4Fde34wkd11wsGFDs3@192.0.2.10")
            .CSeq(1, SipMethod.Message)
            .Header("Content-Type", "text/plain")
            .Finish("hello"u8);
        Assert.Equal(PlainMessage, Text(bytes));
    }

    [Fact]
    public void A_response_always_has_a_Content_Length()
    {
        Assert.Equal("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Text(SipWriter.Rent().Response(200).Finish()));
        Assert.Equal(
            "SIP/2.0 400 Incorrect Date or Time\r\nContent-Length: 0\r\n\r\n", Text(SipWriter.Rent().Response(400, "Incorrect Date or Time").Finish()));
    }

    [Theory]
    [InlineData(SipTransportKind.Udp, true, "Via: SIP/2.0/UDP h:1;branch=b;rport\r\n")]
    [InlineData(SipTransportKind.Memory, false, "Via: SIP/2.0/UDP h:1;branch=b\r\n")]
    [InlineData(SipTransportKind.Tcp, false, "Via: SIP/2.0/TCP h:1;branch=b\r\n")]
    public void Via_names_the_transport(SipTransportKind transport, bool rport, string expected) =>
        Assert.StartsWith(expected, Text(SipWriter.Rent().Via(transport, "h:1", "b", rport).Finish()), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\r\nInjected: x")]
    [InlineData("a\n")]
    [InlineData("\r")]
    [InlineData("a\0")]
    public void No_value_can_add_a_line(string value)
    {
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header(SipHeaderId.Subject, value));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header(SipHeaderId.Subject, Bytes(value)));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header("X", value));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header(value, "x"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Request(SipMethod.Message, value));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Response(200, value));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Via(SipTransportKind.Tcp, value, "b"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Via(SipTransportKind.Tcp, "h", value));
    }

    [Fact]
    public void Misuse_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Request(SipMethod.Other, "sip:a@b"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Request(SipMethod.Message, "sip:a b"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Request(SipMethod.Message, ""));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header(SipHeaderId.ContentLength, 5));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header("content-length", "5"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header("l", "5"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header(SipHeaderId.Other, "x"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header("", "x"));
        Assert.Throws<ArgumentException>(() => SipWriter.Rent().Header("a b", "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => SipWriter.Rent().Response(99));
        Assert.Throws<ArgumentOutOfRangeException>(() => SipWriter.Rent().Response(700));
    }

    [Fact]
    public void A_second_writer_on_the_thread_does_not_disturb_the_first()
    {
        var first = SipWriter.Rent().Response(200);
        Assert.Equal("SIP/2.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", Text(SipWriter.Rent().Response(404).Finish()));
        Assert.Equal("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Text(first.Finish()));
    }

    [Fact]
    public void Long_values_and_text_beyond_ASCII_fit()
    {
        var value = new string('\u00fc', 100_000);
        Assert.Equal(
            "SIP/2.0 200 OK\r\nSubject: " + value + "\r\nContent-Length: 0\r\n\r\n",
            Text(SipWriter.Rent().Response(200).Header(SipHeaderId.Subject, value).Finish()));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Numbers_are_decimal(long value) =>
        Assert.Contains(
            "Expires: " + value + "\r\n", Text(SipWriter.Rent().Response(200).Header(SipHeaderId.Expires, value).Finish()), StringComparison.Ordinal);

    [Fact]
    public void Dates_are_written_in_GMT_and_read_back()
    {
        var date = new DateTimeOffset(2024, 5, 17, 11, 30, 15, 900, TimeSpan.FromHours(2));
        Assert.Equal("Fri, 17 May 2024 09:30:15 GMT", SipDate.Format(date));
        Assert.Contains("\r\nDate: Fri, 17 May 2024 09:30:15 GMT\r\n", Text(SipWriter.Rent().Response(200).Date(date).Finish()), StringComparison.Ordinal);
        Assert.True(SipDate.TryParse("Fri, 17 May 2024 09:30:15 GMT"u8, out var read));
        Assert.Equal(new DateTimeOffset(2024, 5, 17, 9, 30, 15, TimeSpan.Zero), read);
        Assert.Equal(TimeSpan.Zero, read.Offset);
        Assert.Equal(SipDate.Length, SipDate.Format(date).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Fri, 01 Jan 2010 16:00:00 EST")]
    [InlineData("Fri, 01 Jan 2010 16:00:00 +00")]
    [InlineData("Sat, 01 Jan 2010 16:00:00 GMT")]
    [InlineData("Fri, 01 Jan 2010 24:00:00 GMT")]
    [InlineData("Fri, 1 Jan 2010 16:00:00 GMT ")]
    [InlineData("Fri, 01 Jan 2010 16:00:00 GMT ")]
    [InlineData("Fri, 01 J\u00e4n 2010 16:00:00 GM")]
    public void Other_dates_are_refused(string text) => Assert.False(SipDate.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
