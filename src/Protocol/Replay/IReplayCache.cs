namespace UeFarm.Protocol.Replay;

/// <summary>Tells new messages from replayed ones. Belongs to one phone; not safe for use by two threads at a time.</summary>
public interface IReplayCache
{
    /// <summary>Entries held.</summary>
    int Count { get; }

    /// <summary>Entries held at most.</summary>
    int CapacityEntries { get; }

    /// <summary>Entries deleted so far to make room or because they left the window.</summary>
    long EvictedCount { get; }

    /// <summary>Heap bytes of the cache with all its arrays, used or not.</summary>
    long MemoryBytes { get; }

    /// <summary>What <see cref="CheckAndInsert"/> would decide; free of effects. For the look-up before anything is verified.</summary>
    /// <param name="entry">The message, with the sender that it claims.</param>
    /// <param name="nowOrderKey">The order key of the phone's clock; matters only to a window and to a bound on future timestamps.</param>
    ReplayVerdict Peek(in ReplayEntry entry, ulong nowOrderKey);

    /// <summary>Decides and stores in one step; only for messages that are verified and opened (RFC 3830 section 5.3).</summary>
    /// <param name="entry">The message, with the sender that was authenticated.</param>
    /// <param name="nowOrderKey">The order key of the phone's clock.</param>
    ReplayVerdict CheckAndInsert(in ReplayEntry entry, ulong nowOrderKey);
}
