using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class StreamIntakeTests : ISipReceiver
{
    private static readonly SipHop From = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 5060), 1);

    private readonly List<byte[]> _received = [];
    private readonly List<byte[]> _answers = [];
    private readonly TransportCounters _counters = new();

    void ISipReceiver.OnMessage(SipMessage message, SipHop from) => _received.Add(message.Bytes.ToArray());

    void ISipReceiver.OnFlowFailed(SipHop hop) => Assert.Fail("Not told by the intake.");

    [Fact]
    public void Every_split_into_three_yields_the_same_messages()
    {
        byte[][] messages = [Sample.Request(1, 20), Sample.Response(2), Sample.Request(3, 0)];
        byte[] stream = [.. messages[0], .. "\r\n\r\n"u8, .. messages[1], .. "\r\n"u8, .. messages[2]];
        byte[] together = [.. messages[0], .. messages[1], .. messages[2]];
        for (var first = 0; first <= stream.Length; first++)
        {
            for (var second = first; second <= stream.Length; second += first % 9 == 0 ? 1 : 40)
            {
                _received.Clear();
                _answers.Clear();
                var intake = NewIntake();
                Assert.True(Feed(intake, stream.AsSpan()[..first]) && Feed(intake, stream.AsSpan()[first..second]) && Feed(intake, stream.AsSpan()[second..]));
                Assert.True(_received.Count == messages.Length && _received.SelectMany(static bytes => bytes).SequenceEqual(together), $"{first} {second}");
                Assert.False(intake.HasPartialMessage);
                Assert.Equal("\r\n"u8, Assert.Single(_answers));
                intake.Release();
            }
        }
    }

    [Fact]
    public void Random_chunks_of_a_long_stream_yield_the_same_messages()
    {
        const ulong Seed = 4242;
        var random = new SeededRandomSource(Seed);
        var stream = new List<byte>();
        var messages = new List<byte[]>();
        for (var number = 0; number < 400; number++)
        {
            var message = Sample.Request(number, (int)(random.NextUInt64() % (number % 10 == 0 ? 40_000UL : 900UL)));
            messages.Add(message);
            stream.AddRange(message);
        }

        var bytes = stream.ToArray();
        var intake = NewIntake();
        for (var at = 0; at < bytes.Length;)
        {
            var free = intake.Free;
            Assert.False(free.IsEmpty);
            var largest = random.NextUInt64() % 3 == 0 ? 10 : free.Length;
            var count = Math.Min(Math.Min(free.Length, bytes.Length - at), 1 + (int)(random.NextUInt64() % (ulong)largest));
            bytes.AsSpan(at, count).CopyTo(free.Span);
            Assert.True(intake.TryAccept(count, From, out _));
            at += count;
        }

        Assert.Equal(messages.Count, _received.Count);
        Assert.All(messages.Zip(_received), static pair => Assert.Equal(pair.First, pair.Second));
        Assert.False(intake.HasPartialMessage);
        intake.Release();
    }

    [Fact]
    public void A_partial_message_is_told_from_line_ends()
    {
        var intake = NewIntake();
        Assert.True(Feed(intake, "\r\n"u8));
        Assert.False(intake.HasPartialMessage);
        Assert.True(Feed(intake, "M"u8));
        Assert.True(intake.HasPartialMessage);
        intake.Release();
    }

    [Fact]
    public void The_buffer_grows_with_the_traffic_and_shrinks_when_it_is_quiet()
    {
        var intake = NewIntake();
        var small = intake.Free.Length;
        Assert.True(small <= 8192);
        var large = Sample.Request(1, 40_000);
        Assert.True(Feed(intake, large.AsSpan()[..small]));
        Assert.True(Feed(intake, large.AsSpan()[small..]));
        Assert.True(intake.Free.Length >= 40_000);
        for (var quiet = 0; quiet < 40; quiet++)
        {
            Assert.True(Feed(intake, Sample.Response(quiet)));
        }

        Assert.Equal(small, intake.Free.Length);
        Assert.Equal(41, _received.Count);
        intake.Release();
    }

    [Fact]
    public void Taking_a_message_allocates_its_bytes_and_its_parsed_form_only()
    {
        var intake = NewIntake();
        var message = Sample.Request(1, 300);
        _received.EnsureCapacity(4000);
        for (var warm = 0; warm < 500; warm++)
        {
            Feed(intake, message);
            Parse(message);
        }

        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 1000; count++)
        {
            Feed(intake, message);
        }

        var taking = GC.GetAllocatedBytesForCurrentThread() - start;
        start = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 1000; count++)
        {
            Parse(message);
        }

        // Parse copies the bytes twice as well: once for the message, once for this test's receiver.
        Assert.Equal(GC.GetAllocatedBytesForCurrentThread() - start, taking);
        intake.Release();
    }

    private static void Parse(byte[] bytes)
    {
        Assert.True(SipParser.TryParse(bytes.AsSpan().ToArray(), SipLimits.Default, out var message, out _));
        GC.KeepAlive(message.Bytes.ToArray());
    }

    private StreamIntake NewIntake() =>
        new(SipLimits.Default, new MessageIntake(this, SipLimits.Default, _counters, onFault: null), _counters, answer => _answers.Add(answer.ToArray()));

    private static bool Feed(StreamIntake intake, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, intake.Free.Length);
            bytes[..count].CopyTo(intake.Free.Span);
            bytes = bytes[count..];
            if (!intake.TryAccept(count, From, out _))
            {
                return false;
            }
        }

        return true;
    }
}
