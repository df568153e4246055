using UeFarm.Actors.Traffic;
using Xunit;

namespace UeFarm.Actors.Tests;

public sealed class PhoneClocksTests
{
    [Fact]
    public void Offsets_fill_the_spread_and_depend_on_the_seed_alone()
    {
        var clocks = new PhoneClocks(10_000, 4, TimeSpan.FromSeconds(5), 0, TimeSpan.Zero);
        var offsets = Enumerable.Range(0, 10_000).Select(clocks.OffsetOf).ToList();
        Assert.All(offsets, offset => Assert.InRange(offset, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5)));
        Assert.InRange(offsets.Average(offset => offset.TotalSeconds), -0.15, 0.15);
        Assert.True(offsets.Max() > TimeSpan.FromSeconds(4.9) && offsets.Min() < TimeSpan.FromSeconds(-4.9));
        var same = new PhoneClocks(10_000, 4, TimeSpan.FromSeconds(5), 0, TimeSpan.Zero);
        var other = new PhoneClocks(10_000, 5, TimeSpan.FromSeconds(5), 0, TimeSpan.Zero);
        Assert.Equal(offsets, Enumerable.Range(0, 10_000).Select(same.OffsetOf));
        Assert.NotEqual(offsets, Enumerable.Range(0, 10_000).Select(other.OffsetOf));
    }

    [Fact]
    public void Exactly_as_many_phones_are_ahead_as_were_asked_for()
    {
        var clocks = new PhoneClocks(100, 4, TimeSpan.Zero, 7, TimeSpan.FromHours(6));
        Assert.Equal(7, Enumerable.Range(0, 100).Count(phone => clocks.OffsetOf(phone) == TimeSpan.FromHours(6)));
        Assert.Equal(93, Enumerable.Range(0, 100).Count(phone => clocks.OffsetOf(phone) == TimeSpan.Zero));
    }
}
