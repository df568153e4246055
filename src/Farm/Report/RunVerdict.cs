using System.Text.Json.Serialization;

namespace UeFarm.Farm.Report;

/// <summary>How a run ended.</summary>
internal enum RunVerdict
{
    /// <summary>All invariants and thresholds held.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>An invariant or a threshold did not hold.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>The generator was the bottleneck, or nothing happened at all: the measurement says nothing about the target.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>Stopped by a signal before its end.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,
}
