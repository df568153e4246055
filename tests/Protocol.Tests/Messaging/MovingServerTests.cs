using System.Net;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>An application server of which only later is known where it is, or that goes on elsewhere.</summary>
public class MovingServerTests
{
    private static readonly SipHop Elsewhere = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.10:5091"), 0);

    private readonly CoreHarness _core = new(template: new RegistrarSettings { Identity = null!, ExpectsApplicationServer = true });

    private readonly CoreHarness _watching = new(
        template: new RegistrarSettings { Identity = null!, ExpectsApplicationServer = true, SendsThirdPartyRegistrations = false });

    private int _subscribes;

    [Fact]
    public void Nothing_is_sent_past_a_server_that_is_not_there_yet()
    {
        var (alice, bob) = (Register("alice"), Register("bob"));
        Assert.Empty(_core.Sent);
        alice.SendMessage("bob");
        var refused = _core.Take<SipResponse>();
        Assert.Equal(503, refused.StatusCode);
        Assert.Equal("1", refused.GetHeaderText(SipHeaderId.RetryAfter));

        _core.MoveServer(CoreHarness.Server);
        AnswerNotices(CoreHarness.Server, 2);
        bob.SendMessage("alice");
        _core.Take<SipRequest>(out var hop);
        Assert.Equal(CoreHarness.Server, hop);
    }

    [Fact]
    public void A_server_that_takes_over_is_told_of_everybody_and_speaks_for_itself()
    {
        _core.MoveServer(CoreHarness.Server);
        var alice = Register("alice");
        AnswerNotices(CoreHarness.Server, 1);
        Register("bob");
        AnswerNotices(CoreHarness.Server, 1);
        _core.MoveServer(Elsewhere);
        AnswerNotices(Elsewhere, 2);
        Assert.Equal(0, _core.Registrar.PendingNotifications);
        alice.SendMessage("bob");
        _core.Take<SipRequest>(out var hop);
        Assert.Equal(Elsewhere, hop);
        var request = (SipRequest)CoreHarness.Parse(alice.CreateMessage("bob"));
        Assert.True(_core.Identity.IsFromApplicationServer(request, Elsewhere));
        Assert.False(_core.Identity.IsFromApplicationServer(request, CoreHarness.Server));
    }

    [Fact]
    public void What_the_old_server_did_not_answer_is_told_to_the_new_one()
    {
        _core.MoveServer(CoreHarness.Server);
        Register("alice");
        _core.Take<SipRequest>(out var old);
        _core.MoveServer(Elsewhere);
        Assert.Empty(_core.Sent);
        _core.FailFlow(old);
        _core.Advance(TimeSpan.FromSeconds(2));
        AnswerNotices(Elsewhere, 1);
        Assert.Equal(0, _core.Registrar.PendingNotifications);
    }

    [Fact]
    public void A_server_that_takes_over_watches_afresh_and_the_old_one_hears_nothing_more()
    {
        Assert.Equal(403, Subscribe(CoreHarness.Server));
        _watching.MoveServer(CoreHarness.Server);
        Assert.Equal(200, Subscribe(CoreHarness.Server));
        var old = TakeNotify(CoreHarness.Server);

        _watching.MoveServer(Elsewhere);
        Assert.Equal(0, _watching.Registrar.SubscriptionCount);
        Assert.Equal(403, Subscribe(CoreHarness.Server));
        Assert.Equal(200, Subscribe(Elsewhere));
        var first = TakeNotify(Elsewhere);
        _watching.Answer(old, 481, CoreHarness.Server);
        Assert.Equal(1, _watching.Registrar.SubscriptionCount);
        _watching.Answer(first, 200, Elsewhere);

        _watching.Advance(TimeSpan.FromSeconds(10));
        new TestPhone(_watching, "bob", _watching.Directory.AddPassword("bob"), _watching.NextHop()).MustRegister();
        TakeNotify(Elsewhere);
        Assert.Empty(_watching.Sent);
    }

    [Fact]
    public void A_server_may_ask_before_all_of_the_core_has_heard_of_its_move()
    {
        _watching.MoveServer(CoreHarness.Server);
        Subscribe(CoreHarness.Server);
        TakeNotify(CoreHarness.Server);
        _watching.Identity.MoveApplicationServer(Elsewhere);
        Assert.Equal(200, Subscribe(Elsewhere));
        TakeNotify(Elsewhere);
        _watching.MoveServer(Elsewhere);
        Assert.Equal(1, _watching.Registrar.SubscriptionCount);
    }

    [Fact]
    public void A_server_of_other_mailboxes_goes_on_watching_and_hears_of_its_own()
    {
        var core = new CoreHarness(
            template: new RegistrarSettings { Identity = null!, ExpectsApplicationServer = true, SendsThirdPartyRegistrations = false }, mailboxGroups: 2);
        var theirs = core.Identity.MailboxGroupOf("sip:bob@ims.example");
        core.MoveServer(CoreHarness.Server, 1 - theirs);
        Assert.Equal(403, Subscribe(CoreHarness.Server, core));
        core.MoveServer(Elsewhere, theirs);
        Assert.Equal(200, Subscribe(Elsewhere, core));
        Assert.Equal(Elsewhere, TakeNotify(core).Hop);
        core.MoveServer(new SipHop(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.11:5092"), 0), 1 - theirs);
        Assert.Equal(1, core.Registrar.SubscriptionCount);
        core.MoveServer(CoreHarness.Server, theirs);
        Assert.Equal(0, core.Registrar.SubscriptionCount);
    }

    private int Subscribe(SipHop server, CoreHarness? at = null)
    {
        var core = at ?? _watching;
        core.Directory.AddPassword("bob");
        core.Deliver(
            $"SUBSCRIBE sip:bob@ims.example SIP/2.0\nVia: SIP/2.0/TCP {server.EndPoint};branch=z9hG4bKsub{++_subscribes}\nMax-Forwards: 70\n"
            + $"From: <sip:{server.EndPoint}>;tag=as1\nTo: <sip:bob@ims.example>\nCall-ID: sub-{_subscribes}\nCSeq: 1 SUBSCRIBE\nEvent: reg\nExpires: 3600\n"
            + $"Contact: <sip:{server.EndPoint}>\nContent-Length: 0\n\n",
            new SipHop(SipTransportKind.Tcp, server.EndPoint, 9));
        return core.Take<SipResponse>().StatusCode;
    }

    private SipRequest TakeNotify(SipHop server)
    {
        var (notify, hop) = TakeNotify(_watching);
        Assert.Equal(server, hop);
        return notify;
    }

    private static (SipRequest Notify, SipHop Hop) TakeNotify(CoreHarness core)
    {
        var notify = core.Take<SipRequest>(out var hop);
        Assert.Equal(SipMethod.Notify, notify.Method);
        return (notify, hop);
    }

    private TestPhone Register(string name)
    {
        var phone = new TestPhone(_core, name, _core.Directory.AddPassword(name), _core.NextHop());
        phone.MustRegister();
        return phone;
    }

    private void AnswerNotices(SipHop server, int count)
    {
        for (var notice = 0; notice < count; notice++)
        {
            var request = _core.Take<SipRequest>(out var hop);
            Assert.Equal((SipMethod.Register, server), (request.Method, hop));
            _core.Answer(request, 200, hop);
        }
    }
}
