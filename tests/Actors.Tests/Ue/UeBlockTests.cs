using System.Globalization;
using System.Net;
using System.Text;
using Akka.Actor;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Tests.Core;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

public sealed class UeBlockTests : IAsyncLifetime
{
    private static readonly byte[] MasterSecret = Encoding.ASCII.GetBytes("a secret of thirty-two bytes....");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = FarmActorSystem.Create("ue-block-tests", "akka.loglevel = OFF");
    private readonly WakeUpWheel _wheel = new(TimeProvider.System, TimeSpan.FromMilliseconds(5));
    private readonly RecordingUeObserver _observer = new();
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

    [Fact]
    public async Task What_others_rely_on_leaves_a_phone_only_when_it_is_safe()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 32, "md5-");
        var journal = new ManualUeJournal();
        region.StartBlock(_system, 0, new UeBlockStart(Journal: journal));
        region.StartBlock(_system, 1, new UeBlockStart(Journal: journal));
        await RegisterAsync(region, 0);
        await RegisterAsync(region, 20);

        region.Tell(new UeCommands.SendText(new UeId(0), 1, AddressOf("md5-", 20), "hello"u8.ToArray()));
        await _observer.NextAsync(UeEffectKind.MessageSent, 0);
        Assert.Equal(0, core.Counters[CoreFact.MessageRouted] + core.Counters.MessagesChallenged);
        Assert.True(SpinWait.SpinUntil(() => journal.Waiting == 1, Patience));
        journal.ConfirmAll();

        // The receiver has judged it and says nothing until that is safe: its sender goes without an answer.
        Assert.Equal(ReceiveOutcome.Accepted, (await _observer.NextAsync(UeEffectKind.MessageReceived, 20)).Outcome);
        Assert.True(SpinWait.SpinUntil(() => journal.Waiting == 1, Patience));
        Assert.DoesNotContain(journal.Written, static entry => entry.Fact.Kind == UeEffectKind.MessageAnswered);
        journal.ConfirmAll();
        Assert.Equal(200, (await _observer.NextAsync(UeEffectKind.MessageAnswered, 0)).Status);
    }

    [Fact]
    public async Task A_block_that_is_hidden_is_away_for_now_and_comes_back_with_its_memory()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 32, "md5-");
        var flash = new UeDurableState?[16];
        var first = region.StartBlock(_system, 1, new UeBlockStart(flash, new ManualUeJournal()));
        await RegisterAsync(region, 20);
        flash[4]!.LastSent = NtpTimestamp.FromOrderKey(ulong.MaxValue >> 1);
        var before = flash[4]!.LastSent;

        first.Hide();
        await first.Parent.GracefulStop(Patience);
        var peer = Open(CorePeer.Open(receiver => SipTransports.StartTcp(new SipTransportSettings(), receiver)));
        var hop = new SipHop(SipTransportKind.Tcp, region.Transport.LocalEndPoint, 0);
        var contact = "sip:" + UeAddressing.ContactUserOf(20) + "@h";
        Assert.Equal(480, (await peer.RequestAsync(hop, "OPTIONS", contact, "sip:x@h", contact, "away", 1)).StatusCode);
        Assert.Equal(1, region.Counters.AbsentTargets);

        var journal = new ManualUeJournal();
        region.StartBlock(_system, 1, new UeBlockStart(flash, journal));
        Assert.Equal(480, (await peer.RequestAsync(hop, "OPTIONS", contact, "sip:x@h", contact, "not-back-yet", 1)).StatusCode);
        await RegisterAsync(region, 20);
        region.Tell(new UeCommands.SendText(new UeId(20), 1, AddressOf("md5-", 3), "hello"u8.ToArray()));
        Assert.True((await _observer.NextAsync(UeEffectKind.MessageSent, 20)).Timestamp > before);
    }

    [Fact]
    public async Task A_congested_journal_makes_peers_wait()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 16, "md5-");
        var journal = new ManualUeJournal { IsCongested = true };
        region.StartBlock(_system, 0, new UeBlockStart(Journal: journal));
        var peer = Open(CorePeer.Open(receiver => SipTransports.StartTcp(new SipTransportSettings(), receiver)));
        var hop = new SipHop(SipTransportKind.Tcp, region.Transport.LocalEndPoint, 0);
        var contact = "sip:" + UeAddressing.ContactUserOf(0) + "@h";
        Assert.Equal(503, (await peer.RequestAsync(hop, "MESSAGE", contact, "sip:x@h", contact, "full", 1, "Content-Type: text/plain\r\n", "hello")).StatusCode);
        Assert.Equal(1, region.Counters.Overloaded);
        Assert.Empty(journal.Written);
    }

    [Fact]
    public async Task Phones_follow_a_core_that_moves()
    {
        var old = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, old.EndPoint, 0), 16, "md5-");
        region.StartBlock(_system, 0, UeBlockStart.Fresh);
        await RegisterAsync(region, 0);
        await RegisterAsync(region, 1);
        region.Tell(new UeCommands.GoOffline(new UeId(1), OfflineKind.Clean));
        await _observer.NextAsync(UeEffectKind.WentOffline, 1);

        var next = await StartCoreAsync(SipTransportKind.Tcp);
        region.MoveCore(new SipHop(SipTransportKind.Tcp, next.EndPoint, 0));
        await _observer.NextAsync(UeEffectKind.WentOffline, 0);
        await _observer.NextAsync(UeEffectKind.Registered, 0);
        Assert.Equal(1, next.Counters.Bindings);
        await RegisterAsync(region, 1);
        Assert.Equal(2, next.Counters.Bindings);
    }

    private async Task RegisterAsync(UeRegion region, int phone)
    {
        region.Tell(new UeCommands.GoOnline(new UeId(phone)));
        await _observer.NextAsync(UeEffectKind.Registered, phone);
    }

    private static string AddressOf(string scheme, int index) => $"sip:{scheme}{index.ToString(CultureInfo.InvariantCulture)}@ims.example";

    private T Open<T>(T resource)
        where T : IAsyncDisposable
    {
        _open.Add(resource);
        return resource;
    }

    private async Task<CoreServer> StartCoreAsync(SipTransportKind transport) => Open(await CoreServer.StartAsync(
        _system,
        new CoreSettings
        {
            Domain = "ims.example",
            Subscribers = new CoreDirectory(),
            Udp = transport == SipTransportKind.Udp,
            Random = SystemRandomSource.Instance,
        },
        _wheel));

    private async Task<UeRegion> StartRegionAsync(SipHop core, int count, string scheme, InMemorySipNetwork? network = null) =>
        Open(await UeRegion.StartAsync(_system, SettingsOf(core, count, scheme, network) with { IsSplit = true }, _wheel));

    private UeFarmSettings SettingsOf(SipHop core, int count, string scheme, InMemorySipNetwork? network)
    {
        var service = new KeyManagementService(new KmsSettings { MasterSecret = MasterSecret }, SystemRandomSource.Instance);
        return new UeFarmSettings
        {
            Count = count,
            Ue = new UeSettings
            {
                Domain = "ims.example",
                Core = core,
                Transport = core.Transport,
                ContactHost = string.Empty,
                RegistrationRetryBase = TimeSpan.FromMilliseconds(50),
            },
            ProfileOf = index => new UeProfile(
                index, AddressOf(scheme, index), CoreDirectory.CredentialsOf(scheme + index.ToString(CultureInfo.InvariantCulture)),
                KeyManagementService.DerivePsk(MasterSecret, AddressOf(scheme, index), MikeySuite.Aes128Sha1)),
            Observer = _observer,
            Kms = _system.ActorOf(KmsPool.Props(service, new KmsCounters(), TimeProvider.System, 2)),
            Transport = new SipTransportSettings(),
            OpenTransport = network is null ? null : receiver => network.Open(IPEndPoint.Parse("10.0.0.2:0"), receiver, SipLimits.Default),
            Random = SystemRandomSource.Instance,
            PhonesPerParent = 16,
            RestartPause = TimeSpan.FromMilliseconds(10),
        };
    }
}
