namespace UeFarm.Protocol.Replay;

/// <summary>A replay cache with a floor: one that can refuse all that it might have accepted before it lost its entries.</summary>
public interface IFlooredReplayCache : IReplayCache
{
    /// <summary>The highest order key that it ever accepted or was told to refuse; null: none.</summary>
    ulong? NewestSeen { get; }

    /// <summary>
    /// Refuses from now on everything up to this order key, for a phone that has lost its entries but knows the newest timestamp it ever
    /// accepted (RFC 3830 section 5.4). Entries up to it are deleted. A floor never falls.
    /// </summary>
    void RaiseFloor(ulong orderKey);
}
