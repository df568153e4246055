using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using Xunit;

namespace UeFarm.Protocol.Tests.Kms;

/// <summary>A KMS and two phones that know it, with repeatable randomness and a clock that stands still.</summary>
internal sealed class KmsFixture
{
    public const string Alice = "sip:alice@ims.example";
    public const string Bob = "sip:bob@ims.example";
    public const string Carol = "sip:carol@ims.example";

    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, 250, TimeSpan.Zero);

    private static readonly byte[] MasterSecret = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    public KmsFixture(Func<KmsSettings, KmsSettings>? change = null)
    {
        var settings = new KmsSettings { MasterSecret = MasterSecret };
        Settings = change is null ? settings : change(settings);
        Service = new KeyManagementService(Settings, Random);
    }

    public SeededRandomSource Random { get; } = new(0x5EED);

    public KmsSettings Settings { get; }

    public KeyManagementService Service { get; }

    public static byte[] Psk(string identity, MikeySuite suite) => KeyManagementService.DerivePsk(MasterSecret, identity, suite);

    public TicketRequestExchange Request(
        MikeySuite suite, TimeSpan? lifetime = null, bool isReusable = true, string initiator = Alice, string responder = Bob) =>
        new(initiator, responder, Settings.Identity, Psk(initiator, suite), suite, lifetime ?? TimeSpan.FromDays(1), isReusable);

    public TicketResolveExchange Resolve(ReceivedTransferInit received, string responder = Bob) =>
        new(received, responder, Settings.Identity, Psk(responder, received.Suite));

    public GrantedTicket Grant(MikeySuite suite, TimeSpan? lifetime = null, bool isReusable = true, string initiator = Alice, string responder = Bob)
    {
        using var exchange = Request(suite, lifetime, isReusable, initiator, responder);
        var answer = Service.Handle(exchange.CreateInit(Noon, Random), Noon);
        Assert.NotNull(answer);
        Assert.True(exchange.TryComplete(answer, out var ticket, out var failure), failure.ToString());
        return ticket!;
    }

    public BuiltTransferInit Build(GrantedTicket ticket, TimeSpan? after = null) =>
        TransferInit.Build(ticket, NtpTimestamp.FromUtc(Noon + (after ?? TimeSpan.FromMinutes(1))), Random);

    public static ReceivedTransferInit Parse(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(ReceivedTransferInit.TryParse(bytes, out var received, out var failure), failure.ToString());
        return received!;
    }

    public ResolvedTicket ResolveNow(ReceivedTransferInit received, DateTimeOffset? utcNow = null)
    {
        using var exchange = Resolve(received);
        var now = utcNow ?? Noon;
        var answer = Service.Handle(exchange.CreateInit(now, Random), now);
        Assert.NotNull(answer);
        Assert.True(exchange.TryComplete(answer, out var ticket, out var failure), failure.ToString());
        return ticket!;
    }
}
