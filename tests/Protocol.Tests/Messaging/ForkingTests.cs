using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>A MESSAGE for a user with several contacts: all get it once, one answer goes back (RFC 3261 sections 16.6 and 16.7).</summary>
public class ForkingTests
{
    private readonly CoreHarness _core = new();
    private readonly TestPhone _alice;

    public ForkingTests()
    {
        _alice = new TestPhone(_core, "alice", _core.Directory.AddPassword("alice"), _core.NextHop());
        _alice.MustRegister();
        var bob = new TestPhone(_core, "bob", _core.Directory.AddPassword("bob"), _core.NextHop("10.1.0.2:1111"));
        bob.MustRegister();
        bob.Hop = _core.NextHop("10.1.0.3:2222");
        bob.Contact = "<sip:bob@10.1.0.3:2222>";
        bob.MustRegister();
    }

    [Fact]
    public void Every_contact_gets_one_copy_in_a_branch_of_its_own()
    {
        var (newer, older) = Fork();

        Assert.Equal("sip:bob@10.1.0.3:2222", newer.RequestUri.ToString());
        Assert.Equal("sip:bob@10.1.0.2:1111", older.RequestUri.ToString());
        Assert.False(newer.TopVia.Branch.SequenceEqual(older.TopVia.Branch));
        Assert.True(newer.CallId.SequenceEqual(older.CallId));
        Assert.Equal(2, _core.CountOf(CoreFact.MessageRouted));
        Assert.Empty(_core.Sent);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(480, 200)]
    [InlineData(603, 200)]
    public void The_first_2xx_goes_back_at_once_and_nothing_after_it(int other, int expected)
    {
        var (newer, older) = Fork();
        if (other >= 300)
        {
            Answer(older, other);
            Assert.Empty(_core.Sent);
        }

        Answer(newer, 200);
        Assert.Equal(expected, _core.Take<SipResponse>().StatusCode);
        if (other < 300)
        {
            Answer(older, other);
        }

        Assert.Empty(_core.Sent);
        Assert.Equal(0, _core.Proxy.PendingCount);
    }

    [Fact]
    public void A_2xx_is_not_held_up_by_a_contact_that_never_answers()
    {
        var (newer, _) = Fork();
        Answer(newer, 200);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);

        _core.Advance(TimeSpan.FromSeconds(40));
        Assert.Empty(_core.Sent);
        Assert.Equal(0, _core.Proxy.PendingCount);
    }

    [Theory]
    [InlineData(480, 486, 480)]
    [InlineData(500, 404, 404)]
    [InlineData(404, 415, 415)]
    [InlineData(302, 404, 302)]
    [InlineData(415, 603, 603)]
    [InlineData(600, 603, 600)]
    [InlineData(480, 503, 480)]
    [InlineData(503, 504, 500)]
    public void Without_a_2xx_the_best_answer_goes_back_when_all_have_come(int first, int second, int expected)
    {
        var (newer, older) = Fork();
        Answer(newer, first);
        Assert.Empty(_core.Sent);
        Answer(older, second);

        Assert.Equal(expected, _core.Take<SipResponse>().StatusCode);
        Assert.Empty(_core.Sent);
    }

    [Fact]
    public void With_a_silent_contact_the_answer_of_the_other_one_goes_back_before_the_sender_gives_up_and_with_two_there_is_none()
    {
        var (newer, _) = Fork();
        Answer(newer, 486);
        _core.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(100, _core.Take<SipResponse>().StatusCode);
        Assert.Empty(_core.Sent);
        _core.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(486, _core.Take<SipResponse>().StatusCode);

        Fork();
        _core.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(100, _core.Take<SipResponse>().StatusCode);
        Assert.Empty(_core.Sent);
        Assert.Equal(3, _core.CountOf(CoreFact.TimedOut));
        Assert.Equal(0, _core.Proxy.PendingCount);
    }

    [Fact]
    public void A_contact_whose_connection_is_gone_counts_as_480()
    {
        var (newer, older) = Fork();
        _core.FailFlow(new SipHop(SipTransportKind.Tcp, System.Net.IPEndPoint.Parse("10.1.0.2:1111"), 0));
        Assert.Empty(_core.Sent);
        Answer(newer, 404);
        Assert.Equal(480, _core.Take<SipResponse>().StatusCode);

        (newer, older) = Fork();
        Answer(newer, 500);
        Assert.Empty(_core.Sent);
        _core.FailFlow(new SipHop(SipTransportKind.Tcp, System.Net.IPEndPoint.Parse("10.1.0.2:1111"), 0));
        Assert.Equal(480, _core.Take<SipResponse>().StatusCode);
        Answer(older, 200);
        Assert.Empty(_core.Sent);
    }

    private (SipRequest Newer, SipRequest Older) Fork()
    {
        _alice.SendMessage("bob");
        return (_core.Take<SipRequest>(), _core.Take<SipRequest>());
    }

    private void Answer(SipRequest request, int status) => _core.Answer(request, status, _core.NextHop());
}
