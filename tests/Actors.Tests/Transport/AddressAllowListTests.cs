using System.Net;
using UeFarm.Actors.Transport;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class AddressAllowListTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.255.255", true)]
    [InlineData("128.0.0.0", false)]
    [InlineData("126.255.255.255", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void The_default_is_loopback(string address, bool allowed) =>
        Assert.Equal(allowed, AddressAllowList.Loopback.IsAllowed(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1.2.0/23", "10.1.3.255", true)]
    [InlineData("10.1.2.0/23", "10.1.4.0", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.6", false)]
    [InlineData("192.0.2.7/32", "::ffff:192.0.2.7", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("fd00::1", "fd00::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.8.7", true)]
    public void A_network_holds_what_its_prefix_says(string network, string address, bool allowed)
    {
        Assert.True(AddressAllowList.TryParse(["203.0.113.200/32", network], out var list, out var bad), bad);
        Assert.Equal(allowed, list!.IsAllowed(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.1")]
    [InlineData("0x7f000001")]
    [InlineData("127.0.0.01")]
    [InlineData("::1/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData("2001:db8::1/32")]
    public void An_entry_that_could_mean_something_else_is_refused_and_named(string entry)
    {
        Assert.False(AddressAllowList.TryParse(["127.0.0.0/8", entry], out var list, out var bad));
        Assert.Null(list);
        Assert.Equal(entry, bad);
    }

    [Fact]
    public void An_empty_list_allows_nothing()
    {
        Assert.True(AddressAllowList.TryParse([], out var list, out _));
        Assert.False(list!.IsAllowed(IPAddress.Loopback));
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        var address = IPAddress.Parse("192.0.2.1");
        AddressAllowList.Loopback.IsAllowed(address);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 1000; count++)
        {
            AddressAllowList.Loopback.IsAllowed(address);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
