using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>The core as the notifier of the application server's subscriptions.</summary>
public class RegEventNotifierTests
{
    private static readonly RegistrarSettings Settings = new()
    {
        Identity = new CoreIdentity(CoreHarness.Domain, CoreHarness.Listen, null),
        SendsThirdPartyRegistrations = false,
    };

    private readonly CoreHarness _core = new(CoreHarness.Server, Settings);

    private readonly TestPhone _bob;
    private int _cseq;

    public RegEventNotifierTests()
    {
        _bob = new TestPhone(_core, "bob", _core.Directory.AddPassword("bob"), _core.NextHop("10.1.0.2:1111"));
    }

    [Fact]
    public void A_subscription_is_accepted_and_told_everything_at_once()
    {
        _bob.MustRegister();
        Assert.Empty(_core.Sent);
        Subscribe();
        var accepted = _core.Take<SipResponse>();
        Assert.Equal((200, "3600"), (accepted.StatusCode, accepted.GetHeaderText(SipHeaderId.Expires)));
        Assert.Equal("<sip:10.0.0.1:5060>", accepted.GetHeaderText(SipHeaderId.Contact));

        var notify = _core.Take<SipRequest>(out var hop);
        Assert.Equal((CoreHarness.Server, SipMethod.Notify, "sip:10.0.0.9:5090"), (hop, notify.Method, notify.RequestUri.ToString()));
        Assert.Equal("sip:bob@ims.example", notify.From.Uri.ToString());
        Assert.True(notify.From.Tag.SequenceEqual(accepted.To.Tag));
        Assert.Equal("<sip:10.0.0.9:5090>;tag=as1", notify.GetHeaderText(SipHeaderId.To));
        Assert.Equal(("reg", "active;expires=3600"), (notify.GetHeaderText(SipHeaderId.Event), notify.GetHeaderText(SipHeaderId.SubscriptionState)));
        var info = InfoOf(notify);
        Assert.Equal((0u, true, RegistrationState.Active), (info.Version, info.IsFull, info.Registrations[0].State));
        Assert.Equal($"sip:bob@{_bob.Hop.EndPoint}", Assert.Single(info.Registrations[0].Contacts).Uri);
        Assert.Equal(1, _core.Registrar.SubscriptionCount);
    }

    [Fact]
    public void Every_change_is_told_with_what_happened_and_the_state_of_the_whole()
    {
        Establish(RegistrationState.Init);
        _core.Advance(TimeSpan.FromSeconds(10));
        _bob.MustRegister();
        AssertChange(TakeNotify(), 1, RegistrationState.Active, ContactEvent.Registered);

        _core.Advance(TimeSpan.FromSeconds(10));
        _bob.MustRegister();
        AssertChange(TakeNotify(), 2, RegistrationState.Active, ContactEvent.Refreshed);

        _core.Advance(TimeSpan.FromSeconds(10));
        _bob.MustRegister("Expires: 0\n");
        AssertChange(TakeNotify(), 3, RegistrationState.Terminated, ContactEvent.Unregistered);

        _core.Advance(TimeSpan.FromSeconds(10));
        _bob.MustRegister("Expires: 60\n");
        TakeNotify();
        _core.Advance(TimeSpan.FromSeconds(60));
        AssertChange(TakeNotify(), 5, RegistrationState.Terminated, ContactEvent.Expired);
    }

    [Fact]
    public void Changes_within_five_seconds_are_put_together()
    {
        Establish(RegistrationState.Init);
        _core.Advance(TimeSpan.FromSeconds(1));
        for (var change = 0; change < 3; change++)
        {
            _bob.MustRegister();
            _bob.MustRegister("Expires: 0\n");
        }

        _bob.MustRegister();
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(0.1));
        AssertChange(TakeNotify(), 1, RegistrationState.Active, ContactEvent.Registered);
        _core.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void The_next_notification_waits_for_the_answer_to_the_last()
    {
        Subscribe();
        _core.Take<SipResponse>();
        var first = _core.Take<SipRequest>();
        _core.Advance(TimeSpan.FromSeconds(10));
        _bob.MustRegister();
        Assert.Empty(_core.Sent);

        _core.Answer(first, 200, CoreHarness.Server);
        AssertChange(TakeNotify(), 1, RegistrationState.Active, ContactEvent.Registered);
    }

    [Fact]
    public void A_refresh_prolongs_and_tells_everything_again_and_the_end_is_told()
    {
        var tag = Establish(RegistrationState.Init);
        _core.Advance(TimeSpan.FromSeconds(3000));
        Subscribe($";tag={tag}");
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        var full = InfoOf(TakeNotify());
        Assert.Equal((1u, true), (full.Version, full.IsFull));

        _core.Advance(TimeSpan.FromSeconds(3599));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(1));
        var last = _core.Take<SipRequest>();
        Assert.Equal("terminated;reason=timeout", last.GetHeaderText(SipHeaderId.SubscriptionState));
        Assert.Equal(0, _core.Registrar.SubscriptionCount);
        _core.Answer(last, 200, CoreHarness.Server);
        Subscribe($";tag={tag}");
        Assert.Equal(481, _core.Take<SipResponse>().StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Expires_0_ends_a_subscription_or_asks_once(bool hadOne)
    {
        var tag = hadOne ? $";tag={Establish(RegistrationState.Init)}" : "";
        Subscribe(tag, "Expires: 0\n");
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        var last = _core.Take<SipRequest>();
        Assert.Equal("terminated;reason=timeout", last.GetHeaderText(SipHeaderId.SubscriptionState));
        Assert.True(InfoOf(last).IsFull);
        Assert.Equal(0, _core.Registrar.SubscriptionCount);
        _bob.MustRegister();
        Assert.Empty(_core.Sent);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(500)]
    public void Who_does_not_take_a_notification_is_not_subscribed_any_more(int status)
    {
        Subscribe();
        _core.Take<SipResponse>();
        _core.Answer(_core.Take<SipRequest>(), status, CoreHarness.Server);

        Assert.Equal(0, _core.Registrar.SubscriptionCount);
        Assert.Equal(1, _core.CountOf(CoreFact.NotificationFailed));
        _bob.MustRegister();
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void Without_an_answer_the_subscription_ends_with_the_transaction()
    {
        Subscribe();
        _core.Advance(TimeSpan.FromSeconds(33));

        Assert.Equal(0, _core.Registrar.SubscriptionCount);
    }

    [Theory]
    [InlineData("Event: presence\nExpires: 60\n", 489)]
    [InlineData("Expires: 60\n", 489)]
    [InlineData("Event: reg\nExpires: 30\n", 423)]
    [InlineData("Event: reg\nRequire: eventlist\n", 420)]
    public void What_cannot_be_subscribed_to_is_refused(string headers, int status)
    {
        Send(headers + "Contact: <sip:10.0.0.9:5090>\n", "");
        var response = _core.Take<SipResponse>();
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == 489 ? "reg" : null, response.GetHeaderText(SipHeaderId.AllowEvents));
        Assert.Equal(status == 423 ? "60" : null, response.GetHeaderText(SipHeaderId.MinExpires));
        Assert.Equal(1, _core.CountOf(CoreFact.SubscriptionRefused));
    }

    [Fact]
    public void Only_the_application_server_may_watch_and_only_users_that_there_are()
    {
        Send("Event: reg\nContact: <sip:10.0.0.9:5090>\n", "", from: new SipHop(SipTransportKind.Tcp, System.Net.IPEndPoint.Parse("10.9.9.9:5090"), 3));
        Assert.Equal(403, _core.Take<SipResponse>().StatusCode);
        Send("Event: reg\nContact: <sip:10.0.0.9:5090>\n", "", user: "nobody");
        Assert.Equal(404, _core.Take<SipResponse>().StatusCode);
        Send("Event: reg\n", "");
        Assert.Equal(400, _core.Take<SipResponse>().StatusCode);

        var tag = Establish(RegistrationState.Init);
        _cseq -= 2;
        Subscribe($";tag={tag}");
        Assert.Equal(500, _core.Take<SipResponse>().StatusCode);
    }

    [Fact]
    public void Beside_third_party_registrations_both_are_told()
    {
        var core = new CoreHarness(CoreHarness.Server);
        var bob = new TestPhone(core, "bob", core.Directory.AddPassword("bob"), core.NextHop("10.1.0.2:1111"));
        bob.MustRegister();

        Assert.Equal(SipMethod.Register, core.Take<SipRequest>().Method);
    }

    private static Reginfo InfoOf(SipRequest notify)
    {
        Assert.Equal(Reginfo.MediaType, notify.GetHeaderText(SipHeaderId.ContentType));
        Assert.True(ReginfoXml.TryRead(notify.Body, out var info, out var problem), problem);
        Assert.Equal("sip:bob@ims.example", Assert.Single(info!.Registrations).AddressOfRecord);
        return info;
    }

    private static void AssertChange(SipRequest notify, uint version, RegistrationState state, ContactEvent happened)
    {
        var info = InfoOf(notify);
        Assert.Equal((version, false, state), (info.Version, info.IsFull, info.Registrations[0].State));
        Assert.Equal(happened, Assert.Single(info.Registrations[0].Contacts).Event);
    }

    private SipRequest TakeNotify()
    {
        var notify = _core.Take<SipRequest>();
        Assert.Equal(SipMethod.Notify, notify.Method);
        _core.Answer(notify, 200, CoreHarness.Server);
        return notify;
    }

    private string Establish(RegistrationState expected)
    {
        Subscribe();
        var tag = System.Text.Encoding.ASCII.GetString(_core.Take<SipResponse>().To.Tag);
        Assert.Equal(expected, InfoOf(TakeNotify()).Registrations[0].State);
        return tag;
    }

    private void Subscribe(string toTag = "", string expires = "Expires: 3600\n") =>
        Send($"Event: reg;id=5\nAccept: application/reginfo+xml\n{expires}Contact: <sip:10.0.0.9:5090>\n", toTag);

    private void Send(string headers, string toTag, string user = "bob", SipHop? from = null)
    {
        var number = ++_cseq;
        var via = from is null ? "10.0.0.9:5090" : "10.9.9.9:5090";
        _core.Deliver(
            $"SUBSCRIBE sip:{user}@ims.example SIP/2.0\nVia: SIP/2.0/TCP {via};branch=z9hG4bKsub{number}-{toTag.Length}\nMax-Forwards: 70\n"
            + $"From: <sip:10.0.0.9:5090>;tag=as1\nTo: <sip:{user}@ims.example>{toTag}\nCall-ID: sub-1\nCSeq: {number} SUBSCRIBE\n{headers}Content-Length: 0\n\n",
            from ?? new SipHop(SipTransportKind.Tcp, CoreHarness.Server.EndPoint, 9));
    }
}
