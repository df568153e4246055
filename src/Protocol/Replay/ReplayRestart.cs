namespace UeFarm.Protocol.Replay;

/// <summary>What a restart leaves of a replay cache.</summary>
public enum ReplayRestart : byte
{
    /// <summary>Everything, as if it had been written down with every message.</summary>
    Restore,

    /// <summary>Only the newest timestamp seen: what is not later than it is refused from then on. Safe, at the price of what was deferred.</summary>
    RejectOlder,

    /// <summary>Nothing: a replay of anything seen before gets in once. For showing the hole.</summary>
    Empty,
}
