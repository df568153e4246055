using System.Text;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>A wire reader that names the field it could not read. After a read returned false, <see cref="Failure"/> says why.</summary>
internal ref struct MikeyReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private WireReader _wire;

    public MikeyReader(ReadOnlyMemory<byte> buffer, MikeyLimits limits)
        : this(new WireReader(buffer), limits, isNested: false)
    {
    }

    private MikeyReader(WireReader wire, MikeyLimits limits, bool isNested)
    {
        _wire = wire;
        Limits = limits;
        IsNested = isNested;
    }

    public MikeyLimits Limits { get; }

    /// <summary>Inside TP Data or Ticket Data, where no further ticket may stand.</summary>
    public bool IsNested { get; }

    public MikeyFailure Failure { get; private set; }

    public readonly int Offset => _wire.Offset;

    public readonly int Remaining => _wire.Remaining;

    public readonly bool IsAtEnd => _wire.IsAtEnd;

    /// <summary>Decodes UTF-8 without replacement characters.</summary>
    public static bool TryDecodeText(ReadOnlySpan<byte> bytes, out string text)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            text = string.Empty;
            return false;
        }

        text = StrictUtf8.GetString(bytes);
        return true;
    }

    public bool Fail(MikeyFault fault, string field, int offset)
    {
        Failure = new MikeyFailure(fault, field, offset);
        return false;
    }

    public bool TryReadByte(string field, out byte value) =>
        _wire.TryReadByte(out value) || Fail(MikeyFault.Truncated, field, Offset);

    public bool TryReadUInt16(string field, out ushort value) =>
        _wire.TryReadUInt16(out value) || Fail(MikeyFault.Truncated, field, Offset);

    public bool TryReadUInt32(string field, out uint value) =>
        _wire.TryReadUInt32(out value) || Fail(MikeyFault.Truncated, field, Offset);

    public bool TryReadUInt64(string field, out ulong value) =>
        _wire.TryReadUInt64(out value) || Fail(MikeyFault.Truncated, field, Offset);

    public bool TryReadBytes(string field, int length, out ReadOnlyMemory<byte> bytes) =>
        _wire.TryReadBytes(length, out bytes) || Fail(MikeyFault.Truncated, field, Offset);

    /// <summary>One length byte, then the bytes.</summary>
    public bool TryReadBytesWithLength8(string field, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return TryReadByte(field, out var length) && TryReadBytes(field, length, out bytes);
    }

    /// <summary>Two length bytes, then the bytes.</summary>
    public bool TryReadBytesWithLength16(string field, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return TryReadUInt16(field, out var length) && TryReadBytes(field, length, out bytes);
    }

    /// <summary>A reader for a part that cannot contain tickets; its failure has to be taken over with <see cref="FailLike"/>.</summary>
    public bool TrySlice(string field, int length, out MikeyReader inner)
    {
        if (!_wire.TrySlice(length, out var slice))
        {
            inner = default;
            return Fail(MikeyFault.Truncated, field, Offset);
        }

        inner = new MikeyReader(slice, Limits, isNested: true);
        return true;
    }

    public bool FailLike(in MikeyReader inner)
    {
        Failure = inner.Failure;
        return false;
    }
}
