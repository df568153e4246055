using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Actors.Tests.Core;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

public sealed class UeRegionTests : UeRegionFixture
{
    [Theory]
    [InlineData(SipTransportKind.Tcp, "aka-")]
    [InlineData(SipTransportKind.Udp, "md5-")]
    public async Task Phones_register_with_the_real_core_write_to_each_other_and_leave(SipTransportKind transport, string scheme)
    {
        var core = await StartCoreAsync(transport);
        var region = await StartRegionAsync(new SipHop(transport, core.EndPoint, 0), 40, scheme);
        for (var index = 0; index < 40; index++)
        {
            region.Tell(new UeCommands.GoOnline(new UeId(index)));
        }

        var registered = new HashSet<int>();
        while (registered.Count < 40)
        {
            var (ue, fact) = await Observer.NextAsync();
            Assert.Equal(UeEffectKind.Registered, fact.Kind);
            Assert.True(registered.Add(ue.Index));
        }

        for (var index = 0; index < 40; index++)
        {
            region.Tell(new UeCommands.SendText(new UeId(index), index, AddressOf(scheme, (index + 1) % 40), Encoding.UTF8.GetBytes("hello")));
        }

        var accepted = new HashSet<int>();
        var answered = new HashSet<long>();
        while (accepted.Count < 40 || answered.Count < 40)
        {
            var (ue, fact) = await Observer.NextAsync();
            switch (fact.Kind)
            {
                case UeEffectKind.MessageReceived:
                    Assert.Equal(ReceiveOutcome.Accepted, fact.Outcome);
                    Assert.Equal(((ue.Index + 39) % 40).ToString(CultureInfo.InvariantCulture), fact.MessageId);
                    Assert.False(fact.IdentityDiffers);
                    Assert.True(accepted.Add(ue.Index));
                    break;
                case UeEffectKind.MessageAnswered:
                    Assert.Equal(200, fact.Status);
                    Assert.True(answered.Add(fact.Token));
                    break;
                default:
                    Assert.Equal(UeEffectKind.MessageSent, fact.Kind);
                    break;
            }
        }

        region.Tell(new UeCommands.GoOffline(new UeId(3), OfflineKind.Clean));
        await Observer.NextAsync(UeEffectKind.WentOffline, 3);
        Assert.Equal(39, core.Counters.Bindings);
        Assert.Equal(40, region.Counters.PhonesCreated);
        Assert.Equal(0, region.Counters.Restarts);
    }

    [Fact]
    public async Task A_crashed_phone_comes_back_registered_with_its_replay_cache()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var hop = new SipHop(SipTransportKind.Tcp, core.EndPoint, 0);
        var region = await StartRegionAsync(hop, 2, "md5-");
        SipRequest? captured = null;
        Observer.OnFact = (_, fact) => captured = fact.Kind == UeEffectKind.MessageReceived && fact.Outcome == ReceiveOutcome.Accepted ? fact.Request : captured;
        region.Tell(new UeCommands.GoOnline(new UeId(0)));
        await Observer.NextAsync(UeEffectKind.Registered, 0);
        region.Tell(new UeCommands.GoOnline(new UeId(1)));
        await Observer.NextAsync(UeEffectKind.Registered, 1);
        region.Tell(new UeCommands.SendText(new UeId(0), 1, AddressOf("md5-", 1), "hello"u8.ToArray()));
        Assert.Equal(ReceiveOutcome.Accepted, (await Observer.NextAsync(UeEffectKind.MessageReceived, 1)).Outcome);

        region.Tell(new UeCommands.Crash(new UeId(1)));
        Assert.Equal("crash", (await Observer.NextAsync(UeEffectKind.WentOffline, 1)).Reason);
        await Observer.NextAsync(UeEffectKind.Registered, 1);
        Assert.Equal(new UeId(1), Assert.Single(Observer.Restarted));
        Assert.Equal(1, region.Counters.Restarts);

        // Past the core, as an attacker would, to the very phone.
        var peer = Open(CorePeer.Open(receiver => SipTransports.StartTcp(new SipTransportSettings(), receiver)));
        var body = Encoding.Latin1.GetString(captured!.Body.Span);
        var contentType = $"Content-Type: {captured.GetHeaderText(SipHeaderId.ContentType)}\r\n";
        var phone = new SipHop(SipTransportKind.Tcp, region.Transport.LocalEndPoint, 0);
        var replay = BuildReplay(captured, peer.Transport.LocalEndPoint, contentType, body);
        Assert.Equal(SipSendResult.Queued, peer.Transport.Send(phone, replay));
        Assert.Equal(ReceiveOutcome.Duplicate, (await Observer.NextAsync(UeEffectKind.MessageReceived, 1)).Outcome);
    }

    [Fact]
    public async Task A_phone_that_crashes_with_messages_in_it_ends_each_of_them_once()
    {
        var network = new InMemorySipNetwork();
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Memory, IPEndPoint.Parse("10.0.0.1:5060"), 0), 1, "md5-", network);
        using var core = new ScriptedCore(network, IPEndPoint.Parse("10.0.0.1:5060"));
        region.Tell(new UeCommands.GoOnline(new UeId(0)));
        await Observer.NextAsync(UeEffectKind.Registered, 0);
        for (var id = 1; id <= 3; id++)
        {
            region.Tell(new UeCommands.SendText(new UeId(0), id, "sip:nobody@ims.example", "text"u8.ToArray()));
        }

        Assert.Equal(1, (await Observer.NextAsync(UeEffectKind.MessageSent, 0)).Token);
        region.Tell(new UeCommands.Crash(new UeId(0)));
        for (var id = 1; id <= 3; id++)
        {
            var (_, fact) = await Observer.NextAsync();
            Assert.Equal((UeEffectKind.MessageFailed, id, SendFailure.Crash), (fact.Kind, fact.Token, fact.Failure));
        }

        await Observer.NextAsync(UeEffectKind.WentOffline, 0);
        await Observer.NextAsync(UeEffectKind.Registered, 0);
    }

    [Fact]
    public async Task A_profile_that_throws_costs_its_messages_and_nobody_elses()
    {
        var network = new InMemorySipNetwork();
        var settings = SettingsOf(new SipHop(SipTransportKind.Memory, IPEndPoint.Parse("10.0.0.1:5060"), 0), 2, "md5-", network);
        var region = Open(await UeRegion.StartAsync(
            Actors, settings with { ProfileOf = index => index == 0 ? throw new InvalidOperationException("no such subscriber") : settings.ProfileOf(index) }, Wheel));
        using var core = new ScriptedCore(network, IPEndPoint.Parse("10.0.0.1:5060"));
        region.Tell(new UeCommands.SendText(new UeId(0), 7, "sip:a@ims.example", default));
        var failed = await Observer.NextAsync(UeEffectKind.MessageFailed, 0);
        Assert.Equal((7, SendFailure.Crash), (failed.Token, failed.Failure));
        region.Tell(new UeCommands.GoOnline(new UeId(1)));
        await Observer.NextAsync(UeEffectKind.Registered, 1);
    }

    [Fact]
    public async Task Commands_of_one_thread_to_one_phone_stay_in_order_while_it_is_being_made()
    {
        const int Phones = 200;
        const int Commands = 50;
        var network = new InMemorySipNetwork();
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Memory, IPEndPoint.Parse("10.0.0.1:5060"), 0), Phones, "md5-", network);
        var tellers = Enumerable.Range(0, 4).Select(teller => Task.Run(
            () =>
            {
                for (var command = 0; command < Commands; command++)
                {
                    for (var phone = teller; phone < Phones; phone += 4)
                    {
                        region.Tell(new UeCommands.SendText(new UeId(phone), command, "sip:a@ims.example", default));
                    }
                }
            },
            TestContext.Current.CancellationToken));
        await Task.WhenAll(tellers);
        var next = new long[Phones];
        for (var fact = 0; fact < Phones * Commands; fact++)
        {
            var (ue, failed) = await Observer.NextAsync();
            Assert.Equal(SendFailure.Offline, failed.Failure);
            Assert.Equal(next[ue.Index]++, failed.Token);
        }

        Assert.Equal(Phones, region.Counters.PhonesCreated);
    }

    [Fact]
    public async Task Requests_for_nobody_are_answered_404_and_counted_and_stray_responses_are_counted()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 10, "md5-");
        var peer = Open(CorePeer.Open(receiver => SipTransports.StartTcp(new SipTransportSettings(), receiver)));
        var hop = new SipHop(SipTransportKind.Tcp, region.Transport.LocalEndPoint, 0);
        string[] targets = ["sip:bob@h", "sip:u9@h", "sip:ua@h", "sip:uzzzzzz@h"];
        foreach (var target in targets)
        {
            Assert.Equal(404, (await peer.RequestAsync(hop, "OPTIONS", target, "sip:x@h", target, "c-" + target, 1)).StatusCode);
        }

        Assert.Equal(targets.Length, region.Counters.UnknownTargets);
        Assert.Equal(0, region.Counters.PhonesCreated);

        var stray = "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKu1.0123456789abcdef\r\nFrom: <sip:a@h>;tag=1\r\n"
            + "To: <sip:a@h>;tag=2\r\nCall-ID: s\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";
        peer.Transport.Send(hop, Encoding.ASCII.GetBytes(stray));
        peer.Transport.Send(hop, Encoding.ASCII.GetBytes(stray.Replace("z9hG4bKu1.", "z9hG4bKx1.", StringComparison.Ordinal)));
        Assert.Equal(404, (await peer.RequestAsync(hop, "OPTIONS", "sip:nobody@h", "sip:x@h", "sip:nobody@h", "last", 1)).StatusCode);
        Assert.True(SpinWait.SpinUntil(() => region.Counters.UnknownResponses == 2, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task More_waiting_messages_than_allowed_are_answered_503()
    {
        using var isBlocked = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        Observer.OnFact = (_, fact) =>
        {
            if (fact.Kind == UeEffectKind.MessageReceived)
            {
                isBlocked.Set();
                mayGoOn.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
        };
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var settings = SettingsOf(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 1, "md5-", null) with { MaxWaitingMessages = 1 };
        var region = Open(await UeRegion.StartAsync(Actors, settings, Wheel));
        region.Tell(new UeCommands.GoOnline(new UeId(0)));
        await Observer.NextAsync(UeEffectKind.Registered, 0);
        var peer = Open(CorePeer.Open(receiver => SipTransports.StartTcp(new SipTransportSettings(), receiver)));
        var hop = new SipHop(SipTransportKind.Tcp, region.Transport.LocalEndPoint, 0);
        Task<SipResponse> Send(int number) =>
            peer.RequestAsync(hop, "MESSAGE", "sip:u0@h", "sip:x@h", "sip:u0@h", $"c{number}", 1, "Content-Type: text/plain\r\n", "hello");
        var first = Send(1);
        Assert.True(isBlocked.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        var second = Send(2);
        var third = await Send(3);
        Assert.Equal(503, third.StatusCode);
        Assert.Equal("1", third.GetHeaderText(SipHeaderId.RetryAfter));
        Assert.Equal(1, region.Counters.Overloaded);
        mayGoOn.Set();
        Assert.Equal(200, (await first).StatusCode);
        Assert.Equal(200, (await second).StatusCode);
    }

    [Fact]
    public async Task A_core_that_is_not_there_fails_registrations_by_transport_and_the_phone_goes_on_trying()
    {
        var network = new InMemorySipNetwork();
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Memory, IPEndPoint.Parse("10.0.0.1:5060"), 0), 2, "md5-", network);
        region.Tell(new UeCommands.GoOnline(new UeId(0)));
        Assert.Equal("transport", (await Observer.NextAsync(UeEffectKind.RegistrationFailed, 0)).Reason);
        using var core = new ScriptedCore(network, IPEndPoint.Parse("10.0.0.1:5060"));
        await Observer.NextAsync(UeEffectKind.Registered, 0);
        Assert.Equal(1, region.Counters.PhonesCreated);
    }

    private static byte[] BuildReplay(SipRequest request, IPEndPoint from, string contentType, string body) => Encoding.Latin1.GetBytes(
        $"MESSAGE {Encoding.ASCII.GetString(request.RequestUriText)} SIP/2.0\r\nVia: SIP/2.0/TCP {from};branch=z9hG4bKreplay;rport\r\nMax-Forwards: 70\r\n" +
        $"From: <{request.From.Uri}>;tag=replay\r\nTo: <{request.To.Uri}>\r\nCall-ID: replay\r\nCSeq: 1 MESSAGE\r\n{contentType}Content-Length: {body.Length}\r\n\r\n{body}");
}
