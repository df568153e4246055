using System.Net;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class InMemorySipNetworkTests : SipTransportTests
{
    private readonly InMemorySipNetwork _network = new();

    private protected override SipTransportKind Kind => SipTransportKind.Memory;

    private protected override ISipTransport Open(ISipReceiver receiver, SipTransportSettings settings) =>
        _network.Open(settings.Listen, receiver, settings.Limits, settings.Allow);

    [Fact]
    public async Task Kinds_share_addresses_but_not_messages_and_a_free_port_is_free_for_all_of_them()
    {
        var datagrams = new RecordingReceiver();
        await using var tcp = _network.Open(new IPEndPoint(IPAddress.Loopback, 0), new RecordingReceiver(), SipLimits.Default, kind: SipTransportKind.Tcp);
        await using var udp = _network.Open(tcp.LocalEndPoint, datagrams, SipLimits.Default, kind: SipTransportKind.Udp);
        await using var client = _network.Open(new IPEndPoint(IPAddress.Loopback, 0), new RecordingReceiver(), SipLimits.Default, kind: SipTransportKind.Udp);
        Assert.NotEqual(tcp.LocalEndPoint, client.LocalEndPoint);
        client.Send(To(udp), Sample.Request(1));
        var (_, from) = await datagrams.NextAsync();
        Assert.Equal(new SipHop(SipTransportKind.Udp, client.LocalEndPoint, 0), from);
        Assert.Equal(0, tcp.Counters.MessagesReceived);
    }

    [Fact]
    public async Task With_a_manual_pump_nothing_moves_by_itself()
    {
        var (network, client, server, serverSide) = Pair(new InMemoryNetworkOptions { ManualPump = true });
        client.Send(To(server), Sample.Request(1));
        client.Send(To(server), Sample.Request(2));
        Assert.False(serverSide.HasMessage);

        Assert.True(network.PumpOne());
        Assert.Equal(1u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.False(serverSide.HasMessage);
        Assert.Equal(1, network.Pump());
        Assert.Equal(2u, (await serverSide.NextAsync()).Message.CSeqNumber);
        Assert.Equal(0, network.Pump());
    }

    [Fact]
    public void Latency_holds_messages_back_until_their_time()
    {
        var time = new FakeTimeProvider();
        var (network, client, server, serverSide) = Pair(
            new InMemoryNetworkOptions { ManualPump = true, Time = time, Latency = TimeSpan.FromMilliseconds(40) });
        client.Send(To(server), Sample.Request(1));
        Assert.Equal(time.GetInstant() + TimeSpan.FromMilliseconds(40), network.NextDelivery);
        time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Equal(0, network.Pump());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, network.Pump());
        Assert.True(serverSide.HasMessage);
        Assert.Equal(Instant.Never, network.NextDelivery);
    }

    [Fact]
    public async Task Without_a_manual_pump_latency_follows_the_given_clock()
    {
        var time = new FakeTimeProvider();
        var (_, client, server, serverSide) = Pair(new InMemoryNetworkOptions { Time = time, Latency = TimeSpan.FromMilliseconds(40) });
        client.Send(To(server), Sample.Request(1));
        time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(serverSide.HasMessage);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1u, (await serverSide.NextAsync()).Message.CSeqNumber);
    }

    [Theory]
    [InlineData(0.25, 0, 0)]
    [InlineData(0, 0.25, 0)]
    [InlineData(0, 0, 0.25)]
    [InlineData(0.1, 0.1, 0.1)]
    public async Task Faults_happen_at_their_rate_and_one_seed_gives_one_run(double loss, double duplication, double reordering)
    {
        var first = await RunAsync(loss, duplication, reordering, seed: 7);
        var again = await RunAsync(loss, duplication, reordering, seed: 7);
        var other = await RunAsync(loss, duplication, reordering, seed: 8);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        var distinct = first.Distinct().Count();
        Assert.InRange(1.0 - (distinct / 2000.0), loss - 0.05, loss + 0.05);
        Assert.InRange((first.Count - distinct) / (double)distinct, duplication - 0.05, duplication + 0.05);
        Assert.Equal(reordering > 0, !first.SequenceEqual(first.Order()));
    }

    [Fact]
    public async Task An_endpoint_where_nobody_listens_fails_the_flow()
    {
        var network = new InMemorySipNetwork(new InMemoryNetworkOptions { ManualPump = true });
        var receiver = new RecordingReceiver();
        var client = network.Open(new IPEndPoint(IPAddress.Loopback, 0), receiver, SipLimits.Default);
        var nobody = new SipHop(SipTransportKind.Memory, new IPEndPoint(IPAddress.Loopback, 9), 0);
        Assert.Equal(SipSendResult.Queued, client.Send(nobody, Sample.Request(1)));
        Assert.False(receiver.HasFailure);
        network.Pump();
        Assert.Equal(nobody, await receiver.NextFailureAsync());
        Assert.Equal(1, client.Counters.ConnectFailures);
    }

    [Fact]
    public async Task An_address_is_free_again_after_its_transport_is_disposed()
    {
        var address = new IPEndPoint(IPAddress.Loopback, 5060);
        var first = _network.Open(address, new RecordingReceiver(), SipLimits.Default);
        Assert.Throws<InvalidOperationException>(() => _network.Open(address, new RecordingReceiver(), SipLimits.Default));
        await first.DisposeAsync();
        await using var second = _network.Open(address, new RecordingReceiver(), SipLimits.Default);
        Assert.Equal(address, second.LocalEndPoint);
    }

    private static async Task<List<uint>> RunAsync(double loss, double duplication, double reordering, ulong seed)
    {
        var time = new FakeTimeProvider();
        var (network, client, server, serverSide) = Pair(new InMemoryNetworkOptions
        {
            ManualPump = true,
            Time = time,
            Random = new SeededRandomSource(seed),
            Loss = loss,
            Duplication = duplication,
            Reordering = reordering,
        });
        var arrived = new List<uint>();
        for (var number = 0; number < 2000; number++)
        {
            client.Send(To(server), Sample.Request(number));
            time.Advance(TimeSpan.FromMilliseconds(5));
            network.Pump();
        }

        time.Advance(TimeSpan.FromSeconds(1));
        network.Pump();
        while (serverSide.HasMessage)
        {
            arrived.Add((await serverSide.NextAsync()).Message.CSeqNumber);
        }

        return arrived;
    }

    private static (InMemorySipNetwork Network, ISipTransport Client, ISipTransport Server, RecordingReceiver ServerSide) Pair(InMemoryNetworkOptions options)
    {
        var network = new InMemorySipNetwork(options);
        var serverSide = new RecordingReceiver();
        var client = network.Open(new IPEndPoint(IPAddress.Loopback, 0), new RecordingReceiver(), SipLimits.Default);
        var server = network.Open(new IPEndPoint(IPAddress.Loopback, 0), serverSide, SipLimits.Default);
        return (network, client, server, serverSide);
    }
}
