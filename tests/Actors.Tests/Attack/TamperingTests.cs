using UeFarm.Actors.Attack;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using Xunit;

namespace UeFarm.Actors.Tests.Attack;

public sealed class TamperingTests
{
    private const string Alice = "sip:alice@ims.example";
    private const string Bob = "sip:bob@ims.example";
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Master = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];
    private readonly SeededRandomSource _random = new(0x7A);

    public static TheoryData<bool> Suites => [false, true];

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_new_date_keeps_the_form_and_breaks_the_mac(bool isLong)
    {
        var (genuine, ticket) = Make(isLong);
        var later = NtpTimestamp.FromUtc(Noon.AddDays(14));
        Assert.True(Tampering.TryRedate(genuine.Bytes, genuine.Timestamp, later, _random, out var forged));

        Assert.Equal(genuine.Bytes.Length, forged.Length);
        Assert.True(ReceivedTransferInit.TryParse(forged, out var received, out var failure), failure.ToString());
        Assert.Equal(later, received!.Timestamp);
        Assert.NotEqual(genuine.Digest, received.Digest);
        Assert.True(received.TryCheckPolicy(Bob, out failure), failure.ToString());
        Assert.False(received.TryVerify(ticket, out _, out failure));
        Assert.True(ReceivedTransferInit.TryParse(genuine.Bytes, out var original, out _));
        Assert.True(original!.TryVerify(ticket, out _, out failure), failure.ToString());
        Assert.Equal(genuine.Bytes[^20..], forged[^20..]);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Initiator_data_goes_in_before_the_mac_and_is_refused_by_form(bool isLong)
    {
        var (genuine, _) = Make(isLong);
        Assert.True(Tampering.TryInsertInitiatorData(genuine.Bytes, out var altered));

        Assert.Equal(genuine.Bytes.Length + 3, altered.Length);
        Assert.Equal(genuine.Bytes[^20..], altered[^20..]);
        Assert.False(ReceivedTransferInit.TryParse(altered, out _, out _));
    }

    [Fact]
    public void What_is_no_transfer_init_is_left_alone()
    {
        Assert.False(Tampering.TryInsertInitiatorData([], out _));
        Assert.False(Tampering.TryInsertInitiatorData(new byte[100], out _));
        Assert.False(Tampering.TryRedate(new byte[100], new NtpTimestamp(5), new NtpTimestamp(6), _random, out _));
        Assert.False(Tampering.TryRedate([0, 0, 0, 0, 0, 0, 0, 5], new NtpTimestamp(5), new NtpTimestamp(6), _random, out _));
    }

    [Fact]
    public void One_bit_of_the_last_byte_changes_and_the_original_does_not()
    {
        byte[] original = [1, 2, 3];

        Assert.Equal([1, 2, 2], Tampering.FlipLastBit(original));
        Assert.Equal([1, 2, 3], original);
    }

    private (BuiltTransferInit Message, ResolvedTicket Ticket) Make(bool isLong)
    {
        var suite = isLong ? MikeySuite.Aes256Sha256 : MikeySuite.Aes128Sha1;
        var kms = new KeyManagementService(new KmsSettings { MasterSecret = Master }, _random);
        using var request = new TicketRequestExchange(
            Alice, Bob, "sip:kms@ims.example", KeyManagementService.DerivePsk(Master, Alice, suite), suite, TimeSpan.FromDays(28), true);
        Assert.True(request.TryComplete(kms.Handle(request.CreateInit(Noon, _random), Noon)!, out var granted, out var failure), failure.ToString());
        var built = TransferInit.Build(granted!, NtpTimestamp.FromUtc(Noon.AddMinutes(1)), _random);
        Assert.True(ReceivedTransferInit.TryParse(built.Bytes, out var received, out _));
        using var resolve = new TicketResolveExchange(received!, Bob, "sip:kms@ims.example", KeyManagementService.DerivePsk(Master, Bob, suite));
        Assert.True(resolve.TryComplete(kms.Handle(resolve.CreateInit(Noon, _random), Noon)!, out var ticket, out failure), failure.ToString());
        granted!.Dispose();
        return (built, ticket!);
    }
}
