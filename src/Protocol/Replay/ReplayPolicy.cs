namespace UeFarm.Protocol.Replay;

/// <summary>Which rule a phone's replay cache follows.</summary>
public enum ReplayPolicy
{
    /// <summary>No age limit; refuses what is not newer than the oldest entry of a full cache (TR 33.829 section 8.3.1.1.2).</summary>
    Modified,

    /// <summary>The modified rule, applied to each authenticated sender's messages apart, in a share of the capacity.</summary>
    PerSender,

    /// <summary>The time window of RFC 3830 section 5.4, for comparison.</summary>
    Window,

    /// <summary>No protection: every message is accepted, replays too. For comparison.</summary>
    None,
}
