namespace UeFarm.Farm.Sizing;

/// <summary>What a tick of a trace's timestamps is.</summary>
internal enum TimestampUnit
{
    /// <summary>Not said: entry formats cannot be compared.</summary>
    Unknown,

    /// <summary>2^-32 s: the 64-bit NTP timestamp, era-corrected.</summary>
    Ntp,

    Seconds,

    Milliseconds,

    Microseconds,

    Nanoseconds,
}
