using System.Text;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Authentication;

public class DigestCalculatorTests
{
    private const string AkaUser = "alice_private@ims.example.org";
    private const string AkaRealm = "ims.example.org";

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_example_of_rfc_7616_section_3_9_1_comes_out(DigestAlgorithm algorithm, string expected)
    {
        var actual = Respond(
            algorithm, "Mufasa", "http-auth@example.org", "Circle of Life"u8.ToArray(), "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", DigestQop.Auth,
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "GET", "/dir/index.html");
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(1, DigestQop.Auth, "616bc3d8a351fabb6f189dc5e740e09b")]
    [InlineData(1, DigestQop.AuthInt, "5c4826cd1e2028e4ebeee5b7552ea5f5")]
    [InlineData(1, DigestQop.None, "3e2e73222371bb83b0b1246fc8d41b64")]
    [InlineData(3, DigestQop.Auth, "475500719cd4828f1531515f0771822d")]
    [InlineData(3, DigestQop.AuthInt, "0793bc59aeb5012547097d97a946ad69")]
    [InlineData(3, DigestQop.None, "dc008676e740f925d97faa5badf09642")]
    public void Aka_responses_match_the_golden_values(int setNumber, DigestQop qop, string expected)
    {
        var set = MilenageSet.Load(setNumber);
        Assert.Equal(expected, Respond(DigestAlgorithm.AkaV1Md5, AkaUser, AkaRealm, set.Res, NonceOf(set), qop, "0a4f113b", "REGISTER", "sip:ims.example.org"));
    }

    [Theory]
    [InlineData(1, "36235ae9c8ad59163d49440875f4a694", "d7b09bb5b2c177075f652c10bda074d4", "a73b041970b55fab636680ad1d85724a")]
    [InlineData(3, "f83f56ddd0dc5ad4ae6ada9717ef3dd5", "ed9658682143bccf3b0dea6c77516c63", "b1803dfadeb2b742fb710db1b794a3fe")]
    public void Ha1_the_servers_proof_and_the_empty_password_of_a_resynchronisation_match(int setNumber, string ha1, string proof, string withAuts)
    {
        var set = MilenageSet.Load(setNumber);
        var hex = new byte[64];
        var length = DigestCalculator.ComputeHa1(
            DigestAlgorithm.AkaV1Md5, Encoding.UTF8.GetBytes(AkaUser), Encoding.UTF8.GetBytes(AkaRealm), set.Res, hex);
        Assert.Equal(ha1, Encoding.ASCII.GetString(hex, 0, length));
        Assert.Equal(proof, Respond(DigestAlgorithm.AkaV1Md5, AkaUser, AkaRealm, set.Res, NonceOf(set), DigestQop.Auth, "0a4f113b", "", "sip:ims.example.org"));
        Assert.Equal(
            withAuts,
            Respond(DigestAlgorithm.AkaV1Md5, AkaUser, AkaRealm, [], NonceOf(set), DigestQop.Auth, "0a4f113b", "REGISTER", "sip:ims.example.org"));
    }

    [Theory]
    [InlineData(1, "cc0bf72870becfcd900bc94cab03f5ee", "616bc3d8a351fabb6f189dc5e740e09b")]
    [InlineData(3, "afb06af4efda4635d77b846dfdbe2c46", "475500719cd4828f1531515f0771822d")]
    public void Res_as_hex_text_gives_the_known_wrong_value(int setNumber, string wrong, string right)
    {
        var set = MilenageSet.Load(setNumber);
        var text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(set.Res));
        var actual = Respond(DigestAlgorithm.AkaV1Md5, AkaUser, AkaRealm, text, NonceOf(set), DigestQop.Auth, "0a4f113b", "REGISTER", "sip:ims.example.org");
        Assert.Equal(wrong, actual);
        Assert.NotEqual(right, actual);
    }

    [Fact]
    public void Inputs_larger_than_the_stack_buffer_hash_like_small_ones()
    {
        var longName = new string('u', 5000);
        var hex = new byte[64];
        var length = DigestCalculator.ComputeHa1(DigestAlgorithm.Sha256, Encoding.UTF8.GetBytes(longName), "r"u8, "p"u8, hex);
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{longName}:r:p")));
        Assert.Equal(expected, Encoding.ASCII.GetString(hex, 0, length));
    }

    [Fact]
    public void A_response_is_computed_without_allocating()
    {
        var hex = new byte[64];
        Compute(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            Compute(hex);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Compute(byte[] hex)
        {
            Span<byte> ha1 = stackalloc byte[64];
            var length = DigestCalculator.ComputeHa1(DigestAlgorithm.Md5, "user"u8, "realm"u8, "secret"u8, ha1);
            DigestCalculator.ComputeResponse(
                DigestAlgorithm.Md5, ha1[..length], "nonce"u8, DigestQop.Auth, "00000001"u8, "cnonce"u8, "REGISTER"u8, "sip:realm"u8, default, hex);
        }
    }

    private static string NonceOf(MilenageSet set) => Convert.ToBase64String([.. set.Rand, .. set.Autn]);

    private static string Respond(
        DigestAlgorithm algorithm, string user, string realm, byte[] password, string nonce, DigestQop qop, string cnonce, string method, string uri)
    {
        byte[] ha1 = new byte[64], hex = new byte[64];
        var ha1Length = DigestCalculator.ComputeHa1(algorithm, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(realm), password, ha1);
        var length = DigestCalculator.ComputeResponse(
            algorithm, ha1.AsSpan(0, ha1Length), Encoding.UTF8.GetBytes(nonce), qop, "00000001"u8, Encoding.UTF8.GetBytes(cnonce),
            Encoding.UTF8.GetBytes(method), Encoding.UTF8.GetBytes(uri), default, hex);
        return Encoding.ASCII.GetString(hex, 0, length);
    }
}
