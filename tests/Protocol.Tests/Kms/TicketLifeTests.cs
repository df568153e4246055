using UeFarm.Protocol.Mikey;
using Xunit;

namespace UeFarm.Protocol.Tests.Kms;

/// <summary>One ticket from its request to the key that both ends derive.</summary>
public sealed class TicketLifeTests
{
    [Theory]
    [InlineData(MikeySuite.Aes128Sha1, 16)]
    [InlineData(MikeySuite.Aes256Sha256, 32)]
    public void Both_ends_derive_the_same_key_through_the_kms(MikeySuite suite, int keyBytes)
    {
        var kms = new KmsFixture();
        using var granted = kms.Grant(suite);
        Assert.Equal(KmsFixture.Alice, granted.Initiator);
        Assert.Equal(KmsFixture.Bob, granted.Responder);
        Assert.True(granted.IsReusable);
        Assert.False(granted.IsPolicyChanged);
        Assert.Equal(KmsFixture.Noon.AddDays(1).AddMilliseconds(-250), granted.NotAfter);

        var built = kms.Build(granted);
        Assert.Equal(keyBytes, built.Kek.Length);
        var received = KmsFixture.Parse(built.Bytes);
        Assert.Equal(built.Timestamp, received.Timestamp);
        Assert.Equal(built.Digest, received.Digest);
        Assert.True(received.TryCheckPolicy(KmsFixture.Bob, out var failure), failure.ToString());

        using var resolved = kms.ResolveNow(received);
        Assert.Equal(KmsFixture.Alice, resolved.Initiator);
        Assert.Equal(granted.NotAfter, resolved.NotAfter);
        Assert.True(received.TryVerify(resolved, out var kek, out failure), failure.ToString());
        Assert.Equal(built.Kek, kek);
    }

    [Theory]
    [InlineData(MikeySuite.Aes128Sha1)]
    [InlineData(MikeySuite.Aes256Sha256)]
    public void One_resolved_ticket_serves_every_message_under_it_and_each_has_its_own_key(MikeySuite suite)
    {
        var kms = new KmsFixture();
        using var granted = kms.Grant(suite);
        using var resolved = kms.ResolveNow(KmsFixture.Parse(kms.Build(granted).Bytes));
        var keys = new HashSet<string>();
        for (var i = 0; i < 50; i++)
        {
            var built = kms.Build(granted, TimeSpan.FromSeconds(i));
            var received = KmsFixture.Parse(built.Bytes);
            Assert.True(received.TryVerify(resolved, out var kek, out var failure), failure.ToString());
            Assert.Equal(built.Kek, kek);
            Assert.True(keys.Add(Convert.ToHexString(kek!)));
        }
    }
}
