using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Authentication;

public class DigestServerTests
{
    private const string Scope = "sip:bob@ims.example";
    private static readonly DateTimeOffset Utc = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Instant Start = new(TimeSpan.TicksPerMinute);

    private readonly DigestServer _server = new(new DigestServerSettings { Realm = "ims.example", NonceSlots = 1024 }, new SeededRandomSource(5));

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    public void A_right_password_is_accepted_and_proved_back(DigestAlgorithm algorithm)
    {
        var credentials = Create(algorithm);
        var client = Challenge(credentials, Start);
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example", default)!;
        Assert.Contains(algorithm == DigestAlgorithm.Md5 ? "algorithm=MD5" : "algorithm=SHA-256", header, StringComparison.Ordinal);
        Assert.Equal(DigestVerdict.Accepted, Verify(header, credentials, Scope, Start));

        Assert.True(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(header), out var authorization));
        var hex = new byte[64];
        var length = DigestCalculator.ComputeHa1(algorithm, "bob_private"u8, "ims.example"u8, "sesame"u8, hex);
        var proof = new byte[64];
        var proofLength = DigestCalculator.ComputeResponse(
            algorithm, hex.AsSpan(0, length), authorization.Nonce, DigestQop.Auth, "00000001"u8, authorization.Cnonce, default,
            "sip:ims.example"u8, default, proof);
        var info = DigestServer.CreateAuthenticationInfo(authorization, credentials, default);
        Assert.Contains($"rspauth=\"{Encoding.ASCII.GetString(proof, 0, proofLength)}\"", info, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sha_256_subscriber_is_offered_sha_256_then_md5_and_may_answer_either()
    {
        var credentials = Create(DigestAlgorithm.Sha256);
        var (first, second) = _server.CreateChallenges(credentials, Scope, stale: false, Start, Utc);
        Assert.Contains("algorithm=SHA-256", first, StringComparison.Ordinal);
        Assert.Contains("algorithm=MD5", second, StringComparison.Ordinal);

        var old = new DigestClient(Create(DigestAlgorithm.Md5), new SeededRandomSource(3));
        Assert.False(old.TryAccept(Parse(first), out var fault));
        Assert.Equal(DigestClientFault.UnsupportedAlgorithm, fault);
        Assert.True(old.TryAccept(Parse(second!), out _));
        Assert.Equal(DigestVerdict.Accepted, Verify(old.CreateHeader(SipMethod.Register, "sip:ims.example", default)!, credentials, Scope, Start));
    }

    [Fact]
    public void A_wrong_password_another_method_another_body_and_an_algorithm_not_offered_fail()
    {
        var credentials = Create(DigestAlgorithm.Md5);
        var thief = Challenge(credentials with { Password = "guess" }, Start);
        Assert.Equal(DigestVerdict.WrongResponse, Verify(thief.CreateHeader(SipMethod.Register, "sip:ims.example", default)!, credentials, Scope, Start));

        var client = Challenge(credentials, Start);
        Assert.Equal(DigestVerdict.WrongResponse, Verify(client.CreateHeader(SipMethod.Message, "sip:ims.example", default)!, credentials, Scope, Start));
        Assert.Equal(
            DigestVerdict.NoCredentials,
            Verify(Challenge(Create(DigestAlgorithm.Sha256), Start).CreateHeader(SipMethod.Register, "sip:ims.example", default)!, credentials, Scope, Start));
    }

    [Fact]
    public void A_captured_header_is_not_accepted_twice_and_a_higher_count_is()
    {
        var credentials = Create(DigestAlgorithm.Md5);
        var client = Challenge(credentials, Start);
        var first = client.CreateHeader(SipMethod.Register, "sip:ims.example", default)!;
        var second = client.CreateHeader(SipMethod.Register, "sip:ims.example", default)!;
        Assert.Equal(DigestVerdict.Accepted, Verify(first, credentials, Scope, Start));
        Assert.Equal(DigestVerdict.Stale, Verify(first, credentials, Scope, Start));
        Assert.Equal(DigestVerdict.Accepted, Verify(second, credentials, Scope, Start));
        Assert.Equal(DigestVerdict.Stale, Verify(first, credentials, Scope, Start));
    }

    [Fact]
    public void A_header_without_qop_works_once()
    {
        var credentials = Create(DigestAlgorithm.Md5);
        var (first, _) = _server.CreateChallenges(credentials, Scope, stale: false, Start, Utc);
        var client = new DigestClient(credentials, new SeededRandomSource(3));
        Assert.True(client.TryAccept(Parse(first.Replace(",qop=\"auth\"", "", StringComparison.Ordinal)), out _));
        var header = client.CreateHeader(SipMethod.Register, "sip:ims.example", default)!;
        Assert.DoesNotContain("cnonce", header, StringComparison.Ordinal);
        Assert.Equal(DigestVerdict.Accepted, Verify(header, credentials, Scope, Start));
        Assert.Equal(DigestVerdict.Stale, Verify(header, credentials, Scope, Start));
    }

    [Fact]
    public void A_nonce_is_bound_to_its_identity_its_server_and_its_time()
    {
        var credentials = Create(DigestAlgorithm.Md5);
        var header = Challenge(credentials, Start).CreateHeader(SipMethod.Register, "sip:ims.example", default)!;
        Assert.Equal(DigestVerdict.Stale, Verify(header, credentials, "sip:carol@ims.example", Start));
        Assert.Equal(DigestVerdict.Stale, Verify(header, credentials, Scope, Start + TimeSpan.FromMinutes(5.001)));
        var other = new DigestServer(new DigestServerSettings { Realm = "ims.example" }, new SeededRandomSource(6));
        Assert.True(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(header), out var authorization));
        Assert.Equal(DigestVerdict.Stale, other.Verify(authorization, credentials, "REGISTER"u8, Scope, default, Start));
        Assert.Equal(DigestVerdict.Accepted, Verify(header, credentials, Scope, Start + TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void A_made_up_nonce_with_a_wrong_password_is_challenged_not_refused()
    {
        var credentials = Create(DigestAlgorithm.Md5);
        var header = $"Digest username=\"bob_private\",realm=\"ims.example\",nonce=\"{Convert.ToBase64String(new byte[24])}\",uri=\"sip:ims.example\"," +
            $"response=\"{new string('0', 32)}\"";
        Assert.Equal(DigestVerdict.NoCredentials, Verify(header, credentials, Scope, Start));
    }

    [Fact]
    public void No_header_is_ever_accepted_twice_however_full_the_memory_of_nonces_is()
    {
        const ulong Seed = 20120722;
        var random = new SeededRandomSource(Seed);
        var window = new NonceWindow(16);
        var used = new HashSet<(ulong, uint)>();
        var accepted = 0;
        for (var step = 0; step < 100_000; step++)
        {
            var number = 1 + (random.NextUInt64() % (ulong)(1 + (step / 50)));
            var count = (uint)(1 + (random.NextUInt64() % 3));
            if (window.TryUse(number, count))
            {
                accepted++;
                Assert.True(used.Add((number, count)), $"seed {Seed} step {step}: {number}/{count} accepted twice");
            }
        }

        Assert.InRange(accepted, 1000, 99_000);
    }

    [Fact]
    public void A_fresh_nonce_is_always_usable()
    {
        var window = new NonceWindow(16);
        for (var number = 1UL; number < 10_000; number++)
        {
            Assert.True(window.TryUse(number, 1));
            Assert.False(window.TryUse(number, 1));
        }
    }

    private static SubscriberCredentials Create(DigestAlgorithm algorithm) => new("bob_private", algorithm, "sesame", default, default, default);

    private DigestClient Challenge(SubscriberCredentials credentials, Instant now)
    {
        var client = new DigestClient(credentials, new SeededRandomSource(3));
        Assert.True(client.TryAccept(Parse(_server.CreateChallenges(credentials, Scope, stale: false, now, Utc).First), out _));
        return client;
    }

    private DigestVerdict Verify(string header, SubscriberCredentials credentials, string scope, Instant now)
    {
        Assert.True(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(header), out var authorization));
        return _server.Verify(authorization, credentials, "REGISTER"u8, scope, default, now);
    }

    private static DigestChallenge Parse(string text)
    {
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(text), out var challenge));
        return challenge;
    }
}
