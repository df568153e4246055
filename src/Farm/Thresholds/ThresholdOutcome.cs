using System.Text.Json.Serialization;

namespace UeFarm.Farm.Thresholds;

/// <summary>What came of a threshold. Only <see cref="Held"/> is a pass.</summary>
internal enum ThresholdOutcome
{
    [JsonStringEnumMemberName("held")]
    Held,
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Nothing was observed, so nothing can be said.</summary>
    [JsonStringEnumMemberName("no-samples")]
    NoSamples,
}
