using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Farm.Tests.Hosting;

public class SubscriberTableTests
{
    private static readonly byte[] Master = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    [Theory]
    [InlineData("sip:ue{index:000000}@{domain}")]
    [InlineData("sip:{index}@{domain}")]
    [InlineData("sip:a9{index}9b@{domain}")]
    [InlineData("sip:0{index:00}@{domain}")]
    public void Every_phone_is_found_again_by_its_identities(string template)
    {
        var table = Table($"subscribers.impu={template}", "subscribers.count=1200");
        for (var index = 0; index < 1200; index++)
        {
            var profile = table.ProfileOf(index);
            Assert.True(table.TryGet(profile.Credentials.PrivateIdentity, out var credentials, out var address), profile.PublicIdentity);
            Assert.Equal((profile.PublicIdentity, profile.Credentials.PrivateIdentity), (address, credentials.PrivateIdentity));
            Assert.True(table.TryGetByPublicIdentity(address, out credentials));
            Assert.True(credentials.K.Span.SequenceEqual(profile.Credentials.K.Span));
        }
    }

    [Theory]
    [InlineData("sip:ue000100@ims.example")]
    [InlineData("sip:ue-00001@ims.example")]
    [InlineData("sip:ue1@ims.example")]
    [InlineData("sip:ue0000001@ims.example")]
    [InlineData("sip:ue000001@ims.example.org")]
    [InlineData("sip:ue 00001@ims.example")]
    [InlineData("sip:ue99999999999999999999@ims.example")]
    [InlineData("sip:ue@ims.example")]
    [InlineData("tel:+1")]
    [InlineData("")]
    public void Nobody_else_is_known(string address)
    {
        var table = Table();

        Assert.False(table.TryGetByPublicIdentity(address, out _));
        Assert.False(table.TryGet(address.Replace("sip:", "", StringComparison.Ordinal), out _, out _));
    }

    [Fact]
    public void Derived_secrets_differ_between_phones_and_masters_and_stay_the_same()
    {
        var table = Table();
        var again = Table();
        var other = new SubscriberTable(Scenario(), [.. Master.Reverse()], MikeySuite.Aes128Sha1);

        Assert.Equal(Secret(table, 7), Secret(again, 7));
        Assert.NotEqual(Secret(table, 7), Secret(other, 7));
        Assert.Equal(300, Enumerable.Range(0, 100).Select(index => table.ProfileOf(index))
            .SelectMany(profile => new[] { profile.Psk, profile.Credentials.K, profile.Credentials.Opc }).Select(secret => Convert.ToHexString(secret.Span)).Distinct().Count());
    }

    [Theory]
    [InlineData("md5", DigestAlgorithm.Md5)]
    [InlineData("sha-256", DigestAlgorithm.Sha256)]
    internal void Passwords_are_derived_where_passwords_are_used(string scheme, DigestAlgorithm algorithm)
    {
        var table = Table($"subscribers.auth.scheme={scheme}");

        Assert.Equal(algorithm, table.ProfileOf(0).Credentials.Algorithm);
        Assert.Equal(100, Enumerable.Range(0, 100).Select(index => table.ProfileOf(index).Credentials.Password).Distinct().Count());
    }

    private static SubscriberTable Table(params string[] overrides) => new(Scenario(overrides), Master, MikeySuite.Aes128Sha1);

    private static Scenario Scenario(params string[] overrides) => Samples.Scenario(Samples.Minimal, overrides);

    private static string Secret(SubscriberTable table, int index)
    {
        var profile = table.ProfileOf(index);
        return Convert.ToHexString(profile.Psk.Span) + Convert.ToHexString(profile.Credentials.K.Span) + Convert.ToHexString(profile.Credentials.Opc.Span);
    }
}
