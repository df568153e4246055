namespace UeFarm.Protocol.Replay;

/// <summary>
/// The policy "none": remembers nothing and accepts every message, duplicates included, whatever its timestamp. It shows in a
/// comparison what the other policies prevent. Has no state, so one object serves all phones.
/// </summary>
public sealed class NoReplayCache : IReplayCache
{
    public static readonly NoReplayCache Instance = new();

    private NoReplayCache()
    {
    }

    public int Count => 0;

    public int CapacityEntries => 0;

    public long EvictedCount => 0;

    public long MemoryBytes => 0;

    public ReplayVerdict Peek(in ReplayEntry entry, ulong nowOrderKey) => ReplayVerdict.Accepted;

    public ReplayVerdict CheckAndInsert(in ReplayEntry entry, ulong nowOrderKey) => ReplayVerdict.Accepted;
}
