using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

public sealed class SipStreamFramerTests
{
    private static readonly byte[] Stream = Bytes(
        PlainMessage + "\r\n\r\n" + PlainMessage.Replace("Content-Length: 5", "l :\r\n  5 ", StringComparison.Ordinal)
        + "\r\n" + PlainMessage.Replace("hello", "\r\n\r\n!", StringComparison.Ordinal) + "\r\n\r\n");

    [Fact]
    public void Every_split_of_a_stream_gives_the_same_frames()
    {
        var expected = Frames([Stream], remember: false);
        Assert.Equal(5, expected.Count);
        Assert.Equal(["", "\r\n\r\n", "", "", "\r\n\r\n"], expected.Select(frame => frame == "\r\n\r\n" ? frame : ""));
        for (var cut = 0; cut <= Stream.Length; cut++)
        {
            byte[][] parts = [Stream[..cut], Stream[cut..]];
            Assert.Equal(expected, Frames(parts, remember: false));
            Assert.Equal(expected, Frames(parts, remember: true));
        }

        Assert.Equal(expected, Frames(Stream.Chunk(1), remember: true));
        Assert.Equal(expected, Frames(Stream.Chunk(1), remember: false));
    }

    [Fact]
    public void Every_pair_of_splits_gives_the_same_frames()
    {
        var stream = Bytes(PlainMessage + "\r\n\r\n" + PlainMessage);
        var expected = Frames([stream], remember: false);
        for (var first = 0; first < stream.Length; first++)
        {
            for (var second = first + 1; second < stream.Length; second += 3)
            {
                Assert.Equal(expected, Frames([stream[..first], stream[first..second], stream[second..]], remember: true));
            }
        }
    }

    [Fact]
    public void What_the_framer_cuts_is_what_the_parser_reads()
    {
        foreach (var frame in Frames([Stream], remember: false).Where(frame => frame != "\r\n\r\n"))
        {
            Assert.Equal(5, Request(frame).Body.Length);
        }
    }

    [Fact]
    public void More_is_needed_until_the_last_byte_and_how_much_is_known_after_the_header()
    {
        var bytes = Bytes("\r\n" + PlainMessage);
        var headerEnd = bytes.Length - 5;
        for (var length = 0; length < bytes.Length; length++)
        {
            var status = SipStreamFramer.TryFrame(bytes.AsSpan(0, length), SipLimits.Default, out var start, out var needed);
            Assert.Equal(SipFrameStatus.NeedMore, status);
            Assert.Equal(length < headerEnd ? 0 : PlainMessage.Length, needed);
            Assert.True(length < headerEnd || start == 2);
        }
    }

    [Theory]
    [InlineData("Content-Length", "")]
    [InlineData("Content-Length", "Content-Length: -1")]
    [InlineData("Content-Length", "Content-Length: x")]
    [InlineData("Content-Length", "Content-Length: 5\r\nl: 5")]
    [InlineData("Content-Length", "Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length", "Content-Length: 49153")]
    [InlineData("Content-Length", "Content-Length: 99999999999999")]
    [InlineData("Content-Length", "Content-Length: 2147483647")]
    public void A_message_whose_end_is_open_is_invalid_but_can_be_answered(string field, string line)
    {
        var bytes = Bytes(With(field, line));
        Assert.Equal(SipFrameStatus.Invalid, SipStreamFramer.TryFrame(bytes, SipLimits.Default, out var start, out var length));
        Assert.EndsWith("\r\n\r\n", Text(bytes.AsSpan(start, length)), StringComparison.Ordinal);
        Assert.True(SipForwarding.TryReject(bytes.AsSpan(start, length), new SipParseFailure(SipParseFault.BadValue, "Content-Length", 0, 400), Source, out _));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData(" MESSAGE")]
    [InlineData("\rX")]
    [InlineData("\n")]
    [InlineData("\u0016\u0003\u0001")]
    public void What_cannot_begin_a_message_is_invalid_at_once(string text) =>
        Assert.Equal(SipFrameStatus.Invalid, SipStreamFramer.TryFrame(Bytes(text), SipLimits.Default, out _, out _));

    [Fact]
    public void A_header_section_without_end_is_given_up_at_the_limit()
    {
        var limits = new SipLimits { MaxHeaderBytes = 100 };
        var bytes = Bytes(new string('a', 101));
        Assert.Equal(SipFrameStatus.NeedMore, SipStreamFramer.TryFrame(bytes.AsSpan(0, 100), limits, out _, out _));
        Assert.Equal(SipFrameStatus.Invalid, SipStreamFramer.TryFrame(bytes, limits, out _, out _));
        Assert.Equal(SipFrameStatus.Invalid, SipStreamFramer.TryFrame(Bytes(PlainMessage), limits, out _, out _));
        Assert.Equal(
            SipFrameStatus.Invalid,
            SipStreamFramer.TryFrame(Bytes(PlainMessage), new SipLimits { MaxMessageBytes = PlainMessage.Length - 1 }, out _, out _));
    }

    [Fact]
    public void A_single_CRLF_is_nothing_yet()
    {
        Assert.Equal(SipFrameStatus.NeedMore, SipStreamFramer.TryFrame("\r\n"u8, SipLimits.Default, out _, out var length));
        Assert.Equal(0, length);
        Assert.Equal(SipFrameStatus.NeedMore, SipStreamFramer.TryFrame("\r\n\r"u8, SipLimits.Default, out _, out _));
        Assert.Equal(SipFrameStatus.KeepAlive, SipStreamFramer.TryFrame("\r\n\r\n"u8, SipLimits.Default, out var start, out length));
        Assert.Equal((0, 4), (start, length));
    }

    private static List<string> Frames(IEnumerable<byte[]> parts, bool remember)
    {
        var frames = new List<string>();
        var buffer = Array.Empty<byte>();
        var scanned = 0;
        foreach (var part in parts)
        {
            buffer = [.. buffer, .. part];
            while (true)
            {
                scanned = remember ? scanned : 0;
                var status = SipStreamFramer.TryFrame(buffer, SipLimits.Default, ref scanned, out var start, out var length);
                if (status == SipFrameStatus.NeedMore)
                {
                    break;
                }

                Assert.NotEqual(SipFrameStatus.Invalid, status);
                frames.Add(Text(buffer.AsSpan(start, length)));
                buffer = buffer[(start + length)..];
            }
        }

        Assert.Empty(buffer);
        return frames;
    }
}
