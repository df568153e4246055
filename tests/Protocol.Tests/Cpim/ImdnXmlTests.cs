using System.Text;
using UeFarm.Protocol.Cpim;
using Xunit;

namespace UeFarm.Protocol.Tests.Cpim;

public class ImdnXmlTests
{
    private const string Head =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>2a.17</message-id>"
        + "<datetime>2026-07-01T12:00:00Z</datetime><recipient-uri>sip:bob@ims.example</recipient-uri>"
        + "<original-recipient-uri>sip:robert@ims.example</original-recipient-uri>";

    private const string Example = Head + "<delivery-notification><status><delivered/></status></delivery-notification></imdn>";

    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_notification_is_read() => Assert.Equal(
        new ImdnReport("2a.17", Noon, ImdnKind.Delivery, ImdnStatus.Delivered, "sip:bob@ims.example", "sip:robert@ims.example"), Read(Example));

    [Theory]
    [InlineData(ImdnKind.Delivery, ImdnStatus.Delivered)]
    [InlineData(ImdnKind.Delivery, ImdnStatus.Failed)]
    [InlineData(ImdnKind.Delivery, ImdnStatus.Forbidden)]
    [InlineData(ImdnKind.Delivery, ImdnStatus.Error)]
    [InlineData(ImdnKind.Processing, ImdnStatus.Processed)]
    [InlineData(ImdnKind.Processing, ImdnStatus.Stored)]
    [InlineData(ImdnKind.Processing, ImdnStatus.Error)]
    [InlineData(ImdnKind.Display, ImdnStatus.Displayed)]
    public void What_is_written_is_read_again(ImdnKind kind, ImdnStatus status)
    {
        var report = new ImdnReport("a<&>\"b", Noon, kind, status, "sip:bob@ims.example", "sip:bob@ims.example");
        Assert.Equal(report, Read(Encoding.UTF8.GetString(ImdnXml.Write(report))));

        var brief = new ImdnReport("7", Noon, kind, status);
        Assert.Equal(brief, Read(Encoding.UTF8.GetString(ImdnXml.Write(brief))));
    }

    [Theory]
    [InlineData("<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\" xmlns:v=\"urn:vendor\"><v:message-id>9</v:message-id><i:message-id> 2a.17 </i:message-id>"
        + "<i:datetime>2026-07-01T14:00:00+02:00</i:datetime><i:subject>x</i:subject><i:delivery-notification><v:status><i:failed/></v:status>"
        + "<i:status><v:delivered/><i:delivered>ok</i:delivered></i:status></i:delivery-notification><v:more><v:deep/></v:more></i:imdn>")]
    [InlineData("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>2a<!-- - -->.<![CDATA[17]]></message-id><datetime>2026-07-01T12:00:00Z</datetime>"
        + "<delivery-notification><status><delivered/></status></delivery-notification></imdn>")]
    public void Prefixes_extensions_comments_and_sections_are_understood(string xml)
    {
        var report = Read(xml);
        Assert.Equal(("2a.17", Noon, ImdnStatus.Delivered), (report.MessageId, report.SentAt, report.Status));
    }

    [Theory]
    [InlineData("<imdn/>", CpimFault.NotANotification, "imdn")]
    [InlineData(Head + "</imdn>", CpimFault.NotANotification, "status")]
    [InlineData(Head + "<delivery-notification><status/></delivery-notification></imdn>", CpimFault.NotANotification, "status")]
    [InlineData(Head + "<delivery-notification><status><stored/></status></delivery-notification></imdn>", CpimFault.NotANotification, "status")]
    [InlineData(Head + "<other-notification><status><error/></status></other-notification></imdn>", CpimFault.NotANotification, "status")]
    [InlineData(
        Head + "<delivery-notification><status><delivered/><failed/></status></delivery-notification></imdn>", CpimFault.Duplicate, "status")]
    [InlineData(
        Head + "<delivery-notification><status><failed/></status></delivery-notification>"
        + "<display-notification><status><displayed/></status></display-notification></imdn>", CpimFault.Duplicate, "status")]
    [InlineData("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><datetime>2026-07-01T12:00:00Z</datetime></imdn>", CpimFault.NotANotification, "message-id")]
    [InlineData(
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>a b</message-id></imdn>", CpimFault.NotANotification, "message-id")]
    [InlineData("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>7</message-id></imdn>", CpimFault.NotANotification, "datetime")]
    public void What_is_missing_or_contradicts_itself_is_named(string xml, CpimFault fault, string field)
    {
        Assert.False(ImdnXml.TryRead(Encoding.UTF8.GetBytes(xml), out var report, out var failure));
        Assert.Null(report);
        Assert.Equal(new CpimFailure(fault, field, -1), failure);
    }

    [Theory]
    [InlineData("<!DOCTYPE imdn [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><imdn>&c;</imdn>")]
    [InlineData("<!DOCTYPE imdn SYSTEM \"file:///etc/passwd\"><imdn/>")]
    [InlineData("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>&undefined;</message-id></imdn>")]
    [InlineData("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a></imdn>")]
    [InlineData("")]
    [InlineData("not xml")]
    [InlineData(Example + Example)]
    public void Document_types_entities_and_depth_are_refused(string xml)
    {
        Assert.False(ImdnXml.TryRead(Encoding.UTF8.GetBytes(xml), out _, out var failure));
        Assert.Equal(CpimFault.BadXml, failure.Fault);
    }

    [Fact]
    public void Size_is_bounded_before_anything_is_read()
    {
        Assert.False(ImdnXml.TryRead(new byte[CpimLimits.MaxNotificationBytes + 1], out _, out var failure));
        Assert.Equal(CpimFault.TooLarge, failure.Fault);

        // Many small elements within the size are only work in proportion to it.
        var wide = "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">" + string.Concat(Enumerable.Repeat("<a/>", 1900)) + "</imdn>";
        Assert.False(ImdnXml.TryRead(Encoding.UTF8.GetBytes(wide), out _, out failure));
        Assert.Equal(CpimFault.NotANotification, failure.Fault);
    }

    [Fact]
    public void Every_cut_and_any_change_is_an_answer_and_never_an_exception()
    {
        var whole = Encoding.UTF8.GetBytes(Example);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(ImdnXml.TryRead(whole.AsMemory(0, length), out _, out _));
        }

        var random = new SeededRandomSource(6);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToArray();
            for (var changes = 1 + (random.NextUInt64() % 4); changes > 0; changes--)
            {
                bytes[random.NextUInt64() % (ulong)bytes.Length] = (byte)random.NextUInt64();
            }

            Assert.Equal(ImdnXml.TryRead(bytes, out var report, out var failure), report is not null);
            Assert.Equal(report is null, failure.Fault != CpimFault.None);
        }
    }

    private static ImdnReport Read(string xml)
    {
        Assert.True(ImdnXml.TryRead(Encoding.UTF8.GetBytes(xml), out var report, out var failure), failure.ToString());
        return report!;
    }
}
