using System.Text;
using UeFarm.Protocol.Cpim;
using Xunit;

namespace UeFarm.Protocol.Tests.Cpim;

public class CpimTests
{
    private const string Example =
        "From: Alice \\\"the\\u0020first\\\" <sip:alice@ims.example>\r\n"
        + "To: Bob <sip:bob@ims.example>\r\n"
        + "To: <sip:carol@ims.example>\r\n"
        + "cc: <sip:dave@ims.example>\r\n"
        + "DateTime: 2026-07-01T14:00:00.5+02:00\r\n"
        + "Subject:;lang=fr déjeuner\r\n"
        + "NS: imdn <urn:ietf:params:imdn>\r\n"
        + "NS: Other <mid:features@vendor.example>\r\n"
        + "Other.Wish: silly fonts\r\n"
        + "Require: imdn.Message-ID\r\n"
        + "imdn.Message-ID: 2a.0f1e2d3c4b5a6978\r\n"
        + "imdn.Disposition-Notification: positive-delivery, Negative-Delivery;x=y, something-new\r\n"
        + "\r\n"
        + "Content-Type: text/plain;\r\n charset=utf-8\r\n"
        + "Content-Disposition: render\r\n"
        + "\r\n"
        + "hello\r\n\r\nworld";

    [Fact]
    public void Everything_that_is_looked_at_is_read()
    {
        var message = Read(Example);

        Assert.Equal("sip:alice@ims.example", message.From);
        Assert.Equal("sip:bob@ims.example", message.To);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 12, 0, 0, 500, TimeSpan.Zero), message.SentAt);
        Assert.Equal("2a.0f1e2d3c4b5a6978", message.MessageId);
        Assert.Equal(DispositionRequests.PositiveDelivery | DispositionRequests.NegativeDelivery, message.Requests);
        Assert.Equal("text/plain; charset=utf-8", message.ContentType);
        Assert.Equal("render", message.ContentDisposition);
        Assert.Equal("hello\r\n\r\nworld", Encoding.UTF8.GetString(message.Content.Span));
        Assert.False(message.IsNotification);
    }

    [Theory]
    [InlineData("NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 7", "7", null)]
    [InlineData("imdn.Message-ID: 7", null, null)]
    [InlineData("NS: imdn <urn:other>\r\nimdn.Message-ID: 7", null, null)]
    [InlineData("NS: <urn:ietf:params:imdn>\r\nMessage-ID: 7\r\nFrom: <sip:late@x>", "7", null)]
    [InlineData("NS: <urn:other>\r\nFrom: <sip:other@x>", null, null)]
    [InlineData("from: <sip:lower@x>\r\nFrom: <sip:upper@x>", null, "sip:upper@x")]
    [InlineData("From: <sip:plain@x>", null, "sip:plain@x")]
    [InlineData("From: \"a <b> c\" <sip:quoted@x>", null, "sip:quoted@x")]
    public void Names_belong_to_namespaces_and_are_case_sensitive(string headers, string? messageId, string? from)
    {
        var message = Read(headers + "\r\n\r\nContent-Type: text/plain\r\n\r\n");

        Assert.Equal((messageId, from), (message.MessageId, message.From));
    }

    [Theory]
    [InlineData("From: <sip:a@x>\r\nFrom: <sip:b@x>", CpimFault.Duplicate, "From", 17)]
    [InlineData("From:<sip:a@x>", CpimFault.BadHeader, "header", 0)]
    [InlineData("From:x <sip:a@x>", CpimFault.BadHeader, "header", 0)]
    [InlineData("From", CpimFault.BadHeader, "header", 0)]
    [InlineData(": x", CpimFault.BadHeader, "header", 0)]
    [InlineData("a.b.c: x", CpimFault.BadHeader, "header", 0)]
    [InlineData("Fr om: x", CpimFault.BadHeader, "header", 0)]
    [InlineData("Subject: a\\q", CpimFault.BadHeader, "header", 0)]
    [InlineData("Subject: a\\u12G4", CpimFault.BadHeader, "header", 0)]
    [InlineData("Subject: a\\", CpimFault.BadHeader, "header", 0)]
    [InlineData("Subject: a\tb", CpimFault.BadHeader, "header", 0)]
    [InlineData("From: sip:a@x", CpimFault.BadValue, "From", 0)]
    [InlineData("From: <sip:a@x> x", CpimFault.BadValue, "From", 0)]
    [InlineData("From: <sip:a\\u000ab@x>", CpimFault.BadValue, "From", 0)]
    [InlineData("To: <>", CpimFault.BadValue, "To", 0)]
    [InlineData("DateTime: yesterday", CpimFault.BadValue, "DateTime", 0)]
    [InlineData("DateTime: 2026-07-01T12:00:00", CpimFault.BadValue, "DateTime", 0)]
    [InlineData("NS: imdn urn:x", CpimFault.BadValue, "NS", 0)]
    [InlineData("Require: Unknown", CpimFault.UnknownRequirement, "Require", 0)]
    [InlineData("Require: From, vendor.Thing", CpimFault.UnknownRequirement, "Require", 0)]
    [InlineData("NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: a b", CpimFault.BadValue, "i.Message-ID", 30)]
    [InlineData("NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: a\r\ni.Message-ID: b", CpimFault.Duplicate, "i.Message-ID", 47)]
    public void What_is_wrong_is_named_with_its_place(string headers, CpimFault fault, string field, int offset)
    {
        Assert.False(CpimReader.TryRead(Bytes(headers + "\r\n\r\nContent-Type: text/plain\r\n\r\n"), out var message, out var failure));
        Assert.Null(message);
        Assert.Equal(new CpimFailure(fault, field, offset), failure);
    }

    [Theory]
    [InlineData("", CpimFault.Unterminated)]
    [InlineData("From: <sip:a@x>\r\n", CpimFault.Unterminated)]
    [InlineData("From: <sip:a@x>\n\nContent-Type: text/plain\n\n", CpimFault.Unterminated)]
    [InlineData("\r\nno header\r\n\r\n", CpimFault.BadContent)]
    [InlineData("\r\nContent-Type: text/plain\r\n", CpimFault.BadContent)]
    [InlineData("\r\nContent-Transfer-Encoding: uuencode\r\n\r\nx", CpimFault.BadContent)]
    public void Without_an_end_of_the_headers_or_a_readable_entity_there_is_no_message(string body, CpimFault fault)
    {
        Assert.False(CpimReader.TryRead(Bytes(body), out _, out var failure));
        Assert.Equal(fault, failure.Fault);
    }

    [Fact]
    public void Size_and_number_of_headers_are_bounded()
    {
        Assert.False(CpimReader.TryRead(Bytes("Subject: " + new string('x', 9000) + "\r\n\r\n\r\n"), out _, out var failure));
        Assert.Equal(CpimFault.TooLarge, failure.Fault);
        Assert.False(CpimReader.TryRead(Bytes(string.Concat(Enumerable.Repeat("a: b\r\n", 65)) + "\r\n\r\n"), out _, out failure));
        Assert.Equal(CpimFault.TooLarge, failure.Fault);
        Assert.True(CpimReader.TryRead(Bytes(string.Concat(Enumerable.Repeat("a: b\r\n", 64)) + "\r\n\r\n"), out _, out _));
        Assert.False(CpimReader.TryRead(Bytes($"From: <sip:{new string('a', 1100)}@x>\r\n\r\n\r\n"), out _, out failure));
        Assert.Equal(CpimFault.BadValue, failure.Fault);
    }

    [Fact]
    public void Every_cut_of_a_message_is_refused_or_is_a_message_with_less_content()
    {
        var bytes = Bytes(Example);
        var content = bytes.Length - "hello\r\n\r\nworld".Length;
        for (var length = 0; length < bytes.Length; length++)
        {
            var isRead = CpimReader.TryRead(bytes.AsMemory(0, length), out var message, out var failure);
            Assert.Equal(length >= content, isRead);
            Assert.Equal(isRead, failure.Fault == CpimFault.None);
            Assert.True(message is null || message.Content.Length == length - content);
        }
    }

    [Fact]
    public void Altered_bytes_never_make_the_reader_fail_otherwise_than_by_saying_so()
    {
        var random = new SeededRandomSource(5);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Bytes(Example);
            for (var changes = 1 + (random.NextUInt64() % 4); changes > 0; changes--)
            {
                bytes[random.NextUInt64() % (ulong)bytes.Length] = (byte)random.NextUInt64();
            }

            var isRead = CpimReader.TryRead(bytes, out var message, out var failure);
            Assert.Equal(isRead, message is not null);
            Assert.Equal(isRead, failure.Fault == CpimFault.None);
        }
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var message = new CpimMessage
        {
            From = "sip:al\\ice@ims.example",
            To = "sip:bob@ims.example",
            SentAt = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero),
            MessageId = "1f.00ff00ff00ff00ff",
            Requests = DispositionRequests.PositiveDelivery | DispositionRequests.NegativeDelivery | DispositionRequests.Processing | DispositionRequests.Display,
            ContentType = "multipart/mixed;boundary=mk7d1",
            ContentDisposition = "render",
            Content = new byte[] { 0, 13, 10, 255 },
        };

        Assert.True(CpimReader.TryRead(CpimWriter.Write(message), out var read, out var failure), failure.ToString());
        Assert.True(read!.Content.Span.SequenceEqual(message.Content.Span));
        Assert.Equal(message, read with { Content = message.Content });

        var bare = new CpimMessage { ContentType = "text/plain" };
        Assert.Equal("\r\nContent-Type: text/plain\r\n\r\n", Encoding.ASCII.GetString(CpimWriter.Write(bare)));
    }

    [Theory]
    [InlineData("sip:a@x>\r\nTo: <sip:b@x")]
    [InlineData("sip:a b@x")]
    [InlineData("sip:a\r\n@x")]
    public void Nothing_can_be_smuggled_into_a_header_that_is_written(string uri) =>
        Assert.Throws<ArgumentException>(() => CpimWriter.Write(new CpimMessage { From = uri }));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static CpimMessage Read(string text)
    {
        Assert.True(CpimReader.TryRead(Bytes(text), out var message, out var failure), failure.ToString());
        return message!;
    }
}
