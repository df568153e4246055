using System.Net;
using System.Text;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Tests.Transport;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Attack;

public sealed class AttackPiecesTests
{
    private static readonly SipHop Hop = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 5060), 0);

    [Fact]
    public void Every_kind_of_attack_is_known_again_by_its_mark()
    {
        foreach (var kind in Enum.GetValues<AttackKind>())
        {
            Assert.True(AttackMark.TryRead(Encoding.ASCII.GetBytes(AttackMark.Create(kind, 12345, "attacker.invalid")), out var read));
            Assert.Equal(kind, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("atk-")]
    [InlineData("atk-1")]
    [InlineData("atk-9-1@host")]
    [InlineData("atk-x-1@host")]
    [InlineData("atk-11-1@host")]
    [InlineData("Atk-1-1@host")]
    [InlineData("a8f2b1@host")]
    public void A_genuine_call_is_not_taken_for_an_attack(string callId) => Assert.False(AttackMark.TryRead(Encoding.ASCII.GetBytes(callId), out _));

    [Fact]
    public void The_ring_keeps_the_latest_and_draws_nothing_else()
    {
        var ring = new CaptureRing(4);
        var random = new SeededRandomSource(1);
        Assert.Null(ring.Draw(random));
        for (var number = 0; number < 10; number++)
        {
            ring.Add(Capture(number));
        }

        var drawn = Enumerable.Range(0, 200).Select(_ => ring.Draw(random)!.Timestamp.Seconds).Distinct().Order();
        Assert.Equal([6u, 7u, 8u, 9u], drawn);
    }

    [Fact]
    public void Only_messages_are_offered_and_only_while_somebody_waits()
    {
        var inner = new CountingTransport();
        var path = new InterceptingTransport(inner);
        var interceptor = new FixedInterceptor { IsWaiting = true, Takes = true };
        var message = Sample.Request(1);
        path.Send(Hop, message);
        path.Attach(interceptor);
        path.Send(Hop, Sample.Response(1));
        Assert.Equal((2, 0), (inner.Sent, interceptor.Offered));

        Assert.Equal(SipSendResult.Queued, path.Send(Hop, message));
        Assert.Equal((2, 1), (inner.Sent, interceptor.Offered));

        interceptor.Takes = false;
        Assert.Equal(SipSendResult.Overflow, path.Send(Hop, message));
        interceptor.IsWaiting = false;
        path.Send(Hop, message);
        path.Attach(null);
        path.Send(Hop, message);
        Assert.Equal((5, 2), (inner.Sent, interceptor.Offered));
    }

    private static CapturedMessage Capture(int number)
    {
        Assert.True(SipParser.TryParse(Sample.Request(number), SipLimits.Default, out var message, out _));
        return new CapturedMessage((SipRequest)message, new NtpTimestamp((ulong)number << 32), 0);
    }

    private sealed class FixedInterceptor : IInterceptor
    {
        public bool IsWaiting { get; set; }

        public bool Takes { get; set; }

        public int Offered { get; private set; }

        public bool TryTake(SipHop hop, ReadOnlySpan<byte> message, ISipTransport path)
        {
            Offered++;
            return Takes;
        }
    }

    /// <summary>Answers Overflow, so that the decorator can be seen to hand the answer on.</summary>
    private sealed class CountingTransport : ISipTransport
    {
        public SipTransportKind Kind => SipTransportKind.Tcp;

        public IPEndPoint LocalEndPoint => Hop.EndPoint;

        public TransportCounters Counters { get; } = new();

        public int Sent { get; private set; }

        public SipSendResult Send(SipHop hop, ReadOnlySpan<byte> message)
        {
            Sent++;
            return SipSendResult.Overflow;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
