using System.Net;
using Akka.Actor;
using UeFarm.Actors.Core;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Actors.Tests.Core;

/// <summary>The core over real sockets on loopback.</summary>
public sealed class CoreServerTests : IAsyncLifetime
{
    private static readonly SipTransportSettings Loopback = new();

    private readonly ActorSystem _system = ActorSystem.Create("core-tests", "akka.loglevel = OFF");
    private readonly WakeUpWheel _wheel = new(TimeProvider.System, TimeSpan.FromMilliseconds(10));
    private readonly List<IAsyncDisposable> _open = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in Enumerable.Reverse(_open))
        {
            await resource.DisposeAsync();
        }

        await _wheel.DisposeAsync();
        await _system.Terminate();
        _system.Dispose();
    }

    [Theory]
    [InlineData("md5-bob", SipTransportKind.Tcp)]
    [InlineData("sha-bob", SipTransportKind.Tcp)]
    [InlineData("aka-bob", SipTransportKind.Tcp)]
    [InlineData("md5-bob", SipTransportKind.Udp)]
    [InlineData("aka-bob", SipTransportKind.Udp)]
    public async Task A_phone_registers_refreshes_and_leaves(string name, SipTransportKind transport)
    {
        var (core, hop) = await StartAsync(transport);
        var peer = OpenPeer(transport);
        var client = ClientOf(name);
        Assert.Equal(200, await peer.RegisterAsync(hop, name, client));
        Assert.Equal(200, await peer.RegisterAsync(hop, name, client, cseq: 10));
        Assert.Equal(1, core.Counters.Bindings);
        Assert.Equal(200, await peer.RegisterAsync(hop, name, client, cseq: 20, expires: 0));
        Assert.Equal((2, 1, 1, 0), (core.Counters.RegistersAccepted, core.Counters.RegistersChallenged, core.Counters.Deregistrations, core.Counters.Bindings));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_do_not_register()
    {
        var (core, hop) = await StartAsync();
        var peer = OpenPeer();
        var thief = new DigestClient(CoreDirectory.CredentialsOf("md5-bob") with { Password = "guess" }, new SeededRandomSource(1));
        Assert.Equal(403, await peer.RegisterAsync(hop, "md5-bob", thief));
        Assert.Equal(404, await peer.RegisterAsync(hop, "nobody", ClientOf("md5-bob")));
        Assert.Equal((0, 2), (core.Counters.Bindings, core.Counters.RegistersRefused));
    }

    [Fact]
    public async Task An_aka_phone_ahead_of_the_network_is_resynchronised()
    {
        var (core, hop) = await StartAsync();
        var client = ClientOf("aka-bob");
        client.SqnMs = AkaVector.MaxSqn - 640_000;
        Assert.Equal(200, await OpenPeer().RegisterAsync(hop, "aka-bob", client));
        Assert.Equal(1, core.Counters.Resynchronisations);
        Assert.True(client.SqnMs > AkaVector.MaxSqn - 640_000);
    }

    [Theory]
    [InlineData(SipTransportKind.Tcp)]
    [InlineData(SipTransportKind.Udp)]
    public async Task Messages_reach_every_phone_from_every_other_whatever_their_partitions(SipTransportKind transport)
    {
        const int Phones = 12;
        var (core, hop) = await StartAsync(transport);
        var left = OpenPeer(transport);
        var right = OpenPeer(transport);
        left.AnswerAtOnce = right.AnswerAtOnce = static _ => 200;
        for (var index = 0; index < Phones; index++)
        {
            Assert.Equal(200, await (index % 2 == 0 ? left : right).RegisterAsync(hop, $"md5-{index}", ClientOf($"md5-{index}")));
        }

        var answers = new List<Task<SipResponse>>();
        for (var from = 0; from < Phones; from++)
        {
            for (var to = 0; to < Phones; to++)
            {
                answers.Add((from % 2 == 0 ? left : right).MessageAsync(hop, $"md5-{from}", $"md5-{to}", 1));
            }
        }

        Assert.All(await Task.WhenAll(answers), static response => Assert.Equal(200, response.StatusCode));
        Assert.Equal(Phones * Phones, core.Counters.MessagesRouted);
        Assert.Equal(0, core.Counters.MessagesChallenged);
    }

    [Fact]
    public async Task What_is_on_its_way_to_a_phone_that_begins_anew_is_given_up_whatever_partitions_it_came_through()
    {
        const int Senders = 12;
        var (core, hop) = await StartAsync(SipTransportKind.Udp);
        var senders = OpenPeer(SipTransportKind.Udp);
        for (var index = 0; index < Senders; index++)
        {
            Assert.Equal(200, await senders.RegisterAsync(hop, $"md5-{index}", ClientOf($"md5-{index}")));
        }

        var bob = OpenPeer(SipTransportKind.Udp);
        var client = ClientOf("md5-bob");
        Assert.Equal(200, await bob.RegisterAsync(hop, "md5-bob", client));
        var sending = Enumerable.Range(0, Senders).Select(index => senders.MessageAsync(hop, $"md5-{index}", "md5-bob", 1)).ToArray();
        var arrived = new HashSet<string>();
        while (arrived.Count < Senders)
        {
            arrived.Add((await bob.ReceiveAsync()).Request.From.Uri.ToString());
        }

        Assert.Equal(200, await bob.RegisterAsync(hop, "md5-bob", client, cseq: 10, expires: 0));
        Assert.Equal(0, core.Counters.ForwardsOutdated);
        Assert.Equal(200, await bob.RegisterAsync(hop, "md5-bob", client, cseq: 20));
        Assert.All(await Task.WhenAll(sending), static response => Assert.Equal(480, response.StatusCode));
        Assert.Equal(Senders, core.Counters.ForwardsOutdated);
    }

    [Fact]
    public async Task An_application_server_hears_who_is_there_gets_what_is_sent_and_delivers()
    {
        var server = OpenPeer();
        server.AnswerAtOnce = static request => request.Method == SipMethod.Register ? 200 : null;
        var serverHop = new SipHop(SipTransportKind.Tcp, server.Transport.LocalEndPoint, 0);
        var (core, hop) = await StartAsync(applicationServer: serverHop);
        var phones = OpenPeer();
        Assert.Equal(200, await phones.RegisterAsync(hop, "md5-alice", ClientOf("md5-alice")));
        Assert.Equal(200, await phones.RegisterAsync(hop, "aka-bob", ClientOf("aka-bob")));

        var sending = phones.MessageAsync(hop, "md5-alice", "aka-bob", 1);
        var (stored, from) = await server.ReceiveAsync();
        Assert.Equal("sip:aka-bob@ims.example", stored.RequestUri.ToString());
        Assert.Equal("<sip:md5-alice@ims.example>", stored.GetHeaderText(SipHeaderId.PAssertedIdentity));
        server.Answer(stored, from, 202);
        Assert.Equal(202, (await sending).StatusCode);

        var delivering = server.MessageAsync(hop, "md5-alice", "aka-bob", 2);
        var (delivered, flow) = await phones.ReceiveAsync();
        Assert.Equal($"sip:aka-bob@{phones.Transport.LocalEndPoint}", delivered.RequestUri.ToString());
        Assert.Equal("<sip:aka-bob@ims.example>", delivered.GetHeaderText(SipHeaderId.PCalledPartyId));
        phones.Answer(delivered, flow, 200);
        Assert.Equal(200, (await delivering).StatusCode);
        Assert.Equal(480, (await server.MessageAsync(hop, "md5-alice", "md5-carol", 3)).StatusCode);
        Assert.Equal(2, core.Counters.NotifiedApplicationServer);
    }

    [Fact]
    public async Task A_phone_that_is_gone_is_480_and_back_at_another_address_it_is_reached()
    {
        var (_, hop) = await StartAsync();
        var alice = OpenPeer();
        var bob = OpenPeer();
        Assert.Equal(200, await alice.RegisterAsync(hop, "md5-alice", ClientOf("md5-alice")));
        Assert.Equal(200, await bob.RegisterAsync(hop, "md5-bob", ClientOf("md5-bob")));
        await bob.DisposeAsync();
        Assert.Equal(480, (await alice.MessageAsync(hop, "md5-alice", "md5-bob", 1)).StatusCode);

        var again = OpenPeer();
        again.AnswerAtOnce = static _ => 200;
        Assert.Equal(200, await again.RegisterAsync(hop, "md5-bob", ClientOf("md5-bob"), cseq: 50));
        Assert.Equal(200, (await alice.MessageAsync(hop, "md5-alice", "md5-bob", 2)).StatusCode);
    }

    [Fact]
    public async Task A_fault_costs_one_message_and_no_binding()
    {
        var (core, hop) = await StartAsync(partitions: 1);
        var peer = OpenPeer();
        peer.AnswerAtOnce = static _ => 200;
        Assert.Equal(200, await peer.RegisterAsync(hop, "md5-alice", ClientOf("md5-alice")));
        var lost = peer.RequestAsync(hop, "REGISTER", "sip:ims.example", "sip:fault@ims.example", "sip:fault@ims.example", "f", 1);
        Assert.Equal(200, (await peer.MessageAsync(hop, "md5-alice", "md5-alice", 1)).StatusCode);
        Assert.Equal((1, 1), (core.Counters.Restarts, core.Counters.Bindings));
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task Over_the_in_memory_network_bindings_expire_in_virtual_time()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await using var wheel = new WakeUpWheel(time, TimeSpan.FromMilliseconds(10));
        var network = new InMemorySipNetwork();
        var settings = CreateSettings(SipTransportKind.Memory, null, partitions: 2);
        await using var core = await CoreServer.StartAsync(
            _system, settings, wheel, receiver => [network.Open(IPEndPoint.Parse("10.0.0.1:5060"), receiver, SipLimits.Default)]);
        await using var peer = CorePeer.Open(receiver => network.Open(IPEndPoint.Parse("10.1.0.1:0"), receiver, SipLimits.Default));
        peer.AnswerAtOnce = static _ => 200;
        var hop = new SipHop(SipTransportKind.Memory, core.EndPoint, 0);
        Assert.Equal(200, await peer.RegisterAsync(hop, "md5-alice", ClientOf("md5-alice"), expires: 600));
        Assert.Equal(200, await peer.RegisterAsync(hop, "md5-bob", ClientOf("md5-bob"), expires: 300));
        Assert.Equal(200, (await peer.MessageAsync(hop, "md5-alice", "md5-bob", 1)).StatusCode);
        time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(200, (await peer.MessageAsync(hop, "md5-alice", "md5-bob", 2)).StatusCode);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(480, (await peer.MessageAsync(hop, "md5-alice", "md5-bob", 3)).StatusCode);
        Assert.Equal(1, core.Counters.BindingsExpired);
    }

    [Fact]
    public async Task Tcp_and_udp_share_one_port_and_responses_nobody_asked_for_are_counted()
    {
        var (core, hop) = await StartAsync(SipTransportKind.Udp);
        Assert.Equal(2, core.Transports.Count);
        Assert.All(core.Transports, transport => Assert.Equal(core.EndPoint, transport.LocalEndPoint));
        var peer = OpenPeer(SipTransportKind.Udp);
        peer.Transport.Send(hop, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKpff\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"u8 +
            "Call-ID: x\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"u8);
        Assert.Equal(200, (await peer.RequestAsync(hop, "OPTIONS", "sip:ims.example", "sip:x@ims.example", "sip:ims.example", "o", 1)).StatusCode);
        Assert.Equal(1, core.Counters.Unroutable);
    }

    private static DigestClient ClientOf(string name) => new(CoreDirectory.CredentialsOf(name), new SeededRandomSource(7));

    private static CoreSettings CreateSettings(SipTransportKind transport, SipHop? applicationServer, int partitions) => new()
    {
        Domain = "ims.example",
        Subscribers = new CoreDirectory(),
        ApplicationServer = applicationServer,
        Partitions = partitions,
        Udp = transport == SipTransportKind.Udp,
        Random = SystemRandomSource.Instance,
    };

    private async Task<(CoreServer Core, SipHop Hop)> StartAsync(
        SipTransportKind transport = SipTransportKind.Tcp, SipHop? applicationServer = null, int partitions = 4)
    {
        var core = await CoreServer.StartAsync(_system, CreateSettings(transport, applicationServer, partitions), _wheel);
        _open.Add(core);
        return (core, new SipHop(transport, core.EndPoint, 0));
    }

    private CorePeer OpenPeer(SipTransportKind transport = SipTransportKind.Tcp)
    {
        var peer = CorePeer.Open(receiver => transport == SipTransportKind.Tcp
            ? SipTransports.StartTcp(Loopback, receiver) : SipTransports.StartUdp(Loopback, receiver));
        _open.Add(peer);
        return peer;
    }
}
