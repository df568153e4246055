using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>A timestamp value with its type (RFC 3830 section 6.6, RFC 6043 section 6.3). Value: 64 bits for NTP, 32 for COUNTER and NTP-UTC-32.</summary>
internal readonly record struct MikeyTimestamp(TimestampType Type, ulong Value)
{
    /// <summary>Length of the value in bytes.</summary>
    public int Length => Type is TimestampType.NtpUtc or TimestampType.Ntp ? 8 : 4;

    /// <summary>The 64 bits that enter the counter-mode IV: NTP-UTC-32 is filled up behind, COUNTER in front (RFC 3830 section 4.2.8).</summary>
    public ulong CounterModeBits => Type == TimestampType.NtpUtc32 ? Value << 32 : Value;

    public static MikeyTimestamp FromNtp(NtpTimestamp timestamp) => new(TimestampType.NtpUtc, timestamp.Raw);

    public static MikeyTimestamp FromSeconds(uint ntpSeconds) => new(TimestampType.NtpUtc32, ntpSeconds);

    public static bool TryRead(ref MikeyReader reader, string field, out MikeyTimestamp timestamp)
    {
        timestamp = default;
        var typeOffset = reader.Offset;
        if (!reader.TryReadByte(field, out var number))
        {
            return false;
        }

        var type = (TimestampType)number;
        switch (type)
        {
            case TimestampType.NtpUtc or TimestampType.Ntp:
                if (!reader.TryReadUInt64(field, out var value))
                {
                    return false;
                }

                timestamp = new MikeyTimestamp(type, value);
                return true;
            case TimestampType.Counter or TimestampType.NtpUtc32:
                if (!reader.TryReadUInt32(field, out var shortValue))
                {
                    return false;
                }

                timestamp = new MikeyTimestamp(type, shortValue);
                return true;
            default:
                return reader.Fail(MikeyFault.BadTimestampType, field, typeOffset);
        }
    }

    /// <summary>Type byte and value.</summary>
    public void Write(ref WireWriter writer)
    {
        writer.WriteByte((byte)Type);
        if (Length == 8)
        {
            writer.WriteUInt64(Value);
        }
        else
        {
            writer.WriteUInt32(checked((uint)Value));
        }
    }

    /// <summary>The calendar time; false for a COUNTER, which has none. NTP without a stated base is read as UTC.</summary>
    public bool TryGetNtp(out NtpTimestamp ntp)
    {
        ntp = new NtpTimestamp(CounterModeBits);
        return Type != TimestampType.Counter;
    }
}
