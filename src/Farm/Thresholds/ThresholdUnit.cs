using System.Text.Json.Serialization;

namespace UeFarm.Farm.Thresholds;

/// <summary>What the value of a metric's statistic measures.</summary>
internal enum ThresholdUnit
{
    /// <summary>A plain number.</summary>
    [JsonStringEnumMemberName("count")]
    Count,

    /// <summary>Seconds; written with us, ms, s, m or h.</summary>
    [JsonStringEnumMemberName("seconds")]
    Time,

    /// <summary>Events per second; written with /s.</summary>
    [JsonStringEnumMemberName("per-second")]
    Rate,

    /// <summary>A fraction, 0 to 1; written so or with %.</summary>
    [JsonStringEnumMemberName("fraction")]
    Share,

    /// <summary>Bytes; written with B, kB, KiB, MB, MiB, GB or GiB.</summary>
    [JsonStringEnumMemberName("bytes")]
    Size,
}
