using System.Text.Json;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Authentication;

public class MilenageTests
{
    public static TheoryData<int> SetNumbers => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(SetNumbers))]
    public void Every_function_gives_the_published_value(int number)
    {
        var set = MilenageSet.Load(number);
        var opc = new byte[16];
        Milenage.DeriveOpc(set.K, set.Op, opc);
        Assert.Equal(set.Opc, opc);

        var milenage = new Milenage(set.K, opc);
        byte[] macA = new byte[8], macS = new byte[8], res = new byte[8], ak = new byte[6], ck = new byte[16], ik = new byte[16], akStar = new byte[6];
        milenage.ComputeMacA(set.Rand, set.Sqn, set.Amf, macA);
        milenage.ComputeMacS(set.Rand, set.Sqn, set.Amf, macS);
        milenage.ComputeResponse(set.Rand, res, ak);
        milenage.ComputeCipherKey(set.Rand, ck);
        milenage.ComputeIntegrityKey(set.Rand, ik);
        milenage.ComputeResynchronisationKey(set.Rand, akStar);
        Assert.Equal(set.F1, macA);
        Assert.Equal(set.F1Star, macS);
        Assert.Equal(set.Res, res);
        Assert.Equal(set.Ak, ak);
        Assert.Equal(set.Ck, ck);
        Assert.Equal(set.Ik, ik);
        Assert.Equal(set.AkStar, akStar);
    }

    [Theory]
    [MemberData(nameof(SetNumbers))]
    public void The_challenge_is_rand_and_autn_and_opens_to_res_and_sqn(int number)
    {
        var set = MilenageSet.Load(number);
        var challenge = new byte[32];
        var expected = new byte[8];
        AkaVector.WriteChallenge(set.Credentials, set.Rand, set.SqnNumber, challenge, expected);
        Assert.Equal([.. set.Rand, .. set.Autn], challenge);
        Assert.Equal(set.Res, expected);

        var res = new byte[8];
        Assert.True(AkaVector.TryOpenChallenge(set.Credentials, challenge, res, out var sqn));
        Assert.Equal(set.Res, res);
        Assert.Equal(set.SqnNumber, sqn);
    }

    [Theory]
    [MemberData(nameof(SetNumbers))]
    public void A_challenge_altered_in_any_bit_of_autn_or_rand_does_not_open(int number)
    {
        var set = MilenageSet.Load(number);
        var challenge = new byte[32];
        AkaVector.WriteChallenge(set.Credentials, set.Rand, set.SqnNumber, challenge, new byte[8]);
        for (var bit = 0; bit < 256; bit++)
        {
            challenge[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(AkaVector.TryOpenChallenge(set.Credentials, challenge, new byte[8], out _), $"bit {bit}");
            challenge[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(SetNumbers))]
    public void Auts_carries_sqn_ms_to_the_network_and_breaks_with_any_bit(int number)
    {
        var set = MilenageSet.Load(number);
        var auts = new byte[14];
        AkaVector.WriteAuts(set.Credentials, set.Rand, 0x123456789ABC, auts);
        Assert.True(AkaVector.TryOpenAuts(set.Credentials, set.Rand, auts, out var sqnMs));
        Assert.Equal(0x123456789ABCUL, sqnMs);
        for (var bit = 0; bit < 112; bit++)
        {
            auts[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(AkaVector.TryOpenAuts(set.Credentials, set.Rand, auts, out _), $"bit {bit}");
            auts[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_key_of_another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Milenage(new byte[15], new byte[16]));
        Assert.Throws<ArgumentException>(() => new Milenage(new byte[16], new byte[17]));
        Assert.Throws<ArgumentException>(() => new Milenage(new byte[16], new byte[16]).ComputeCipherKey(new byte[8], new byte[16]));
    }
}

/// <summary>One test set of TS 35.208 clause 4.3.</summary>
internal sealed class MilenageSet
{
    private readonly JsonElement _json;

    private MilenageSet(JsonElement json) => _json = json;

    public byte[] K => Get("k");

    public byte[] Rand => Get("rand");

    public byte[] Sqn => Get("sqn");

    public byte[] Amf => Get("amf");

    public byte[] Op => Get("op");

    public byte[] Opc => Get("opc");

    public byte[] F1 => Get("f1");

    public byte[] F1Star => Get("f1star");

    public byte[] Res => Get("f2_res");

    public byte[] Ck => Get("f3_ck");

    public byte[] Ik => Get("f4_ik");

    public byte[] Ak => Get("f5_ak");

    public byte[] AkStar => Get("f5star");

    public byte[] Autn => Get("autn");

    public ulong SqnNumber => Convert.ToUInt64(_json.GetProperty("sqn").GetString(), 16);

    public SubscriberCredentials Credentials => new("alice_private@ims.example.org", DigestAlgorithm.AkaV1Md5, null, K, Opc, Amf);

    public static MilenageSet Load(int number)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "milenage", "sets.json")));
        var set = document.RootElement.GetProperty("sets").EnumerateArray().Single(element => element.GetProperty("no").GetInt32() == number);
        return new MilenageSet(set.Clone());
    }

    private byte[] Get(string name) => Convert.FromHexString(_json.GetProperty(name).GetString()!);
}
