namespace UeFarm.Protocol.Replay;

/// <summary>What a replay cache decides about a message.</summary>
public enum ReplayVerdict : byte
{
    /// <summary>New; it is (or, for a look-up, would be) inserted.</summary>
    Accepted,

    /// <summary>The same timestamp and digest are held: a replay or a redelivery.</summary>
    Duplicate,

    /// <summary>The cache is full and the timestamp equals the oldest one held.</summary>
    Tie,

    /// <summary>Not newer than what was evicted, or older than everything in a full cache.</summary>
    Stale,

    /// <summary>Later than the bound on future timestamps allows.</summary>
    Future,
}
