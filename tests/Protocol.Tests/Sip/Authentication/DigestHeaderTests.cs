using System.Text;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Authentication;

public class DigestHeaderTests
{
    [Theory]
    [InlineData("Digest username=\"bob\",realm=\"ims.example\",nonce=\"n\",uri=\"sip:ims.example\",response=\"r\",qop=auth,nc=0000000a,cnonce=\"c\"," +
        "algorithm=MD5")]
    [InlineData("digest  USERNAME = \"bob\" ,Realm=\"ims.example\" , nonce=\"n\", uri=\"sip:ims.example\", response=\"r\", qop=\"auth\", nc=0000000A," +
        " cnonce=c, algorithm=\"MD5\"")]
    [InlineData("Digest username=bob,realm=ims.example,nonce=n,uri=sip:ims.example,response=r,,qop=AUTH,nc=0000000a,cnonce=c,algorithm=MD5,unknown=\"a,b=c\"")]
    public void Quoted_and_unquoted_parameters_read_alike(string text)
    {
        Assert.True(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(text), out var authorization));
        Assert.Equal("bob", Encoding.UTF8.GetString(authorization.Username));
        Assert.Equal("ims.example", Encoding.UTF8.GetString(authorization.Realm));
        Assert.Equal("n", Encoding.UTF8.GetString(authorization.Nonce));
        Assert.Equal("sip:ims.example", Encoding.UTF8.GetString(authorization.Uri));
        Assert.Equal("r", Encoding.UTF8.GetString(authorization.Response));
        Assert.Equal("c", Encoding.UTF8.GetString(authorization.Cnonce));
        Assert.Equal("MD5", Encoding.UTF8.GetString(authorization.Algorithm));
        Assert.Equal(10u, authorization.NonceCount);
        Assert.Equal(DigestQop.Auth, authorization.Qop);
    }

    [Fact]
    public void The_first_header_of_an_ims_phone_reads_with_empty_nonce_and_response()
    {
        var text = "Digest username=\"alice_private@ims.example.org\",realm=\"ims.example.org\",nonce=\"\",uri=\"sip:ims.example.org\",response=\"\""u8;
        Assert.True(DigestAuthorization.TryParse(text, out var authorization));
        Assert.True(authorization.Nonce.IsEmpty);
        Assert.True(authorization.Response.IsEmpty);
        Assert.Equal(DigestQop.None, authorization.Qop);
    }

    [Theory]
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]
    [InlineData("Digest")]
    [InlineData("Digest ")]
    [InlineData("Digest realm=\"r\",nonce=\"n\"")]
    [InlineData("Digest username=\"bob,realm=\"r\"")]
    [InlineData("Digest username=\"bob\" realm=\"r\"")]
    [InlineData("Digest username=\"bob\\")]
    [InlineData("Digest username=\"bob\\\"")]
    [InlineData("Digest username=\"bob\",username=\"alice\"")]
    [InlineData("Digest username=\"bob\",qop=auth")]
    [InlineData("Digest username=\"bob\",qop=auth,nc=1,cnonce=\"c\"")]
    [InlineData("Digest username=\"bob\",qop=auth,nc=0000000g,cnonce=\"c\"")]
    [InlineData("Digest username=\"bob\",qop=auth,nc=00000001")]
    [InlineData("Digest username=\"bob\",qop=auth-conf,nc=00000001,cnonce=\"c\"")]
    [InlineData("Digest =\"bob\"")]
    [InlineData("Digest username")]
    public void What_is_not_digest_or_ambiguous_is_refused(string text) =>
        Assert.False(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void No_cut_of_a_header_and_no_flood_of_parameters_does_harm()
    {
        var text = Encoding.UTF8.GetBytes(
            "Digest username=\"b\\\"ob\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"x\",qop=auth,nc=00000001,cnonce=\"c\",auts=\"uoU/PBIctV7bggBAq0E=\"");
        Assert.True(DigestAuthorization.TryParse(text, out var whole));
        Assert.Equal("b\\\"ob", Encoding.UTF8.GetString(whole.Username));
        for (var length = 0; length < text.Length; length++)
        {
            Assert.False(DigestChallenge.TryParse(text.AsSpan(0, length), out var challenge) && challenge.Realm != "r");
            if (DigestAuthorization.TryParse(text.AsSpan(0, length), out var cut))
            {
                Assert.Equal("b\\\"ob", Encoding.UTF8.GetString(cut.Username));
            }
        }

        var flood = "Digest " + string.Join(',', Enumerable.Range(0, 100).Select(index => $"p{index}=1")) + ",username=\"bob\"";
        Assert.False(DigestAuthorization.TryParse(Encoding.UTF8.GetBytes(flood), out _));
    }

    [Fact]
    public void A_challenge_is_read_with_its_options()
    {
        var text = "Digest realm=\"ims.example.org\", nonce=\"abc==\", opaque=\"o\", qop=\"auth-int,auth\", algorithm=SHA-256, stale=TRUE"u8;
        Assert.True(DigestChallenge.TryParse(text, out var challenge));
        Assert.Equal("ims.example.org", challenge.Realm);
        Assert.Equal("abc==", challenge.Nonce);
        Assert.Equal("o", challenge.Opaque);
        Assert.Equal("SHA-256", challenge.Algorithm);
        Assert.Equal(DigestQop.Auth, challenge.Qop);
        Assert.True(challenge.Stale);
    }

    [Theory]
    [InlineData("Digest realm=\"r\"")]
    [InlineData("Digest nonce=\"n\"")]
    [InlineData("Digest realm=\"r\",nonce=\"n\",qop=\"auth-conf\"")]
    [InlineData("NTLM realm=\"r\",nonce=\"n\"")]
    [InlineData("Digest realm=\"r\",nonce=\"n")]
    public void A_challenge_that_cannot_be_answered_is_refused(string text) =>
        Assert.False(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
