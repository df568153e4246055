using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip;

public sealed class SipUriTests
{
    [Theory]
    [InlineData("sip:alice@example.com", "sip", "alice", "example.com", 0)]
    [InlineData("SIPS:alice:secret@Example.COM:5061;transport=tcp", "sips", "alice", "example.com", 5061)]
    [InlineData("sip:example.com", "sip", null, "example.com", 0)]
    [InlineData("sip:[2001:db8::10]:5070", "sip", null, "[2001:db8::10]", 5070)]
    [InlineData("sip:[2001:db8::10:5070]", "sip", null, "[2001:db8::10:5070]", 0)]
    [InlineData("sip:+1-212-555-1212:1234@gateway.com;user=phone", "sip", "+1-212-555-1212", "gateway.com", 0)]
    [InlineData("sip:a%40b%3B@h", "sip", "a@b;", "h", 0)]
    [InlineData("sip:user@lab_core_1:5060", "sip", "user", "lab_core_1", 5060)]
    [InlineData("sip:%C3%BC@h.", "sip", "\u00fc", "h.", 0)]
    [InlineData("tel:+1-201-555-0123;phone-context=x", "tel", "+1-201-555-0123", "", 0)]
    [InlineData("urn:service:sos", "urn", null, "", 0)]
    [InlineData("im:bob@example.com", "im", null, "", 0)]
    public void The_parts_are_found(string text, string scheme, string? user, string host, int port)
    {
        var uri = SipUri.Parse(text);
        Assert.Equal((scheme, user, host, port), (uri.Scheme, uri.User, uri.Host, uri.Port));
        Assert.Equal(text, uri.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData(":x")]
    [InlineData("1sip:x")]
    [InlineData("sip:@host")]
    [InlineData("sip:user@")]
    [InlineData("sip:a b@host")]
    [InlineData("sip:a<b@host")]
    [InlineData("sip:a%4@host")]
    [InlineData("sip:a%zz@host")]
    [InlineData("sip:\u00fc@host")]
    [InlineData("sip:a@host:")]
    [InlineData("sip:a@host:0")]
    [InlineData("sip:a@host:65536")]
    [InlineData("sip:a@host:5060x")]
    [InlineData("sip:a@host;")]
    [InlineData("sip:a@host;;x")]
    [InlineData("sip:a@host;x=")]
    [InlineData("sip:a@host;x=y=z")]
    [InlineData("sip:a@host?")]
    [InlineData("sip:a@host?x")]
    [InlineData("sip:a@host?x=y&")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:2001:db8::10")]
    [InlineData("sip:[2001:db8::10")]
    [InlineData("sip:[host]")]
    [InlineData("sip:[]")]
    [InlineData("sip:a@.host")]
    [InlineData("sip:a@ho..st")]
    [InlineData("sip:a@-host")]
    [InlineData("sip:a@host\r\nX: y")]
    [InlineData("tel:")]
    [InlineData("tel:-")]
    [InlineData("tel:12+3")]
    [InlineData("tel:hello")]
    [InlineData("urn:")]
    [InlineData("urn:a b")]
    public void What_is_no_URI_is_refused(string text)
    {
        Assert.False(SipUri.TryParse(SipSamples.Bytes(text), out _));
        Assert.Throws<ArgumentException>(() => SipUri.Parse(text));
    }

    [Fact]
    public void The_length_is_bounded()
    {
        Assert.True(SipUri.TryParse(SipSamples.Bytes("sip:" + new string('a', SipUri.MaxLength - 6) + "@h"), out _));
        Assert.False(SipUri.TryParse(SipSamples.Bytes("sip:" + new string('a', SipUri.MaxLength - 5) + "@h"), out _));
    }

    [Fact]
    public void The_number_of_parameters_and_headers_is_bounded()
    {
        var parameters = string.Concat(Enumerable.Repeat(";a=b", SipUri.MaxParameters));
        var headers = string.Join('&', Enumerable.Repeat("a=b", SipUri.MaxParameters));
        Assert.True(SipUri.TryParse(SipSamples.Bytes("sip:h" + parameters + "?" + headers), out _));
        Assert.False(SipUri.TryParse(SipSamples.Bytes("sip:h" + parameters + ";c"), out _));
        Assert.False(SipUri.TryParse(SipSamples.Bytes("sip:h?" + headers + "&c=d"), out _));
    }

    // RFC 3261 section 19.1.4: the examples of the text.
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on")]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com")]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x")]
    [InlineData("sip:a@[2001:DB8::0:1]", "sip:a@[2001:db8::1]")]
    [InlineData("sip:%3bx@h", "sip:%3Bx@h")]
    [InlineData("tel:+1-201-555-0123", "tel:+12015550123")]
    [InlineData("URN:service:sos", "urn:service:sos")]
    public void Equal_URIs_are_equal_both_ways_and_hash_alike(string left, string right)
    {
        var one = SipUri.Parse(left);
        var two = SipUri.Parse(right);
        Assert.Equal(one, two);
        Assert.Equal(two, one);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
    }

    [Theory]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting")]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4")]
    [InlineData("sip:a@h", "sips:a@h")]
    [InlineData("sip:a@h", "sip:h")]
    [InlineData("sip:a:x@h", "sip:a:y@h")]
    [InlineData("sip:a@h;maddr=1.2.3.4", "sip:a@h")]
    [InlineData("sip:a@h;x=1", "sip:a@h;x=2")]
    [InlineData("sip:a;b@h", "sip:a%3Bb@h")]
    [InlineData("sip:a@h?x=1", "sip:a@h?x=2")]
    [InlineData("sip:a@h?x=1", "sip:a@h?x=1&y=2")]
    [InlineData("tel:+12015550123", "tel:+12015550124")]
    [InlineData("tel:123;phone-context=a", "tel:123;phone-context=b")]
    [InlineData("urn:service:sos", "urn:service:SOS")]
    public void Different_URIs_differ_both_ways(string left, string right)
    {
        Assert.NotEqual(SipUri.Parse(left), SipUri.Parse(right));
        Assert.NotEqual(SipUri.Parse(right), SipUri.Parse(left));
    }

    [Theory]
    [InlineData("sip:%61lice:pw@Example.COM:5070;transport=tcp?x=y", "sip:alice@example.com")]
    [InlineData("sips:alice@example.com", "sip:alice@example.com")]
    [InlineData("sip:Example.com:5060", "sip:example.com")]
    [InlineData("sip:a%3bb@h", "sip:a;b@h")]
    [InlineData("sip:a%40%0d%0a%20@h", "sip:a%40%0D%0A%20@h")]
    [InlineData("sip:Alice@h", "sip:Alice@h")]
    [InlineData("tel:+1-(201).555;x=y", "tel:+1201555")]
    [InlineData("urn:service:sos", "urn:service:sos")]
    public void The_address_of_record_is_a_canonical_URI(string text, string expected)
    {
        var addressOfRecord = SipUri.Parse(text).ToAddressOfRecord();
        Assert.Equal(expected, addressOfRecord);
        Assert.Equal(expected, SipUri.Parse(addressOfRecord).ToAddressOfRecord());
    }

    [Fact]
    public void Parameters_are_found_without_case_and_unescaped()
    {
        var uri = SipUri.Parse("sip:a@h;LR;x=%41b;%79=z?h=v");
        Assert.True(uri.TryGetParameter("lr", out var flag));
        Assert.Null(flag);
        Assert.True(uri.TryGetParameter("X", out var value));
        Assert.Equal("Ab", value);
        Assert.True(uri.TryGetParameter("y", out _));
        Assert.False(uri.TryGetParameter("h", out _));
        Assert.False(uri.TryGetParameter("", out _));
        Assert.True(uri.HasHeaders);
    }

    [Theory]
    [InlineData("\"A \\\"B\\\" \u00fc\" <sip:a@h;lr>;tag=1;x=\"q;, \\\\\"", "A \"B\" \u00fc", "sip:a@h;lr", "1", "q;, \\")]
    [InlineData("token one<sip:a@h>;TAG=2;X=y", "token one", "sip:a@h", "2", "y")]
    [InlineData("<sip:a,b;c@h>;x", null, "sip:a,b;c@h", "", null)]
    [InlineData("\"\"<sip:a@h>;x", null, "sip:a@h", "", null)]
    [InlineData("sip:a@h;tag=4 ; x = 5", null, "sip:a@h", "4", "5")]
    [InlineData("tel:+123;tag=a/b==;x", null, "tel:+123", "a/b==", null)]
    public void Name_addresses_give_their_parts(string text, string? display, string uri, string tag, string? x)
    {
        Assert.True(SipNameAddress.TryParse(SipSamples.Bytes(text), out var address));
        Assert.Equal(display, address.DisplayName);
        Assert.Equal(uri, address.Uri.ToString());
        Assert.Equal(tag, SipSamples.Text(address.Tag));
        Assert.Equal(x is not null || text.Contains(";x", StringComparison.Ordinal), address.TryGetParameter("x", out var value));
        Assert.Equal(x, value);
        Assert.False(address.TryGetParameter("nope", out _));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("<sip:a@h> x")]
    [InlineData("x sip:a@h")]
    [InlineData("\"x\" sip:a@h")]
    [InlineData("\"x\"")]
    [InlineData("\"x")]
    [InlineData("a\"b <sip:a@h>")]
    [InlineData("<sip:a@h>;x=\"")]
    [InlineData("<sip:a@h>;x=<y>")]
    [InlineData("<sip:a@h>,<sip:b@h>")]
    [InlineData("sip:a,b@h")]
    public void What_is_no_name_address_is_refused(string text) => Assert.False(SipNameAddress.TryParse(SipSamples.Bytes(text), out _));
}
