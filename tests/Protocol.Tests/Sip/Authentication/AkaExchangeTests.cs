using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Authentication;

/// <summary>Phone and network against each other and against golden values.</summary>
public class AkaExchangeTests
{
    private const string Scope = "sip:alice@ims.example.org";
    private static readonly DateTimeOffset Utc = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, "616bc3d8a351fabb6f189dc5e740e09b")]
    [InlineData(3, "475500719cd4828f1531515f0771822d")]
    public void The_phone_answers_a_challenge_with_the_golden_response(int setNumber, string expected)
    {
        var client = CreateClient(setNumber, sqnMs: 0, out var challenge);
        Assert.True(client.TryAccept(challenge, out var fault));
        Assert.Equal(DigestClientFault.None, fault);
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example.org", default, "0a4f113b"u8);
        Assert.Contains($"response=\"{expected}\"", header, StringComparison.Ordinal);
        Assert.Contains("nc=00000001,", header, StringComparison.Ordinal);
        Assert.Equal(MilenageSet.Load(setNumber).SqnNumber, client.SqnMs);
    }

    [Theory]
    [InlineData(1, 0xff9bb4d0b627, "uoU/PBIctV7bggBAq0E=", "a73b041970b55fab636680ad1d85724a")]
    [InlineData(3, 0x9d027759601c, "Q66q3eza6XdL105LiOA=", "b1803dfadeb2b742fb710db1b794a3fe")]
    public void A_phone_that_is_ahead_answers_with_the_golden_auts(int setNumber, ulong sqnMs, string auts, string response)
    {
        var client = CreateClient(setNumber, sqnMs, out var challenge);
        Assert.True(client.TryAccept(challenge, out _));
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example.org", default, "0a4f113b"u8);
        Assert.Contains($"auts=\"{auts}\"", header, StringComparison.Ordinal);
        Assert.Contains($"response=\"{response}\"", header, StringComparison.Ordinal);
        Assert.Equal(sqnMs, client.SqnMs);
    }

    [Fact]
    public void A_challenge_with_a_wrong_mac_is_answered_with_an_empty_response_and_changes_nothing()
    {
        var set = MilenageSet.Load(3);
        byte[] challenge = [.. set.Rand, .. set.Autn];
        challenge[^1] ^= 1;
        var client = new DigestClient(set.Credentials, new SeededRandomSource(1)) { SqnMs = 7 };
        Assert.False(client.TryAccept(Parse($"Digest realm=\"ims.example.org\",nonce=\"{Convert.ToBase64String(challenge)}\"," +
            $"algorithm=AKAv1-MD5"), out var fault));
        Assert.Equal(DigestClientFault.AkaMacMismatch, fault);
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example.org", default);
        Assert.Contains("response=\"\"", header, StringComparison.Ordinal);
        Assert.DoesNotContain("auts", header, StringComparison.Ordinal);
        Assert.Equal(7UL, client.SqnMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfrw==")]
    [InlineData("not base64 at all!")]
    public void A_nonce_that_is_not_rand_and_autn_is_malformed(string nonce)
    {
        var client = new DigestClient(MilenageSet.Load(1).Credentials, new SeededRandomSource(1));
        Assert.False(client.TryAccept(Parse($"Digest realm=\"r\",nonce=\"{nonce}\",algorithm=AKAv1-MD5"), out var fault));
        Assert.Equal(DigestClientFault.Malformed, fault);
        Assert.Null(client.CreateHeader(SipMethod.Register, "sip:r", default));
    }

    [Fact]
    public void Registration_resynchronisation_and_registration_again_work_from_end_to_end()
    {
        var credentials = MilenageSet.Load(3).Credentials;
        var server = CreateServer();
        var client = new DigestClient(credentials, new SeededRandomSource(2)) { SqnMs = AkaVector.MaxSqn - 3200 };
        var now = new Instant(TimeSpan.TicksPerHour);

        Challenge(server, client, credentials, now);
        Assert.Equal(DigestVerdict.Resynchronised, Verify(server, client, credentials, now));
        Challenge(server, client, credentials, now);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, client, credentials, now));
        Assert.Equal(((AkaVector.MaxSqn - 3200) & ~31UL) + 32, client.SqnMs);

        Challenge(server, client, credentials, now);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, client, credentials, now));
    }

    [Fact]
    public void The_vector_is_used_again_with_a_higher_count_until_it_expires()
    {
        var credentials = MilenageSet.Load(5).Credentials;
        var server = CreateServer();
        var client = new DigestClient(credentials, new SeededRandomSource(2));
        var now = new Instant(TimeSpan.TicksPerHour);
        Challenge(server, client, credentials, now);
        Assert.Equal(DigestVerdict.Accepted, Verify(server, client, credentials, now));
        Assert.Equal(DigestVerdict.Accepted, Verify(server, client, credentials, now + TimeSpan.FromMinutes(5)));
        Assert.Equal(DigestVerdict.Stale, Verify(server, client, credentials, now + TimeSpan.FromMinutes(5.001)));
    }

    [Fact]
    public void Auts_of_another_key_is_refused()
    {
        var credentials = MilenageSet.Load(3).Credentials;
        var server = CreateServer();
        var client = new DigestClient(credentials, new SeededRandomSource(2)) { SqnMs = AkaVector.MaxSqn };
        var now = new Instant(TimeSpan.TicksPerHour);
        Challenge(server, client, credentials, now);
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example.org", default)!;
        var at = header.IndexOf("auts=\"", StringComparison.Ordinal) + 6;
        header = header[..at] + (header[at] == 'A' ? 'B' : 'A') + header[(at + 1)..];
        Assert.Equal(DigestVerdict.ResynchronisationRefused, Verify(server, header, credentials, Scope, now));
    }

    [Fact]
    public void No_challenge_leads_to_a_response_with_a_zero_byte()
    {
        var credentials = MilenageSet.Load(3).Credentials;
        var server = CreateServer();
        var seen = new HashSet<string>();
        var res = new byte[8];
        for (var index = 0; index < 1000; index++)
        {
            var challenge = Parse(server.CreateChallenges(credentials, Scope, stale: false, new Instant(1), Utc).First);
            Assert.True(seen.Add(challenge.Nonce));
            var nonce = Convert.FromBase64String(challenge.Nonce);
            Assert.Equal(32, nonce.Length);
            Assert.True(AkaVector.TryOpenChallenge(credentials, nonce, res, out _));
            Assert.DoesNotContain((byte)0, res);
        }
    }

    private static DigestClient CreateClient(int setNumber, ulong sqnMs, out DigestChallenge challenge)
    {
        var set = MilenageSet.Load(setNumber);
        var nonce = Convert.ToBase64String([.. set.Rand, .. set.Autn]);
        challenge = Parse($"Digest realm=\"ims.example.org\",nonce=\"{nonce}\",qop=\"auth,auth-int\",algorithm=AKAv1-MD5");
        return new DigestClient(set.Credentials, new SeededRandomSource(1)) { SqnMs = sqnMs };
    }

    private static DigestServer CreateServer() => new(new DigestServerSettings { Realm = "ims.example.org" }, new SeededRandomSource(9));

    private static void Challenge(DigestServer server, DigestClient client, SubscriberCredentials credentials, Instant now)
    {
        var (first, second) = server.CreateChallenges(credentials, Scope, stale: false, now, Utc);
        Assert.Null(second);
        Assert.True(client.TryAccept(Parse(first), out _));
    }

    private static DigestVerdict Verify(DigestServer server, DigestClient client, SubscriberCredentials credentials, Instant now) =>
        Verify(server, client.CreateHeader(SipMethod.Register, "sip:ims.example.org", default)!, credentials, Scope, now);

    private static DigestVerdict Verify(DigestServer server, string header, SubscriberCredentials credentials, string scope, Instant now)
    {
        Assert.True(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(header), out var authorization));
        return server.Verify(authorization, credentials, "REGISTER"u8, scope, default, now);
    }

    private static DigestChallenge Parse(string text)
    {
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(text), out var challenge));
        return challenge;
    }
}
