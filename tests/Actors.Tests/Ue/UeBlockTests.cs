using Akka.Actor;
using UeFarm.Actors.Tests.Core;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

public sealed class UeBlockTests : UeRegionFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_others_rely_on_leaves_a_phone_only_when_it_is_safe()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 32, "md5-", isSplit: true);
        var journal = new ManualUeJournal();
        region.StartBlock(Actors, 0, new UeBlockStart(Journal: journal));
        region.StartBlock(Actors, 1, new UeBlockStart(Journal: journal));
        await RegisterAsync(region, 0);
        await RegisterAsync(region, 20);

        region.Tell(new UeCommands.SendText(new UeId(0), 1, AddressOf("md5-", 20), "hello"u8.ToArray()));
        await Observer.NextAsync(UeEffectKind.MessageSent, 0);
        Assert.Equal(0, core.Counters[CoreFact.MessageRouted] + core.Counters.MessagesChallenged);
        Assert.True(SpinWait.SpinUntil(() => journal.Waiting == 1, Patience));
        journal.ConfirmAll();

        // The receiver has judged it and says nothing until that is safe: its sender goes without an answer.
        Assert.Equal(ReceiveOutcome.Accepted, (await Observer.NextAsync(UeEffectKind.MessageReceived, 20)).Outcome);
        Assert.True(SpinWait.SpinUntil(() => journal.Waiting == 1, Patience));
        Assert.DoesNotContain(journal.Written, static entry => entry.Fact.Kind == UeEffectKind.MessageAnswered);
        journal.ConfirmAll();
        Assert.Equal(200, (await Observer.NextAsync(UeEffectKind.MessageAnswered, 0)).Status);
    }

    [Fact]
    public async Task A_block_that_is_hidden_is_away_for_now_and_comes_back_with_its_memory()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 32, "md5-", isSplit: true);
        var flash = new UeDurableState?[16];
        var first = region.StartBlock(Actors, 1, new UeBlockStart(flash, new ManualUeJournal()));
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
        region.StartBlock(Actors, 1, new UeBlockStart(flash, journal));
        Assert.Equal(480, (await peer.RequestAsync(hop, "OPTIONS", contact, "sip:x@h", contact, "not-back-yet", 1)).StatusCode);
        await RegisterAsync(region, 20);
        region.Tell(new UeCommands.SendText(new UeId(20), 1, AddressOf("md5-", 3), "hello"u8.ToArray()));
        Assert.True((await Observer.NextAsync(UeEffectKind.MessageSent, 20)).Timestamp > before);
    }

    [Fact]
    public async Task A_congested_journal_makes_peers_wait()
    {
        var core = await StartCoreAsync(SipTransportKind.Tcp);
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, core.EndPoint, 0), 16, "md5-", isSplit: true);
        var journal = new ManualUeJournal { IsCongested = true };
        region.StartBlock(Actors, 0, new UeBlockStart(Journal: journal));
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
        var region = await StartRegionAsync(new SipHop(SipTransportKind.Tcp, old.EndPoint, 0), 16, "md5-", isSplit: true);
        region.StartBlock(Actors, 0, UeBlockStart.Fresh);
        await RegisterAsync(region, 0);
        await RegisterAsync(region, 1);
        region.Tell(new UeCommands.GoOffline(new UeId(1), OfflineKind.Clean));
        await Observer.NextAsync(UeEffectKind.WentOffline, 1);

        var next = await StartCoreAsync(SipTransportKind.Tcp);
        region.MoveCore(new SipHop(SipTransportKind.Tcp, next.EndPoint, 0));
        await Observer.NextAsync(UeEffectKind.WentOffline, 0);
        await Observer.NextAsync(UeEffectKind.Registered, 0);
        Assert.Equal(1, next.Counters.Bindings);
        await RegisterAsync(region, 1);
        Assert.Equal(2, next.Counters.Bindings);
    }

    private async Task RegisterAsync(UeRegion region, int phone)
    {
        region.Tell(new UeCommands.GoOnline(new UeId(phone)));
        await Observer.NextAsync(UeEffectKind.Registered, phone);
    }
}
