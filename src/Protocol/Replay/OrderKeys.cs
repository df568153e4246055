namespace UeFarm.Protocol.Replay;

/// <summary>Arithmetic on order keys (32 bits of seconds, 32 bits of fraction) that stays within the range.</summary>
internal static class OrderKeys
{
    /// <summary>A duration in units of an order key; the longest representable one for anything beyond it.</summary>
    public static ulong FromDuration(TimeSpan duration)
    {
        var seconds = (ulong)(duration.Ticks / TimeSpan.TicksPerSecond);
        var rest = (ulong)(duration.Ticks % TimeSpan.TicksPerSecond);
        return seconds > uint.MaxValue ? ulong.MaxValue : (seconds << 32) | ((rest << 32) / TimeSpan.TicksPerSecond);
    }

    public static ulong Add(ulong key, ulong duration) => key > ulong.MaxValue - duration ? ulong.MaxValue : key + duration;

    public static ulong Subtract(ulong key, ulong duration) => key < duration ? 0 : key - duration;
}
