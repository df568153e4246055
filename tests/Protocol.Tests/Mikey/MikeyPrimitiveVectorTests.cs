using System.Globalization;
using System.Text.Json;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Keys;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>Constants, timestamps, PRF and counter mode of the vectors.</summary>
public sealed class MikeyPrimitiveVectorTests
{
    [Fact]
    public void Every_constant_is_that_of_the_vectors()
    {
        var ours = new Dictionary<string, LabelConstant>
        {
            ["TEK"] = LabelConstant.Tek,
            ["TGK_AUTH"] = LabelConstant.TgkAuthentication,
            ["TGK_ENCR"] = LabelConstant.TgkEncryption,
            ["TGK_SALT"] = LabelConstant.TgkSalt,
            ["M_ENCR"] = LabelConstant.Encryption,
            ["M_AUTH"] = LabelConstant.Authentication,
            ["M_SALT"] = LabelConstant.Salt,
            ["FORK_MPKR"] = LabelConstant.ForkedMpkR,
            ["FORK_TGK"] = LabelConstant.ForkedTgk,
            ["MPKI"] = LabelConstant.MpkI,
            ["MPKR"] = LabelConstant.MpkR,
        };
        var theirs = MikeyVectors.Root.GetProperty("constants").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString());
        Assert.Equal(theirs.Keys.Order(), ours.Keys.Order());
        Assert.Equal(ours.Count, Enum.GetValues<LabelConstant>().Length);
        foreach (var (name, constant) in ours)
        {
            Assert.Equal(theirs[name], ((uint)constant).ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Timestamps_convert_both_ways_across_the_change_of_era()
    {
        var count = 0;
        foreach (var item in MikeyVectors.Root.GetProperty("timestamps").EnumerateArray())
        {
            var utc = DateTimeOffset.Parse(item.GetProperty("utc").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            var raw = item.HexUInt64("ntp_utc_64");
            var ntp = NtpTimestamp.FromUtc(utc);
            Assert.Equal(raw, ntp.Raw);
            Assert.Equal(utc, new NtpTimestamp(raw).ToUtc());
            Assert.Equal(item.HexUInt32("ntp_utc_32"), ntp.Seconds);
            Assert.Equal(item.GetProperty("msb_set").GetBoolean(), ntp.Seconds >= 0x8000_0000);
            Assert.True(MikeyTimestamp.FromSeconds(ntp.Seconds).TryGetNtp(out var whole));
            Assert.Equal((ulong)ntp.Seconds << 32, whole.Raw);
            count++;
        }

        Assert.Equal(6, count);
    }

    [Fact]
    public void A_counter_is_no_clock_and_fills_up_in_front()
    {
        var counter = new MikeyTimestamp(TimestampType.Counter, 0x01020304);
        Assert.False(counter.TryGetNtp(out _));
        Assert.Equal(0x0000_0000_0102_0304UL, counter.CounterModeBits);
        Assert.Equal(0x0102_0304_0000_0000UL, MikeyTimestamp.FromSeconds(0x01020304).CounterModeBits);
    }

    [Fact]
    public void Both_prfs_give_the_keys_of_all_cases()
    {
        var cases = MikeyVectors.Root.GetProperty("prf").EnumerateArray()
            .Concat(MikeyVectors.Root.GetProperty("prf_rfc3830_style_labels").EnumerateArray())
            .Append(MikeyVectors.Root.GetProperty("prf_external_kat"))
            .ToArray();
        Assert.Equal(63, cases.Length);
        foreach (var item in cases)
        {
            Assert.Equal(item.GetProperty("outkey").GetString(), Derive(item, item.GetProperty("outkey_bits").GetInt32() / 8));
        }
    }

    [Fact]
    public void A_shorter_key_is_the_beginning_of_a_longer_one()
    {
        foreach (var item in MikeyVectors.Root.GetProperty("prf").EnumerateArray())
        {
            var whole = Derive(item, 100);
            for (var length = 1; length < 100; length += 7)
            {
                Assert.Equal(whole[..(2 * length)], Derive(item, length));
            }
        }
    }

    [Fact]
    public void Rfc_3830_labels_lack_the_kind_and_the_lengths_of_ours()
    {
        var item = MikeyVectors.Root.GetProperty("prf_rfc3830_style_labels")[1];
        var label = new byte[64];
        var length = MikeyLabels.WriteMessage(
            label, LabelConstant.Authentication, LabelKind.InitialMessage, item.HexUInt32("csb_id"), item.Hex("rand"), default);
        var theirs = item.Hex("label");
        Assert.Equal(theirs.Length + 3, length);
        Assert.Equal(theirs[..9], label[..9]);
        Assert.Equal([(byte)LabelKind.InitialMessage, 16], label[9..11]);
        Assert.Equal(theirs[9..], label[11..27]);
        Assert.Equal(0, label[27]);
    }

    [Fact]
    public void Counter_mode_gives_the_known_keystream_and_undoes_itself()
    {
        var item = MikeyVectors.Root.GetProperty("aes_cm_kat");
        var keystream = item.Hex("keystream");
        var output = new byte[keystream.Length];
        AesCounterMode.Transform(item.Hex("key"), item.Hex("iv"), new byte[keystream.Length], output);
        Assert.Equal(keystream, output);

        for (var length = 0; length <= keystream.Length; length++)
        {
            var part = new byte[length];
            AesCounterMode.Transform(item.Hex("key"), item.Hex("iv"), keystream.AsSpan(0, length), part);
            Assert.All(part, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void The_counter_carries_over_all_128_bits()
    {
        var key = new byte[16];
        var last = Enumerable.Repeat((byte)0xFF, 16).ToArray();
        var twoBlocks = new byte[32];
        AesCounterMode.Transform(key, last, new byte[32], twoBlocks);
        var zero = new byte[16];
        AesCounterMode.Transform(key, new byte[16], new byte[16], zero);
        Assert.Equal(zero, twoBlocks[16..]);
    }

    private static string Derive(JsonElement item, int bytes)
    {
        var output = new byte[bytes];
        MikeyPrf.Derive((PrfFunction)item.GetProperty("prf_func").GetInt32(), item.Hex("inkey"), item.Hex("label"), output);
        return MikeyVectors.Hex(output);
    }
}
