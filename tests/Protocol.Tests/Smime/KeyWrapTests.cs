using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

/// <summary>RFC 3394 sections 4.1, 4.3 and 4.6.</summary>
public sealed class KeyWrapTests
{
    [Theory]
    [InlineData(16, "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData(32, "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(
        32, "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
        "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Published_values_wrap_and_unwrap_and_fail_when_altered(int kekLength, string key, string wrapped)
    {
        var kek = SmimeVectors.Ascending(0, kekLength);
        var plain = Convert.FromHexString(key);
        var expected = Convert.FromHexString(wrapped);
        Assert.Equal(expected, KeyWrap.Wrap(kek, plain));
        Assert.True(KeyWrap.TryUnwrap(kek, expected, out var unwrapped));
        Assert.Equal(plain, unwrapped);
        for (var i = 0; i < expected.Length; i++)
        {
            var altered = expected.ToArray();
            altered[i] ^= 0x01;
            Assert.False(KeyWrap.TryUnwrap(kek, altered, out _));
            Assert.False(KeyWrap.TryUnwrap(kek, expected.AsSpan(0, i), out _));
        }
    }
}
