using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>
/// KV data (RFC 3830 section 6.14). Spi: <see cref="First"/> is the SPI. Interval: <see cref="First"/> is Valid From and
/// <see cref="Second"/> is Valid To.
/// </summary>
internal readonly record struct KeyValidity(KeyValidityType Type, ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second)
{
    public int EncodedLength => Type switch
    {
        KeyValidityType.Spi => 1 + First.Length,
        KeyValidityType.Interval => 2 + First.Length + Second.Length,
        _ => 0,
    };

    public static KeyValidity Spi(ReadOnlyMemory<byte> spi) => new(KeyValidityType.Spi, spi, default);

    public static KeyValidity Interval(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to) => new(KeyValidityType.Interval, from, to);

    public static bool TryRead(ref MikeyReader reader, KeyValidityType type, int typeOffset, out KeyValidity validity)
    {
        validity = default;
        switch (type)
        {
            case KeyValidityType.Null:
                return true;
            case KeyValidityType.Spi:
                if (!reader.TryReadBytesWithLength8("KV.SPI", out var spi))
                {
                    return false;
                }

                validity = Spi(spi);
                return true;
            case KeyValidityType.Interval:
                if (!reader.TryReadBytesWithLength8("KV.Valid From", out var from) || !reader.TryReadBytesWithLength8("KV.Valid To", out var to))
                {
                    return false;
                }

                validity = Interval(from, to);
                return true;
            default:
                return reader.Fail(MikeyFault.UnsupportedAlgorithm, "KV", typeOffset);
        }
    }

    public void Write(ref WireWriter writer)
    {
        if (Type != KeyValidityType.Null)
        {
            writer.WriteBytesWithLength8(First.Span);
        }

        if (Type == KeyValidityType.Interval)
        {
            writer.WriteBytesWithLength8(Second.Span);
        }
    }
}
