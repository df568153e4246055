using System.Net;
using System.Net.Sockets;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class UdpSipTransportTests : SipTransportTests
{
    private protected override SipTransportKind Kind => SipTransportKind.Udp;

    private protected override ISipTransport Open(ISipReceiver receiver, SipTransportSettings settings) => SipTransports.StartUdp(settings, receiver);

    [Fact]
    public async Task A_datagram_over_the_configured_size_is_not_sent()
    {
        await using var client = Open(new RecordingReceiver(), new SipTransportSettings { MaxDatagramBytes = 1300 });
        await using var server = Open(new RecordingReceiver());
        Assert.Equal(SipSendResult.TooLarge, client.Send(To(server), Sample.Request(1, 1300)));
        Assert.Equal(SipSendResult.Queued, client.Send(To(server), Sample.Request(1, 600)));
    }

    [Fact]
    public async Task Keep_alives_and_garbage_are_counted_and_not_answered()
    {
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide);
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        raw.Connect(server.LocalEndPoint);
        raw.Send("\r\n\r\n"u8);
        raw.Send(ReadOnlySpan<byte>.Empty);
        raw.Send(new byte[] { 0, 1, 2, 3, 0xff });
        raw.Send(Sample.Response(3).AsSpan()[..40]);
        raw.Send(Sample.Request(4));
        Assert.Equal(4u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(2, server.Counters.KeepAlives);
        Assert.Equal(2, server.Counters.Malformed);
        Assert.Equal(0, server.Counters.BytesSent);
    }

    [Fact]
    public async Task Datagrams_of_addresses_that_are_not_listened_to_are_dropped_and_counted()
    {
        Assert.True(AddressAllowList.TryParse(["127.0.0.1"], out var onlyThat, out _));
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, new SipTransportSettings { AcceptFrom = onlyThat });
        foreach (var (address, number) in new[] { ("127.0.0.2", 1), ("127.0.0.1", 2) })
        {
            using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            raw.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            raw.SendTo(Sample.Request(number), server.LocalEndPoint);
        }

        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.RefusedByGuard);
    }

    [Fact]
    public async Task A_datagram_over_the_limits_is_counted_and_dropped()
    {
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, new SipTransportSettings { Limits = SipLimits.Default with { MaxMessageBytes = 1000 } });
        await using var client = Open(new RecordingReceiver());
        client.Send(To(server), Sample.Request(1, 2000));
        client.Send(To(server), Sample.Request(2));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.Oversized);
    }

    [Fact]
    public async Task Ipv6_and_a_socket_for_both_families_work()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "No IPv6 here.");
        var serverSide = new RecordingReceiver();
        var clientSide = new RecordingReceiver();
        await using var server = Open(serverSide, new SipTransportSettings { Listen = new IPEndPoint(IPAddress.IPv6Any, 0) });
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            await using var client = Open(clientSide, new SipTransportSettings { Listen = new IPEndPoint(address, 0) });
            client.Send(new SipHop(Kind, new IPEndPoint(address, server.LocalEndPoint.Port), 0), Sample.Request(1));
            var (_, from) = await serverSide.NextAsync();
            Assert.Equal(client.LocalEndPoint, from.EndPoint);
            Assert.Equal(SipSendResult.Queued, server.Send(from, Sample.Response(1)));
            Assert.Equal(1u, (await clientSide.NextAsync()).Message.CSeqNumber);
        }
    }

    [Fact]
    public async Task Receiving_allocates_nothing_but_the_message()
    {
        const int Warm = 300;
        const int Count = 1000;
        var serverSide = new AllocationReceiver(Warm, Warm + Count);
        await using var server = Open(serverSide);
        await using var client = Open(new RecordingReceiver());
        var message = Sample.Request(1, 300);
        for (var number = 1; number <= Warm + Count; number++)
        {
            client.Send(To(server), message);
            await serverSide.ReachedAsync(number);
        }

        Assert.True(SipParser.TryParse(message, SipLimits.Default, out _, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < Count; number++)
        {
            SipParser.TryParse(message.AsSpan().ToArray(), SipLimits.Default, out _, out _);
        }

        var parsing = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(serverSide.AllocatedBytes, 1, parsing + (Count * 8));
    }
}
