using System.Net;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Several application servers behind a core, each with a group of the mailboxes.</summary>
public class MailboxGroupsTests
{
    private const int Groups = 2;

    private static readonly SipHop Other = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.10:5091"), 0);

    private readonly CoreHarness _core = new(template: new RegistrarSettings { Identity = null!, ExpectsApplicationServer = true }, mailboxGroups: Groups);

    /// <summary>The vectors of FNV-1a, 32 bits: the group must not differ from process to process.</summary>
    [Theory]
    [InlineData("", 0x811c9dc5u)]
    [InlineData("a", 0xe40c292cu)]
    [InlineData("foobar", 0xbf9cf968u)]
    public void The_group_follows_from_the_address_alone(string address, uint hash)
    {
        foreach (var groups in (int[])[1, 2, 7, 64, int.MaxValue])
        {
            Assert.Equal((int)(hash % (uint)groups), MailboxGroups.Of(address, groups));
        }
    }

    [Fact]
    public void Groups_are_of_about_the_same_size()
    {
        const int Phones = 10_000;
        foreach (var groups in (int[])[2, 4, 8, 16])
        {
            var sizes = new int[groups];
            for (var phone = 0; phone < Phones; phone++)
            {
                sizes[MailboxGroups.Of($"sip:ue{phone:000000}@ims.example", groups)]++;
            }

            Assert.All(sizes, size => Assert.InRange(size, 0.8 * Phones / groups, 1.2 * Phones / groups));
        }
    }

    [Fact]
    public void Each_server_hears_of_its_own_phones_and_gets_their_messages()
    {
        var (first, second) = (Register(NameIn(0)), Register(NameIn(1)));
        _core.MoveServer(CoreHarness.Server, 0);
        Assert.Equal($"<sip:{NameIn(0)}@{CoreHarness.Domain}>", TakeNotice(CoreHarness.Server));
        Assert.Empty(_core.Sent);
        _core.MoveServer(Other, 1);
        Assert.Equal($"<sip:{NameIn(1)}@{CoreHarness.Domain}>", TakeNotice(Other));
        Assert.Equal(0, _core.Registrar.PendingNotifications);

        first.SendMessage(NameIn(1));
        _core.Take<SipRequest>(out var hop);
        Assert.Equal(Other, hop);
        second.SendMessage(NameIn(0));
        _core.Take<SipRequest>(out hop);
        Assert.Equal(CoreHarness.Server, hop);
    }

    [Fact]
    public void A_server_that_is_away_holds_up_nobody_elses_mailboxes()
    {
        _core.MoveServer(CoreHarness.Server, 0);
        var second = Register(NameIn(1));
        Assert.Empty(_core.Sent);
        var first = Register(NameIn(0));
        TakeNotice(CoreHarness.Server);
        Assert.Equal(1, _core.Registrar.PendingNotifications);

        first.SendMessage(NameIn(1));
        Assert.Equal(503, _core.Take<SipResponse>().StatusCode);
        second.SendMessage(NameIn(0));
        _core.Take<SipRequest>(out var hop);
        Assert.Equal(CoreHarness.Server, hop);

        // One that does not take connections is paused, and it alone.
        _core.MoveServer(Other, 1);
        _core.Take<SipRequest>(out var refused);
        Assert.Equal(Other, refused);
        _core.FailFlow(Other);
        Assert.Empty(_core.Sent);
        Register(NameIn(0, skip: 1));
        TakeNotice(CoreHarness.Server);
        _core.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal($"<sip:{NameIn(1)}@{CoreHarness.Domain}>", TakeNotice(Other));
    }

    [Fact]
    public void Every_server_speaks_for_itself()
    {
        _core.MoveServer(CoreHarness.Server, 0);
        _core.MoveServer(Other, 1);
        var alice = Register(NameIn(0));
        var request = (SipRequest)CoreHarness.Parse(alice.CreateMessage(NameIn(1)));
        Assert.True(_core.Identity.IsFromApplicationServer(request, CoreHarness.Server));
        Assert.True(_core.Identity.IsFromApplicationServer(request, Other));
        Assert.False(_core.Identity.IsFromApplicationServer(request, alice.Hop));
    }

    private static string NameIn(int group, int skip = 0) => Enumerable.Range(0, 100).Select(static number => $"phone{number}")
        .Where(name => MailboxGroups.Of($"sip:{name}@{CoreHarness.Domain}", Groups) == group).Skip(skip).First();

    private TestPhone Register(string name)
    {
        var phone = new TestPhone(_core, name, _core.Directory.AddPassword(name), _core.NextHop());
        phone.MustRegister();
        return phone;
    }

    private string TakeNotice(SipHop server)
    {
        var request = _core.Take<SipRequest>(out var hop);
        Assert.Equal((SipMethod.Register, server), (request.Method, hop));
        _core.Answer(request, 200, hop);
        return request.GetHeaderText(SipHeaderId.To)!;
    }
}
