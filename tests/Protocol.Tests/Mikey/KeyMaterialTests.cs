using UeFarm.Protocol.Mikey.Keys;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

public sealed class KeyMaterialTests
{
    [Fact]
    public void Text_shows_no_key_and_disposal_clears_it()
    {
        var source = new byte[] { 0xDE, 0xAD, 0xBE, 0xEF };
        var key = new KeyMaterial(source);
        source[0] = 0;
        Assert.True(key.FixedTimeEquals([0xDE, 0xAD, 0xBE, 0xEF]));
        Assert.False(key.FixedTimeEquals([0xDE, 0xAD, 0xBE, 0xEE]));
        Assert.False(key.FixedTimeEquals([0xDE, 0xAD, 0xBE]));
        Assert.Equal("key (32 bits)", key.ToString());

        var memory = key.Memory;
        key.Dispose();
        key.Dispose();
        Assert.Equal("00000000", MikeyVectors.Hex(memory.Span));
        Assert.Throws<ObjectDisposedException>(() => key.Length);
        Assert.Throws<ObjectDisposedException>(() => key.Memory);
        Assert.Equal("key (cleared)", key.ToString());
    }
}
