using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>The third-party REGISTER to the application server.</summary>
public class RegistrarNotificationTests
{
    private readonly CoreHarness _core = new(CoreHarness.Server);

    [Fact]
    public void The_server_is_told_about_registration_refresh_and_removal()
    {
        var phone = AddPhone("bob");
        phone.MustRegister("Expires: 1000\n");
        var begin = _core.Take<SipRequest>(out var hop);
        Assert.Equal(CoreHarness.Server, hop);
        Assert.Equal("sip:10.0.0.9:5090", System.Text.Encoding.ASCII.GetString(begin.RequestUriText));
        Assert.Equal("sip:bob@ims.example", begin.To.Uri.ToString());
        Assert.Equal("sip:10.0.0.1:5060", begin.From.Uri.ToString());
        Assert.Equal("<sip:10.0.0.1:5060>", begin.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal("1000", begin.GetHeaderText(SipHeaderId.Expires));
        _core.Answer(begin, 200, hop);

        phone.MustRegister("Expires: 2000\n");
        var refresh = _core.Take<SipRequest>();
        Assert.Equal("2000", refresh.GetHeaderText(SipHeaderId.Expires));
        Assert.True(refresh.CallId.SequenceEqual(begin.CallId));
        Assert.True(refresh.CSeqNumber > begin.CSeqNumber);
        _core.Answer(refresh, 200, hop);

        phone.MustRegister("Expires: 0\n");
        var end = _core.Take<SipRequest>();
        Assert.Equal("0", end.GetHeaderText(SipHeaderId.Expires));
        _core.Answer(end, 200, hop);
        Assert.Equal(3, _core.CountOf(CoreFact.ApplicationServerNotified));
        Assert.Equal(0, _core.Registrar.PendingNotifications);
    }

    [Fact]
    public void The_response_to_the_phone_goes_out_before_the_news_to_the_server()
    {
        var phone = AddPhone("bob");
        phone.MustRegister();
        Assert.IsType<SipRequest>(Assert.Single(_core.Sent).Message);
    }

    [Fact]
    public void An_expired_binding_is_announced_as_gone_unless_another_one_is_left()
    {
        var phone = AddPhone("bob");
        phone.Contact = "<sip:bob@10.1.0.1:1>;expires=100, <sip:bob@10.1.0.1:2>;expires=200";
        phone.MustRegister();
        AnswerNotice("200", 200);
        _core.Advance(TimeSpan.FromSeconds(100));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(100));
        AnswerNotice("0", 200);
    }

    [Fact]
    public void A_question_and_a_refusal_are_no_news()
    {
        var phone = AddPhone("bob");
        phone.Contact = string.Empty;
        phone.MustRegister();
        phone.Contact = "<sip:bob@10.1.0.1:1>";
        Assert.Equal(423, phone.Register("Expires: 1\n").StatusCode);
        phone.MustRegister("Expires: 0\n");
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void What_changes_while_a_request_is_under_way_is_told_after_its_answer_and_only_once()
    {
        var phone = AddPhone("bob");
        phone.MustRegister();
        var first = _core.Take<SipRequest>(out var hop);
        phone.MustRegister("Expires: 0\n");
        phone.MustRegister("Expires: 500\n");
        Assert.Empty(_core.Sent);
        _core.Answer(first, 200, hop);
        AnswerNotice("500", 200);
        Assert.Empty(_core.Sent);
        Assert.Equal(0, _core.Registrar.PendingNotifications);
    }

    [Fact]
    public void An_unreachable_server_is_told_the_state_of_the_day_when_it_is_back()
    {
        var bob = AddPhone("bob");
        var carol = AddPhone("carol");
        bob.MustRegister("Expires: 600\n");
        _core.FailFlow(_core.Sent.Dequeue().Hop);
        carol.MustRegister("Expires: 600\n");
        Assert.Empty(_core.Sent);
        Assert.Equal(2, _core.Registrar.PendingNotifications);

        _core.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Empty(_core.Sent);
        bob.MustRegister("Expires: 0\n");
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(2, _core.Sent.Count);
        _core.FailFlow(CoreHarness.Server);
        _core.Sent.Clear();

        _core.Advance(TimeSpan.FromSeconds(1.999));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(0.001));
        var told = new Dictionary<string, string>();
        while (_core.Sent.Count > 0)
        {
            var notice = _core.Take<SipRequest>(out var hop);
            told.Add(notice.To.Uri.ToAddressOfRecord(), notice.GetHeaderText(SipHeaderId.Expires)!);
            _core.Answer(notice, 200, hop);
        }

        Assert.Equal("0", told["sip:bob@ims.example"]);
        Assert.Equal("597", told["sip:carol@ims.example"]);
        Assert.Equal(0, _core.Registrar.PendingNotifications);
    }

    [Fact]
    public void A_silent_server_is_asked_again_after_the_time_out()
    {
        AddPhone("bob").MustRegister();
        _core.Sent.Clear();
        _core.Advance(TimeSpan.FromSeconds(32));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(1));
        AnswerNotice("3567", 200);
    }

    [Fact]
    public void Overload_is_respected_and_any_other_refusal_ends_the_matter()
    {
        AddPhone("bob").MustRegister();
        var notice = _core.Take<SipRequest>(out var hop);
        _core.Answer(notice, 503, hop, (SipHeaderId.RetryAfter, "30"));
        _core.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(0.1));
        AnswerNotice("3570", 404);
        Assert.Equal(0, _core.Registrar.PendingNotifications);
        Assert.Equal(1, _core.CountOf(CoreFact.ApplicationServerRefused));
        Assert.Equal(0, _core.CountOf(CoreFact.ApplicationServerNotified));
    }

    [Fact]
    public void Only_so_many_requests_are_under_way_at_a_time()
    {
        var core = new CoreHarness(CoreHarness.Server, new RegistrarSettings { Identity = _core.Identity, MaxNotificationsInFlight = 2 });
        for (var index = 0; index < 5; index++)
        {
            var phone = new TestPhone(core, $"u{index}", core.Directory.AddPassword($"u{index}"), core.NextHop());
            phone.SendRegister();
            phone.Client.TryAccept(TakeResponse(core), out _);
            phone.SendRegister();
            Assert.Equal(200, TakeResponse(core).StatusCode);
        }

        var seen = 0;
        Assert.Equal(2, core.Sent.Count);
        while (core.Sent.Count > 0)
        {
            Assert.True(core.Sent.Count <= 2);
            var notice = core.Take<SipRequest>(out var hop);
            core.Answer(notice, 200, hop);
            seen++;
        }

        Assert.Equal(5, seen);
    }

    private static SipResponse TakeResponse(CoreHarness core)
    {
        for (var turn = core.Sent.Count; turn > 0; turn--)
        {
            var sent = core.Sent.Dequeue();
            if (sent.Message is SipResponse response)
            {
                return response;
            }

            core.Sent.Enqueue(sent);
        }

        throw new InvalidOperationException("no response was sent");
    }

    private TestPhone AddPhone(string name) => new(_core, name, _core.Directory.AddPassword(name), _core.NextHop());

    private void AnswerNotice(string expires, int status)
    {
        var notice = _core.Take<SipRequest>(out var hop);
        Assert.Equal(expires, notice.GetHeaderText(SipHeaderId.Expires));
        _core.Answer(notice, status, hop);
    }
}
