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
