using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>What a sizing run came to. The same settings give the same result.</summary>
public sealed record SizingResult
{
    /// <summary>Overtake ranks of all first-time messages, over all phones, by the timestamps that the settings keep in a cache.</summary>
    public required RankHistogram Ranks { get; init; }

    /// <summary>The same with the timestamps of the other entry format: whole seconds for 8 bytes, the full ones for 4.</summary>
    public required RankHistogram RanksOfOtherFormat { get; init; }

    /// <summary>By the phase in which the message arrived; what arrives while things settle counts for the last one.</summary>
    public required IReadOnlyList<RankHistogram> RanksByPhase { get; init; }

    /// <summary>
    /// Overtake ranks within the partitions of <see cref="ReplayPolicy.PerSender"/>, of the phones' own caches or of a compared one: shares of more entries
    /// than the highest lose nothing. Null without that policy.
    /// </summary>
    public RankHistogram? RanksWithinPartitions { get; init; }

    /// <summary>What the compared caches decided, in the order of the settings.</summary>
    public IReadOnlyList<SizingVerdicts> Compared { get; init; } = [];

    /// <summary>Phones that received anything.</summary>
    public required int Receivers { get; init; }

    /// <summary>Messages that the schedule made due.</summary>
    public required long Due { get; init; }

    /// <summary>Of them, by what the cache of the settings decided about their first arrival.</summary>
    public required long Accepted { get; init; }

    public required long Stale { get; init; }

    public required long Tied { get; init; }

    public required long Future { get; init; }

    /// <summary>Dropped by the application server when their time was over.</summary>
    public required long Expired { get; init; }

    /// <summary>Not sent: the sender's phone was away.</summary>
    public required long NotSent { get; init; }

    /// <summary>Refused by the application server: the mailbox was full.</summary>
    public required long RefusedByServer { get; init; }

    /// <summary>Still in a mailbox at the end.</summary>
    public required long Stored { get; init; }

    /// <summary>On their way at the end.</summary>
    public required long UnderWay { get; init; }

    /// <summary>Copies that the application server delivered again and the phones recognised.</summary>
    public required long Redelivered { get; init; }

    /// <summary>Replays injected.</summary>
    public required long Replays { get; init; }

    /// <summary>Messages or replays accepted although they had been accepted before: a broken promise, except under the policy "none".</summary>
    public required long AcceptedTwice { get; init; }

    /// <summary>Every message that was due has exactly one end.</summary>
    public bool IsBalanced => Due == Accepted + Stale + Tied + Future + Expired + NotSent + RefusedByServer + Stored + UnderWay;
}
