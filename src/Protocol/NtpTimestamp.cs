namespace UeFarm.Protocol;

/// <summary>
/// A 64-bit NTP-UTC timestamp as MIKEY carries it (RFC 3830 section 6.6, TS type 0): 32 bits of seconds, 32 bits of fraction.
/// The raw bits are kept, because the MAC, the IV and the replay cache need exactly what was received.
/// Order is era-corrected (RFC 6043 section 6.3): top bit set means 1968 to 2036, top bit clear 2036 to 2104.
/// </summary>
public readonly record struct NtpTimestamp(ulong Raw) : IComparable<NtpTimestamp>
{
    private const long UnixEpochSeconds = 2208988800;
    private const long SecondsPerEra = 1L << 32;

    /// <summary>An unsigned number that grows with time over the whole range 1968 to 2104.</summary>
    public ulong OrderKey => Raw ^ 0x8000_0000_0000_0000UL;

    public uint Seconds => (uint)(Raw >> 32);

    public static NtpTimestamp FromOrderKey(ulong orderKey) => new(orderKey ^ 0x8000_0000_0000_0000UL);

    public static NtpTimestamp FromUtc(DateTimeOffset utc)
    {
        var ticks = utc.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var remainder);
        if (remainder < 0)
        {
            seconds--;
            remainder += TimeSpan.TicksPerSecond;
        }

        var fraction = ((ulong)remainder << 32) / TimeSpan.TicksPerSecond;
        return new NtpTimestamp(((ulong)(uint)(seconds + UnixEpochSeconds) << 32) | fraction);
    }

    /// <summary>The calendar time, rounded down to 100 ns.</summary>
    public DateTimeOffset ToUtc()
    {
        var seconds = Seconds >= 0x8000_0000U ? Seconds : Seconds + SecondsPerEra;
        var ticks = (long)(((Raw & 0xFFFF_FFFFUL) * TimeSpan.TicksPerSecond) >> 32);
        return DateTimeOffset.UnixEpoch.AddSeconds(seconds - UnixEpochSeconds).AddTicks(ticks);
    }

    /// <summary>The next representable instant; a sender uses it to keep its timestamps unique (RFC 3830 section 5.2).</summary>
    public NtpTimestamp Next() => FromOrderKey(OrderKey + 1);

    public int CompareTo(NtpTimestamp other) => OrderKey.CompareTo(other.OrderKey);

    public static bool operator <(NtpTimestamp left, NtpTimestamp right) => left.OrderKey < right.OrderKey;

    public static bool operator >(NtpTimestamp left, NtpTimestamp right) => left.OrderKey > right.OrderKey;

    public static bool operator <=(NtpTimestamp left, NtpTimestamp right) => left.OrderKey <= right.OrderKey;

    public static bool operator >=(NtpTimestamp left, NtpTimestamp right) => left.OrderKey >= right.OrderKey;
}
