using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>What is on its way to a contact that is registered anew or replaced is not sent again, and its sender is told.</summary>
public class OutdatedForwardTests
{
    private readonly CoreHarness _core = new();
    private readonly TestPhone _alice;
    private readonly TestPhone _bob;

    public OutdatedForwardTests()
    {
        _alice = AddRegistered("alice", "10.1.0.1:1111");
        _bob = AddRegistered("bob", "10.1.0.2:2222");
    }

    [Fact]
    public void A_phone_that_begins_anew_at_the_same_contact_gets_nothing_that_its_last_life_did_not_take()
    {
        _alice.SendMessage("bob");
        _alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>();
        _core.Advance(TimeSpan.FromSeconds(3));
        Assert.NotEmpty(_core.Sent);
        _core.Sent.Clear();

        _bob.CallId = "another-boot";
        _bob.CSeq = 0;
        _bob.MustRegister();
        AssertTwoAreGivenUp();

        // An answer of the last life comes too late for its sender.
        _core.Answer(forwarded, 200, _bob.Hop);
        Assert.Empty(_core.Sent);

        _alice.SendMessage("bob");
        _core.Answer(_core.Take<SipRequest>(), 200, _bob.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
    }

    [Fact]
    public void A_refresh_changes_nothing()
    {
        _alice.SendMessage("bob");
        var forwarded = _core.Take<SipRequest>();
        _bob.MustRegister();
        Assert.Equal(1, _core.Proxy.PendingCount);

        _core.Answer(forwarded, 200, _bob.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        Assert.Equal(0, _core.CountOf(CoreFact.ForwardOutdated));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_phone_that_takes_its_binding_away_may_still_answer_but_gets_nothing_more_once_it_is_back(bool all)
    {
        _alice.SendMessage("bob");
        var answered = _core.Take<SipRequest>();
        SendTwo();
        var contact = _bob.Contact;
        _bob.Contact = all ? "*" : contact;
        _bob.MustRegister("Expires: 0\n");
        _core.Answer(answered, 200, _bob.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
        Assert.Equal(2, _core.Proxy.PendingCount);

        _bob.Contact = contact;
        _bob.MustRegister();
        AssertTwoAreGivenUp();
    }

    [Fact]
    public void Nor_does_one_that_comes_back_after_its_registration_ran_out()
    {
        _bob.MustRegister("Expires: 60\n");
        _core.Advance(TimeSpan.FromSeconds(59));
        SendTwo();
        _core.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal((1, 2), (_core.CountOf(CoreFact.BindingExpired), _core.Proxy.PendingCount));
        _core.Sent.Clear();
        _bob.MustRegister();
        AssertTwoAreGivenUp();
    }

    [Fact]
    public void Nor_does_the_old_contact_of_a_device_that_has_a_new_one()
    {
        _bob.Contact = "<sip:bob@10.1.0.2:2222>;+sip.instance=\"<urn:uuid:1>\"";
        _bob.MustRegister();
        SendTwo();
        _bob.Contact = "<sip:bob@10.1.0.9:9999>;+sip.instance=\"<urn:uuid:1>\"";
        _bob.MustRegister();
        AssertTwoAreGivenUp();
    }

    [Fact]
    public void The_other_contact_of_a_user_can_still_take_the_message()
    {
        var tablet = new TestPhone(_core, "bob", _core.Directory.AddPassword("bob"), _core.NextHop("10.1.0.3:3333", SipTransportKind.Udp)) { CallId = "tablet" };
        tablet.MustRegister();
        _alice.SendMessage("bob");
        var toTablet = _core.Take<SipRequest>();
        _core.Take<SipRequest>();

        _bob.CallId = "another-boot";
        _bob.MustRegister();
        Assert.Empty(_core.Sent);
        Assert.Equal((1, 1), (_core.Proxy.PendingCount, _core.CountOf(CoreFact.ForwardOutdated)));
        _core.Answer(toTablet, 200, tablet.Hop);
        Assert.Equal(200, _core.Take<SipResponse>().StatusCode);
    }

    private void SendTwo()
    {
        _alice.SendMessage("bob");
        _alice.SendMessage("bob");
        _core.Sent.Clear();
    }

    private void AssertTwoAreGivenUp()
    {
        var answers = _core.Sent.Select(sent => sent.Message).OfType<SipResponse>().Where(response => response.CSeqMethod == SipMethod.Message).ToArray();
        Assert.Equal([480, 480], answers.Select(answer => answer.StatusCode));
        Assert.False(answers[0].TopVia.Branch.SequenceEqual(answers[1].TopVia.Branch));
        Assert.Equal((0, 2), (_core.Proxy.PendingCount, _core.CountOf(CoreFact.ForwardOutdated)));

        _core.Sent.Clear();
        _core.Advance(TimeSpan.FromSeconds(40));
        Assert.Empty(_core.Sent);
    }

    /// <summary>Over datagrams, where what has no answer is sent again.</summary>
    private TestPhone AddRegistered(string name, string address)
    {
        var phone = new TestPhone(_core, name, _core.Directory.AddPassword(name), _core.NextHop(address, SipTransportKind.Udp));
        phone.MustRegister();
        return phone;
    }
}
