using System.Text;
using UeFarm.Protocol.RegEvent;
using Xunit;

namespace UeFarm.Protocol.Tests.RegEvent;

public class ReginfoXmlTests
{
    private const string Example =
        "<?xml version=\"1.0\"?><reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"3\" state=\"partial\">"
        + "<registration aor=\"sip:bob@ims.example\" id=\"a7\" state=\"active\">"
        + "<contact id=\"76\" state=\"active\" event=\"registered\" expires=\"600\" q=\"0.8\"><uri>sip:bob@198.51.100.7:5060</uri>"
        + "<display-name>Bob</display-name></contact>"
        + "<contact id=\"77\" state=\"terminated\" event=\"unregistered\"><uri>sip:bob@198.51.100.8</uri></contact>"
        + "</registration><registration aor=\"sip:carol@ims.example\" id=\"a8\" state=\"init\"/></reginfo>";

    [Fact]
    public void A_document_is_read_with_its_registrations_and_contacts()
    {
        var info = Read(Example);

        Assert.Equal((3u, false), (info.Version, info.IsFull));
        Assert.Equal(["sip:bob@ims.example", "sip:carol@ims.example"], info.Registrations.Select(static each => each.AddressOfRecord));
        Assert.Equal([RegistrationState.Active, RegistrationState.Init], info.Registrations.Select(static each => each.State));
        Assert.Equal(
            [
                new ReginfoContact("76", true, ContactEvent.Registered, "sip:bob@198.51.100.7:5060"),
                new ReginfoContact("77", false, ContactEvent.Unregistered, "sip:bob@198.51.100.8"),
            ],
            info.Registrations[0].Contacts);
        Assert.Empty(info.Registrations[1].Contacts);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var state in Enum.GetValues<RegistrationState>())
        {
            var contacts = Enum.GetValues<ContactEvent>()
                .Select(static each => new ReginfoContact($"c{each}", each == ContactEvent.Created, each, $"sip:a&b@{each}")).ToList();
            var info = new Reginfo(7, state == RegistrationState.Active, [new ReginfoRegistration("sip:<x>@y", "r", state, contacts)]);
            var read = Read(Encoding.UTF8.GetString(ReginfoXml.Write(info)));

            Assert.Equal((info.Version, info.IsFull, state), (read.Version, read.IsFull, read.Registrations[0].State));
            Assert.Equal("sip:<x>@y", read.Registrations[0].AddressOfRecord);
            Assert.Equal(contacts, read.Registrations[0].Contacts);
        }
    }

    [Theory]
    [InlineData("<reginfo/>")]
    [InlineData("<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\"/>")]
    [InlineData("<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"-1\" state=\"full\"/>")]
    [InlineData("<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"full\"><registration aor=\"sip:a@b\" state=\"maybe\"/></reginfo>")]
    [InlineData("<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"full\"><registration state=\"init\"/></reginfo>")]
    [InlineData("<!DOCTYPE reginfo [<!ENTITY a \"b\">]><reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"full\"/>")]
    [InlineData("")]
    public void What_is_no_document_is_refused_with_a_reason(string xml)
    {
        Assert.False(ReginfoXml.TryRead(Encoding.UTF8.GetBytes(xml), out var info, out var problem));
        Assert.Null(info);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Size_number_and_depth_are_bounded()
    {
        Assert.False(ReginfoXml.TryRead(new byte[ReginfoXml.MaxBytes + 1], out _, out _));
        var open = "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"full\">";
        var many = open + string.Concat(Enumerable.Repeat("<registration aor=\"sip:a@b\" state=\"init\"/>", 100)) + "</reginfo>";
        Assert.False(ReginfoXml.TryRead(Encoding.UTF8.GetBytes(many), out _, out _));
        var contacts = open + "<registration aor=\"sip:a@b\" state=\"active\">"
            + string.Concat(Enumerable.Repeat("<contact id=\"1\" state=\"active\" event=\"created\"/>", 100)) + "</registration></reginfo>";
        Assert.False(ReginfoXml.TryRead(Encoding.UTF8.GetBytes(contacts), out _, out _));
        var deep = open + "<x><x><x><x><x><x><x><x/></x></x></x></x></x></x></x></reginfo>";
        Assert.False(ReginfoXml.TryRead(Encoding.UTF8.GetBytes(deep), out _, out _));
    }

    [Fact]
    public void Every_cut_and_any_change_is_an_answer_and_never_an_exception()
    {
        var whole = Encoding.UTF8.GetBytes(Example);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(ReginfoXml.TryRead(whole.AsMemory(0, length), out _, out _));
        }

        var random = new SeededRandomSource(8);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToArray();
            for (var changes = 1 + (random.NextUInt64() % 4); changes > 0; changes--)
            {
                bytes[random.NextUInt64() % (ulong)bytes.Length] = (byte)random.NextUInt64();
            }

            Assert.Equal(ReginfoXml.TryRead(bytes, out var info, out var problem), info is not null);
            Assert.Equal(info is null, problem.Length > 0);
        }
    }

    private static Reginfo Read(string xml)
    {
        Assert.True(ReginfoXml.TryRead(Encoding.UTF8.GetBytes(xml), out var info, out var problem), problem);
        return info!;
    }
}
