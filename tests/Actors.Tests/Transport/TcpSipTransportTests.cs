using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class TcpSipTransportTests : SipTransportTests
{
    private protected override SipTransportKind Kind => SipTransportKind.Tcp;

    private protected override ISipTransport Open(ISipReceiver receiver, SipTransportSettings settings) => SipTransports.StartTcp(settings, receiver);

    [Fact]
    public async Task Many_senders_share_one_connection_and_nothing_is_lost_or_mixed()
    {
        const int Senders = 4;
        const int Each = 5000;
        var serverSide = new RecordingReceiver();
        await using var client = Open(new RecordingReceiver(), new SipTransportSettings { MaxSendQueueBytes = 64 << 20 });
        await using var server = Open(serverSide);
        var hop = To(server);
        var sending = Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                Assert.Equal(SipSendResult.Queued, client.Send(hop, Sample.Request((sender * Each) + number, number % 700)));
            }
        }));
        await Task.WhenAll(sending);

        var next = new int[Senders];
        for (var count = 0; count < Senders * Each; count++)
        {
            var (message, _) = await serverSide.NextAsync();
            var (sender, number) = Math.DivRem((int)message.CSeqNumber, Each);
            Assert.Equal(next[sender]++, number);
            Assert.Equal(number % 700, message.Body.Length);
        }

        Assert.Equal(1, server.Counters.ConnectionsOpened);
        await Eventually.IsTrueAsync(() => client.Counters.MessagesSent == Senders * Each, "all counted as sent");
        Assert.Equal(client.Counters.BytesSent, server.Counters.BytesReceived);
    }

    [Fact]
    public async Task Connections_of_addresses_that_are_not_listened_to_are_closed_and_counted()
    {
        Assert.True(AddressAllowList.TryParse(["127.0.0.1"], out var onlyThat, out _));
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, new SipTransportSettings { AcceptFrom = onlyThat });
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        stranger.Connect(server.LocalEndPoint);
        Assert.Equal(0, stranger.Receive(new byte[1]));

        await using var client = Open(new RecordingReceiver());
        client.Send(To(server), Sample.Request(2));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.RefusedByGuard);
    }

    [Fact]
    public async Task Several_connections_per_peer_are_used_in_turn()
    {
        var serverSide = new RecordingReceiver();
        await using var client = Open(new RecordingReceiver(), new SipTransportSettings { ConnectionsPerPeer = 3 });
        await using var server = Open(serverSide);
        var flows = new Dictionary<long, int>();
        for (var number = 0; number < 30; number++)
        {
            client.Send(To(server), Sample.Request(number));
            var (_, from) = await serverSide.NextAsync();
            flows[from.Flow] = flows.GetValueOrDefault(from.Flow) + 1;
        }

        Assert.Equal([10, 10, 10], flows.Values);
        Assert.Equal(3, client.Counters.ConnectionsOpened);
    }

    [Fact]
    public async Task A_refused_connection_fails_the_flow_and_counts_what_was_queued()
    {
        var gone = Open(new RecordingReceiver());
        var hop = To(gone);
        await gone.DisposeAsync();
        var receiver = new RecordingReceiver();
        await using var client = Open(receiver);
        Assert.Equal(SipSendResult.Queued, client.Send(hop, Sample.Request(1)));
        var failed = await receiver.NextFailureAsync();
        Assert.Equal(hop.EndPoint, failed.EndPoint);
        Assert.NotEqual(0, failed.Flow);
        Assert.Equal(1, client.Counters.ConnectFailures);
        Assert.Equal(1, client.Counters.MessagesDropped);
        Assert.Equal(0, client.Counters.MessagesSent);
    }

    [Fact]
    public async Task A_flow_that_is_gone_falls_back_to_the_address()
    {
        var clientSide = new RecordingReceiver();
        var serverSide = new RecordingReceiver();
        await using var client = Open(clientSide);
        var server = Open(serverSide);
        var address = server.LocalEndPoint;
        client.Send(To(server), Sample.Request(1));
        await serverSide.NextAsync();
        await server.DisposeAsync();
        var failed = await clientSide.NextFailureAsync();

        await using var reborn = Open(serverSide, new SipTransportSettings { Listen = address });
        Assert.Equal(SipSendResult.Queued, client.Send(failed, Sample.Request(2)));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
    }

    [Fact]
    public async Task A_connection_whose_peer_talks_nonsense_is_replaced_at_once()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var client = Open(new RecordingReceiver());
        var hop = new SipHop(Kind, (IPEndPoint)listener.LocalEndPoint!, 0);
        client.Send(hop, Sample.Request(1));
        using var first = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        first.Send("\0\0"u8);
        await Eventually.IsTrueAsync(() => client.Counters.FramingErrors == 1, "the nonsense is seen");
        await Eventually.IsTrueAsync(
            () =>
            {
                // Until the connection is marked, a message may still go out on it.
                client.Send(hop, Sample.Request(2));
                return client.Counters.ConnectionsOpened == 2;
            },
            "a second connection");
        using var second = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.True(await second.ReceiveAsync(new byte[10]) > 0);
    }

    [Fact]
    public async Task A_client_that_has_gone_is_not_connected_to()
    {
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide);
        var client = Open(new RecordingReceiver());
        client.Send(To(server), Sample.Request(1));
        var (_, from) = await serverSide.NextAsync();
        await client.DisposeAsync();
        Assert.Equal(from, await serverSide.NextFailureAsync());
        Assert.Equal(SipSendResult.Closed, server.Send(from, Sample.Response(1)));
        Assert.Equal(0, server.Counters.ConnectFailures);
    }

    [Fact]
    public async Task A_dead_flow_with_the_address_of_a_listener_connects_there()
    {
        var clientSide = new RecordingReceiver();
        await using var server = Open(new RecordingReceiver());
        await using var client = Open(clientSide);
        var contact = new SipHop(Kind, client.LocalEndPoint, long.MaxValue);
        Assert.Equal(SipSendResult.Queued, server.Send(contact, Sample.Request(5)));
        Assert.Equal(5u, (await clientSide.NextAsync()).Message.CSeqNumber);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_fills_its_own_queue_only_and_is_closed()
    {
        var time = new FakeTimeProvider();
        var settings = new SipTransportSettings { MaxSendQueueBytes = 1 << 20, Time = time };
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, settings);
        using var deaf = Connect(server);
        deaf.Send(Sample.Request(1));
        var (_, from) = await serverSide.NextAsync();
        var big = new byte[60_000];
        await AssertServesAsync(server, serverSide);

        // The kernel takes some megabytes at first; then nothing moves any more.
        await Eventually.IsTrueAsync(
            () =>
            {
                SipSendResult result;
                do
                {
                    result = server.Send(from, big);
                }
                while (result == SipSendResult.Queued);

                time.Advance(settings.PartialMessageTimeout);
                return server.Counters.SlowPeersClosed == 1;
            },
            "the deaf peer is closed");
        Assert.True(server.Counters.SendOverflows > 0);
        Assert.Equal(from, await serverSide.NextFailureAsync());
        Assert.True(server.Counters.MessagesDropped > 0);
        await AssertServesAsync(server, serverSide);
    }

    [Fact]
    public async Task A_message_that_does_not_get_complete_closes_its_connection_in_time()
    {
        var time = new FakeTimeProvider();
        var settings = new SipTransportSettings { Time = time };
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, settings);
        using var slow = Connect(server);
        using var idle = Connect(server);
        idle.Send("\r\n"u8);
        var whole = Sample.Request(1);
        slow.Send(whole.AsSpan()[..^1]);
        await Eventually.IsTrueAsync(() => server.Counters.BytesReceived == whole.Length + 1, "all bytes there");
        await Eventually.IsTrueAsync(
            () =>
            {
                time.Advance(settings.PartialMessageTimeout / 4);
                return server.Counters.SlowPeersClosed == 1;
            },
            "the slow peer is closed");
        Assert.Equal(0, await slow.ReceiveAsync(new byte[10]));

        // The idle one has sent no more than a line end, which is no message that has begun.
        time.Advance(settings.PartialMessageTimeout * 3);
        idle.Send(Sample.Request(2));
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(1, server.Counters.SlowPeersClosed);
    }

    [Fact]
    public async Task Steady_progress_is_not_slow()
    {
        var time = new FakeTimeProvider();
        var settings = new SipTransportSettings { Time = time };
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide, settings);
        using var peer = Connect(server);
        var message = Sample.Request(1);

        // Each write ends one message and begins the next, so that there is always a partial one, none of them older than the limit.
        peer.Send(message.AsSpan()[..50]);
        for (var round = 0; round < 20; round++)
        {
            peer.Send(message.AsSpan()[50..].ToArray().Concat(message[..50]).ToArray());
            await serverSide.NextAsync();
            await Eventually.IsTrueAsync(() => server.Counters.BytesReceived == ((round + 1) * message.Length) + 50, "the next one begun");

            // A third: the message is here a moment before the server has noted when the next one began, and may be a step older by then.
            time.Advance(settings.PartialMessageTimeout / 3);
        }

        Assert.Equal(0, server.Counters.SlowPeersClosed);
        Assert.Equal(20, server.Counters.MessagesReceived);
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_fails()
    {
        // A listener whose queue is full neither accepts nor refuses.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var waiting = new List<Socket>();
        try
        {
            for (var count = 0; count < 4; count++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                waiting.Add(filler);
                Assert.Throws<SocketException>(() => filler.Connect(full.LocalEndPoint!));
            }

            var time = new FakeTimeProvider();
            var receiver = new RecordingReceiver();
            await using var client = Open(receiver, new SipTransportSettings { Time = time });
            client.Send(new SipHop(Kind, (IPEndPoint)full.LocalEndPoint!, 0), Sample.Request(1));
            await Eventually.IsTrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(5));
                    return receiver.HasFailure;
                },
                "the connection is given up");
            Assert.Equal(1, client.Counters.ConnectFailures);
            Assert.Equal(1, client.Counters.MessagesDropped);
        }
        finally
        {
            waiting.ForEach(static socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Ipv6_and_a_socket_for_both_families_work()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "No IPv6 here.");
        var serverSide = new RecordingReceiver();
        var clientSide = new RecordingReceiver();
        await using var server = Open(serverSide, new SipTransportSettings { Listen = new IPEndPoint(IPAddress.IPv6Any, 0) });
        await using var client = Open(clientSide);
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            client.Send(new SipHop(Kind, new IPEndPoint(address, server.LocalEndPoint.Port), 0), Sample.Request(1));
            var (_, from) = await serverSide.NextAsync();
            Assert.Equal(address, from.EndPoint.Address);
            Assert.Equal(SipSendResult.Queued, server.Send(from, Sample.Response(1)));
            Assert.Equal(1u, (await clientSide.NextAsync()).Message.CSeqNumber);
        }
    }

    [Fact]
    public async Task Outgoing_connections_come_from_the_given_source_address()
    {
        var serverSide = new RecordingReceiver();
        await using var server = Open(serverSide);
        await using var client = Open(new RecordingReceiver(), new SipTransportSettings { Source = IPAddress.Parse("127.0.0.5") });
        client.Send(To(server), Sample.Request(1));
        Assert.Equal(IPAddress.Parse("127.0.0.5"), (await serverSide.NextAsync()).From.EndPoint.Address);
    }

    [Fact]
    public async Task Disposing_closes_every_connection_and_frees_the_port_while_others_send()
    {
        var serverSide = new RecordingReceiver();
        var server = Open(serverSide);
        using var raw = Connect(server);
        await using var client = Open(new RecordingReceiver());
        using var stop = new CancellationTokenSource();
        var hop = To(server);
        var sending = Task.Run(
            () =>
            {
                var message = Sample.Request(1, 500);
                while (!stop.IsCancellationRequested)
                {
                    client.Send(hop, message);
                }
            },
            TestContext.Current.CancellationToken);
        serverSide.React = (message, from) => server.Send(from, Sample.Response(1));
        await serverSide.NextAsync();
        await server.DisposeAsync();
        await stop.CancelAsync();
        await sending;

        Assert.Equal(0, await raw.ReceiveAsync(new byte[1]));
        Assert.Equal(server.Counters.ConnectionsOpened, server.Counters.ConnectionsClosed);
        Assert.Equal(0, server.Counters.Faults);
        await using var again = Open(new RecordingReceiver(), new SipTransportSettings { Listen = hop.EndPoint });
        Assert.Equal(hop.EndPoint, again.LocalEndPoint);
    }

    [Fact]
    public async Task Nothing_keeps_a_disposed_transport_alive()
    {
        var (first, second) = await UseAndDisposeAsync();
        await Eventually.IsTrueAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !first.IsAlive && !second.IsAlive;
            },
            "both transports are collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Client, WeakReference Server)> UseAndDisposeAsync()
    {
        var serverSide = new RecordingReceiver();
        var client = Open(new RecordingReceiver());
        var server = Open(serverSide);
        client.Send(To(server), Sample.Request(1));
        await serverSide.NextAsync();
        await client.DisposeAsync();
        await server.DisposeAsync();
        return (new WeakReference(client), new WeakReference(server));
    }

    private async Task AssertServesAsync(ISipTransport server, RecordingReceiver serverSide)
    {
        await using var client = Open(new RecordingReceiver());
        client.Send(To(server), Sample.Request(77));
        Assert.Equal(77u, (await serverSide.NextAsync()).Message.CSeqNumber);
        await client.DisposeAsync();
        await serverSide.NextFailureAsync();
    }

    private static Socket Connect(ISipTransport server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(server.LocalEndPoint);
        return socket;
    }
}
