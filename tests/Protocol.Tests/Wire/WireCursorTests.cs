using UeFarm.Protocol.Wire;
using Xunit;

namespace UeFarm.Protocol.Tests.Wire;

public sealed class WireCursorTests
{
    private static readonly byte[] Bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    [Fact]
    public void Numbers_are_read_big_endian_and_in_order()
    {
        var reader = new WireReader(Bytes);
        Assert.True(reader.TryReadByte(out var first));
        Assert.True(reader.TryReadUInt16(out var second));
        Assert.True(reader.TryReadUInt32(out var third));
        Assert.True(reader.TryReadUInt64(out var fourth));
        Assert.Equal((1, 0x0203, 0x04050607u, 0x08090A0B0C0D0E0FUL), (first, second, third, fourth));
        Assert.True(reader.IsAtEnd);
        Assert.Equal(15, reader.Offset);
    }

    [Fact]
    public void A_read_that_does_not_fit_moves_nothing()
    {
        for (var length = 0; length < 9; length++)
        {
            var reader = new WireReader(Bytes.AsMemory(0, length));
            Assert.Equal(length >= 8, reader.TryReadUInt64(out _));
            Assert.Equal(length >= 8 ? 8 : 0, reader.Offset);
            reader = new WireReader(Bytes.AsMemory(0, length));
            Assert.Equal(length >= 4, reader.TryReadUInt32(out _));
            Assert.Equal(length >= 4 ? 4 : 0, reader.Offset);
            reader = new WireReader(Bytes.AsMemory(0, length));
            Assert.Equal(length >= 2, reader.TryReadUInt16(out _));
            Assert.Equal(length >= 2 ? 2 : 0, reader.Offset);
            reader = new WireReader(Bytes.AsMemory(0, length));
            Assert.Equal(length >= 1, reader.TryReadByte(out _));
            Assert.Equal(length >= 1 ? 1 : 0, reader.Offset);
            reader = new WireReader(Bytes.AsMemory(0, length));
            Assert.False(reader.TryReadBytes(length + 1, out var none));
            Assert.True(none.IsEmpty);
            Assert.False(reader.TryReadBytes(-1, out _));
            Assert.False(reader.TryReadBytes(int.MinValue, out _));
            Assert.False(reader.TrySlice(length + 1, out _));
            Assert.Equal(0, reader.Offset);
        }
    }

    [Fact]
    public void A_slice_is_confined_and_keeps_counting_from_the_start_of_the_buffer()
    {
        var reader = new WireReader(Bytes);
        Assert.True(reader.TryReadUInt32(out _));
        Assert.True(reader.TrySlice(3, out var inner));
        Assert.Equal(7, reader.Offset);
        Assert.Equal(4, inner.Offset);
        Assert.False(inner.TryReadUInt32(out _));
        Assert.True(inner.TryReadUInt16(out var value));
        Assert.Equal(0x0506, value);
        Assert.Equal(1, inner.Remaining);
        Assert.True(inner.TrySlice(1, out var innermost));
        Assert.Equal(6, innermost.Offset);
        Assert.True(innermost.TryReadByte(out var last));
        Assert.Equal(7, last);
        Assert.True(inner.IsAtEnd);
        Assert.True(reader.TryReadByte(out var after));
        Assert.Equal(8, after);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var buffer = new byte[25];
        var writer = new WireWriter(buffer);
        writer.WriteByte(1);
        writer.WriteUInt16(0x0203);
        writer.WriteUInt32(0x04050607);
        writer.WriteUInt64(0x08090A0B0C0D0E0F);
        writer.WriteBytesWithLength8([0xAA, 0xBB]);
        writer.WriteBytesWithLength16([0xCC]);
        writer.WriteBytes([0xDD, 0xEE]);
        Assert.Equal(23, writer.Position);
        Assert.Equal(2, writer.Remaining);
        Assert.Equal("0102030405060708090a0b0c0d0e0f02aabb0001ccddee0000", Convert.ToHexStringLower(buffer));
    }

    [Fact]
    public void Nothing_is_written_past_the_end_and_no_length_is_cut()
    {
        Assert.ThrowsAny<Exception>(() => new WireWriter([]).WriteByte(1));
        Assert.ThrowsAny<ArgumentException>(() => new WireWriter(new byte[1]).WriteUInt16(1));
        Assert.ThrowsAny<ArgumentException>(() => new WireWriter(new byte[3]).WriteUInt32(1));
        Assert.ThrowsAny<ArgumentException>(() => new WireWriter(new byte[7]).WriteUInt64(1));
        Assert.ThrowsAny<ArgumentException>(() => new WireWriter(new byte[3]).WriteBytes(new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WireWriter(new byte[300]).WriteBytesWithLength8(new byte[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WireWriter(new byte[70000]).WriteBytesWithLength16(new byte[65536]));
    }
}
