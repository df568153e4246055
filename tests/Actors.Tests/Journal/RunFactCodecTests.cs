using CsCheck;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Actors.Tests.Journal;

public sealed class RunFactCodecTests
{
    private static readonly Gen<RunFact> Fact = Gen.Select(
        OneOf(Enum.GetValues<RunFactKind>()[1..]), Gen.OneOf(Gen.Long[0, 1000], Gen.Long), Gen.OneOf(Gen.Int[-1, 300], Gen.Int), Gen.OneOf(Gen.Long[-1, 300], Gen.Long),
        Gen.OneOf(Gen.Const(0), Gen.Int), OneOf(Enum.GetValues<SendFailure>()), Gen.Select(Gen.OneOf(Gen.Const(0UL), Gen.ULong), Gen.UInt),
        Gen.Select(OneOf(Enum.GetValues<ReceiveOutcome>()), Gen.Bool, Gen.Int[0, 63], OrNone(Enum.GetValues<AttackKind>()), OrNone(Enum.GetValues<ImdnStatus>()),
            Gen.OneOf(Gen.Const((string?)null), Gen.String[Gen.Char['\u0000', '\ud7ff'], 0, 300].Select(static text => (string?)text))),
        static (kind, ticks, phone, token, status, failure, identity, rest) => new RunFact(
            kind, ticks, phone, token, status, failure, new NtpTimestamp(identity.Item1), new ReplayDigest(identity.Item1, identity.Item1 / 3, identity.Item2 & ~0xFFU),
            rest.Item1, rest.Item2, rest.Item4, rest.Item5, (LedgerMarks)rest.Item3, rest.Item6));

    [Fact]
    public void Whatever_was_encoded_is_decoded() => Fact.Array[0, 40].Sample(static facts =>
    {
        Assert.Equal(RunFactCodecError.None, RunFactCodec.TryDecode(RunFactCodec.Encode(facts), out var decoded));
        Assert.Equal(facts, decoded);
    });

    [Fact]
    public void Bytes_are_refused_or_are_the_only_encoding_of_what_they_say() => Gen.Select(Fact.Array[0, 10], Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 3]).Sample(static sample =>
    {
        var (facts, place, value, way) = sample;
        var bytes = RunFactCodec.Encode(facts);
        place %= bytes.Length;
        byte[] changed = way switch
        {
            0 => bytes[..place],
            1 => [.. bytes[..place], value, .. bytes[place..]],
            2 => [.. bytes[..place], .. bytes[(place + 1)..]],
            _ => [.. bytes[..place], value, .. bytes[(place + 1)..]],
        };
        if (RunFactCodec.TryDecode(changed, out var decoded) == RunFactCodecError.None)
        {
            Assert.Equal(changed, RunFactCodec.Encode(decoded));
        }
        else
        {
            Assert.Empty(decoded);
        }
    });

    [Theory]
    [InlineData("", RunFactCodecError.Truncated)]
    [InlineData("00", RunFactCodecError.UnknownVersion)]
    [InlineData("02", RunFactCodecError.UnknownVersion)]
    [InlineData("01 00 00 00", RunFactCodecError.UnknownKind)]
    [InlineData("01 7F 00 00", RunFactCodecError.UnknownKind)]
    [InlineData("01 02", RunFactCodecError.Truncated)]
    [InlineData("01 02 01 00", RunFactCodecError.Truncated)]
    [InlineData("01 07 08 00 00 00 00 00 00 00 00 01", RunFactCodecError.Truncated)]
    [InlineData("01 02 80 20 00", RunFactCodecError.UnknownField)]
    [InlineData("01 02 80 10 00", RunFactCodecError.Truncated)]
    [InlineData("01 02 80 10 00 02 41", RunFactCodecError.Truncated)]
    [InlineData("01 02 80 10 00 01 FF", RunFactCodecError.BadValue)]
    [InlineData("01 02 80 10 00 02 C1 81", RunFactCodecError.BadValue)]
    [InlineData("01 02 80 10 00 FF FF FF FF 0F", RunFactCodecError.BadValue)]
    [InlineData("01 02 FF FF FF FF FF 0F 00", RunFactCodecError.BadValue)]
    [InlineData("01 02 00 80 00", RunFactCodecError.BadValue)]
    [InlineData("01 02 00 FF FF FF FF FF FF FF FF FF 02", RunFactCodecError.BadValue)]
    [InlineData("01 02 00 FF FF FF FF FF FF FF FF FF FF", RunFactCodecError.BadValue)]
    [InlineData("01 02 01 00 01", RunFactCodecError.BadValue)]
    [InlineData("01 02 01 00 80 80 80 80 10", RunFactCodecError.BadValue)]
    [InlineData("01 0A 10 00 11", RunFactCodecError.BadValue)]
    [InlineData("01 09 40 00 08", RunFactCodecError.BadValue)]
    [InlineData("01 0A 80 02 00 06", RunFactCodecError.BadValue)]
    [InlineData("01 0E 80 04 00 07", RunFactCodecError.BadValue)]
    [InlineData("01 11 80 08 00 40", RunFactCodecError.BadValue)]
    [InlineData("01 07 04 00 00 00 00 00 00 00 00 00", RunFactCodecError.BadValue)]
    public void Wrong_bytes_are_told_apart(string hex, RunFactCodecError expected) =>
        Assert.Equal(expected, RunFactCodec.TryDecode(Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)), out _));

    [Fact]
    public void The_bytes_of_version_1_stay_what_they_are()
    {
        RunFact[] facts =
        [
            new(RunFactKind.MessageSent, 1000, 7, 300, Timestamp: new NtpTimestamp(0x0102030405060708), Digest: new ReplayDigest(1, 2, 3)),
            new(RunFactKind.MessageAnswered, 998, 7, 300, 202),
        ];
        Assert.Equal(
            "01" + "07" + "0F" + "D00F" + "0E" + "D804" + "0102030405060708" + "0000000000000001000000000000000200000003" + "08" + "23" + "03" + "0E" + "D804" + "9403",
            Convert.ToHexString(RunFactCodec.Encode(facts)));
    }

    [Fact]
    public void A_sender_follows_everything_else()
    {
        RunFact[] facts = [new(RunFactKind.ReportReceived, 1000, 7, ReportStatus: ImdnStatus.Failed, Sender: "sip:\u00e4")];
        Assert.Equal("01" + "0E" + "8114" + "D00F" + "0E" + "01" + "06" + "7369703AC3A4", Convert.ToHexString(RunFactCodec.Encode(facts)));
    }

    [Fact]
    public void A_batch_has_a_largest_size()
    {
        var bytes = new byte[1 + (3 * (RunFactCodec.MaxFacts + 1))];
        bytes[0] = RunFactCodec.Version;
        for (var i = 1; i < bytes.Length; i += 3)
        {
            bytes[i] = (byte)RunFactKind.ReportDue;
        }

        Assert.Equal(RunFactCodecError.None, RunFactCodec.TryDecode(bytes.AsSpan(..^3), out var most));
        Assert.Equal(RunFactCodec.MaxFacts, most.Count);
        Assert.Equal(RunFactCodecError.TooMany, RunFactCodec.TryDecode(bytes, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunFactCodec.Encode([.. most, most[0]]));
    }

    private static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> OrNone<T>(T[] values)
        where T : struct => Gen.OneOf(Gen.Const((T?)null), OneOf(values).Select(static value => (T?)value));
}
