using System.Security.Cryptography;
using UeFarm.Protocol.Mikey.Keys;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

public sealed class InPlaceHmacTests
{
    [Fact]
    public void It_agrees_with_the_platform_for_all_lengths_of_key_and_input()
    {
        var random = new SeededRandomSource(2104);
        var sha1 = new byte[20];
        var sha256 = new byte[32];
        for (var keyLength = 0; keyLength <= InPlaceHmac.FreeBytes; keyLength++)
        {
            var key = new byte[keyLength];
            random.Fill(key);
            for (var length = 0; length < 300; length += 1 + (length / 8))
            {
                var buffer = new byte[InPlaceHmac.FreeBytes + length];
                random.Fill(buffer);
                var input = buffer[InPlaceHmac.FreeBytes..];
                InPlaceHmac.ComputeSha1(key, buffer, sha1);
                Assert.Equal(HMACSHA1.HashData(key, input), sha1);
                InPlaceHmac.ComputeSha256(key, buffer, sha256);
                Assert.Equal(HMACSHA256.HashData(key, input), sha256);
                Assert.Equal(input, buffer[InPlaceHmac.FreeBytes..]);
                Assert.All(buffer[..InPlaceHmac.FreeBytes], value => Assert.Equal(0, value));
            }
        }
    }

    [Fact]
    public void A_key_longer_than_a_block_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InPlaceHmac.ComputeSha1(new byte[65], new byte[100], new byte[20]));
        Assert.Throws<ArgumentOutOfRangeException>(() => InPlaceHmac.ComputeSha256(new byte[65], new byte[100], new byte[32]));
    }
}
