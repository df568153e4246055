using System.Globalization;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>Delivery reports between phones over a bad network, with nobody in between who could send any.</summary>
public class ReportTests
{
    private const int Phones = 4;
    private const int Messages = 60;

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    public void Every_message_taken_is_reported_to_its_sender_exactly_once_and_reports_are_not_reported(ulong seed)
    {
        var world = new PhoneWorld(seed, Phones, static settings => settings with { Reports = ReportRequests.All })
        {
            Loss = 0.1,
            Duplication = 0.1,
            LongestDelay = TimeSpan.FromMilliseconds(300),
        };
        world.RegisterAll();
        for (var id = 1; id <= Messages; id++)
        {
            var (from, number) = (id % Phones, id);
            world.At(TimeSpan.FromSeconds(id), () => world.Send(from, number, (from + 1 + (number % (Phones - 1))) % Phones, $"text {number}"));
        }

        world.Run(TimeSpan.FromMinutes(30));

        var accepted = world.Facts.Where(static each => each.Fact is { Kind: UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted }).ToList();
        var reports = world.Facts.Where(static each => each.Fact.Kind == UeEffectKind.ReportReceived).ToList();
        Assert.Equal(Messages, accepted.Count);
        Assert.Equal(Messages, world.Facts.Count(static each => each.Fact.Kind == UeEffectKind.ReportDue));
        Assert.Equal(Enumerable.Range(1, Messages).Select(static id => (long)id), reports.Select(static each => each.Fact.Token).Order());
        Assert.All(reports, each => Assert.Equal((ImdnStatus.Delivered, (int)(each.Fact.Token % Phones)), (each.Fact.Report!.Status, each.Phone)));
        Assert.All(accepted, static each => Assert.True(ReportId.TryReadNumber(each.Fact.MessageId!, out _)));
    }

    [Fact]
    public void A_wrapper_changed_on_the_way_changes_what_is_reported_and_never_what_is_taken()
    {
        var world = new PhoneWorld(31, Phones, static settings => settings with { Reports = ReportRequests.All });
        world.RegisterAll();
        var forged = 0;
        world.Interceptor = (phone, request) =>
        {
            Assert.True(MessageBody.TryOpen("message/cpim"u8, request.Body, out var body, out _));
            if (body.Wrapper!.From != request.From.Uri.ToString())
            {
                return false;
            }

            // The message goes on as another one's, to have the report sent to that one.
            var wrapper = body.Wrapper with { From = PhoneWorld.AddressOf((phone + 2) % Phones) };
            world.Inject(phone, Interception.WithBody(request, ++forged, CpimMessage.MediaType, CpimWriter.Write(wrapper)));
            return true;
        };
        for (var id = 1; id <= 12; id++)
        {
            world.Send(id % Phones, id, (id + 1) % Phones, id.ToString(CultureInfo.InvariantCulture));
        }

        world.Run(TimeSpan.FromMinutes(5));
        Assert.True(forged >= 12);
        Assert.Equal(12, world.Facts.Count(static each => each.Fact is { Kind: UeEffectKind.MessageReceived, Outcome: ReceiveOutcome.Accepted }));
        Assert.DoesNotContain(world.Facts, static each => each.Fact.Kind is UeEffectKind.ReportDue or UeEffectKind.ReportReceived);
    }
}
