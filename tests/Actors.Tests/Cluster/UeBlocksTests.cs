using CsCheck;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public class UeBlocksTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(64, 1, 64)]
    [InlineData(65, 2, 33)]
    [InlineData(10_000, 157, 64)]
    [InlineData(64_000, 1000, 64)]
    [InlineData(64_001, 1000, 65)]
    [InlineData(1_000_000, 1000, 1000)]
    [InlineData(int.MaxValue, 1000, 2_147_484)]
    public void Size_and_number_follow_from_how_many_phones_there_are(int phones, int size, int count)
    {
        var blocks = new UeBlocks(phones);
        Assert.Equal((size, count), (blocks.Size, blocks.Count));
    }

    [Fact]
    public void Every_phone_is_in_exactly_one_block() => Gen.Int[1, 200_000].Sample(phones =>
    {
        var blocks = new UeBlocks(phones);
        var next = 0;
        for (var block = 0; block < blocks.Count; block++)
        {
            var (first, count) = (blocks.FirstOf(block), blocks.CountOf(block));
            Assert.Equal(next, first);
            Assert.InRange(count, 1, UeBlocks.LargestBlock);
            Assert.Equal((block, block), (blocks.BlockOf(first), blocks.BlockOf(first + count - 1)));
            next = first + count;
        }

        Assert.Equal(phones, next);
    }, iter: 200);

    [Fact]
    public void What_is_not_there_is_refused()
    {
        var blocks = new UeBlocks(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => new UeBlocks(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.BlockOf(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.BlockOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.FirstOf(blocks.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.CountOf(-1));
    }
}
