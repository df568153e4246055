using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class DeliveryReportsTests
{
    private const string Alice = "sip:alice@ims.example";
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Alice, "<sip:alice@ims.example>", true)]
    [InlineData(Alice, "\"Alice, A\" <sip:alice@ims.example>;x=1, <tel:+358401234567>", true)]
    [InlineData("sip:%61lice@IMS.example", "<sip:alice@ims.example>", true)]
    [InlineData(Alice, "<tel:+358401234567>, <sip:alice@ims.example>", true)]
    [InlineData(Alice, null, true)]
    [InlineData("sip:victim@ims.example", "<sip:alice@ims.example>", false)]
    [InlineData("sip:victim@ims.example", null, false)]
    [InlineData(Alice, "<sip:mallory@ims.example>", false)]
    [InlineData(Alice, "nonsense", false)]
    [InlineData(null, "<sip:alice@ims.example>", false)]
    public void Only_the_sender_that_the_network_vouches_for_may_ask(string? from, string? asserted, bool expected) =>
        Assert.Equal(expected, DeliveryReports.IsWanted(Record(Wrapper() with { From = from }, asserted), DispositionRequests.NegativeDelivery));

    [Fact]
    public void Notifications_other_bodies_and_unreadable_ones_ask_for_nothing()
    {
        var record = Record(Wrapper());
        Assert.True(DeliveryReports.IsWanted(record, DispositionRequests.NegativeDelivery));
        Assert.False(DeliveryReports.IsWanted(record, DispositionRequests.PositiveDelivery));
        Assert.False(DeliveryReports.IsWanted(Record(Wrapper() with { ContentType = ImdnReport.MediaType }), DispositionRequests.NegativeDelivery));
        Assert.False(DeliveryReports.IsWanted(Record(Wrapper() with { MessageId = null }), DispositionRequests.NegativeDelivery));
        Assert.False(DeliveryReports.IsWanted(record with { ContentType = "text/plain" }, DispositionRequests.NegativeDelivery));
        Assert.False(DeliveryReports.IsWanted(record with { Body = record.Body[..20] }, DispositionRequests.NegativeDelivery));
    }

    [Theory]
    [InlineData(ImdnStatus.Failed, ImdnKind.Delivery)]
    [InlineData(ImdnStatus.Error, ImdnKind.Delivery)]
    [InlineData(ImdnStatus.Stored, ImdnKind.Processing)]
    public void A_report_goes_to_the_sender_in_the_servers_name_and_asks_for_nothing(ImdnStatus status, ImdnKind kind)
    {
        var report = DeliveryReports.Compose(Record(Wrapper()), status, "sip:10.0.0.9:5090", new SeededRandomSource(1), Noon.AddHours(1))!;

        Assert.Equal((Alice, Alice, "sip:10.0.0.9:5090"), (report.Recipient, report.ToUri, report.FromUri));
        Assert.Equal("<sip:10.0.0.9:5090>", report.AssertedIdentity);
        Assert.Equal("message/cpim", report.ContentType);
        Assert.True(CpimReader.TryRead(report.Body, out var cpim, out _));
        Assert.Equal(("sip:10.0.0.9:5090", Alice, DispositionRequests.None), (cpim!.From, cpim.To, cpim.Requests));
        Assert.Equal((ImdnReport.MediaType, "notification"), (cpim.ContentType, cpim.ContentDisposition));
        Assert.NotEqual("2a.17", cpim.MessageId);
        Assert.True(ImdnXml.TryRead(cpim.Content, out var imdn, out _));
        Assert.Equal(new ImdnReport("2a.17", Noon, kind, status, "sip:bob@ims.example", "sip:Bob@ims.example"), imdn);
        Assert.False(DeliveryReports.IsWanted(report, DispositionRequests.NegativeDelivery));
    }

    [Fact]
    public void Where_nobody_asked_there_is_no_report() =>
        Assert.Null(DeliveryReports.Compose(Record(Wrapper() with { From = null }), ImdnStatus.Failed, "sip:10.0.0.9", new SeededRandomSource(1), Noon));

    private static CpimMessage Wrapper() => new()
    {
        From = Alice,
        To = "sip:bob@ims.example",
        SentAt = Noon,
        MessageId = "2a.17",
        Requests = DispositionRequests.NegativeDelivery,
        Content = Encoding.ASCII.GetBytes("hello"),
    };

    private static MailboxRecord Record(CpimMessage wrapper, string? asserted = "<sip:alice@ims.example>") => new()
    {
        Arrival = 1,
        Recipient = "sip:bob@ims.example",
        Timestamp = NtpTimestamp.FromUtc(Noon),
        Position = MailboxPosition.Start,
        ArrivedAt = Noon,
        ExpiresAt = Noon.AddHours(1),
        FromUri = Alice,
        ToUri = "sip:Bob@ims.example",
        AssertedIdentity = asserted,
        ContentType = "Message/CPIM",
        Body = CpimWriter.Write(wrapper),
    };
}
