using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>What the blocks of a node share for one run.</summary>
internal sealed record NodeRun
{
    private volatile bool _hasPlayed;

    public required string RunId { get; init; }

    /// <summary>The node, as it is called in the cluster.</summary>
    public required string Node { get; init; }

    public required FarmRunSettings Settings { get; init; }

    public required UeBlocks Blocks { get; init; }

    public required UeRegion Region { get; init; }

    public required IRunJournal Journal { get; init; }

    public required BlockSchedule Schedule { get; init; }

    public required SchedulePlayer Player { get; init; }

    public required RunClock Clock { get; init; }

    public required NodeRecorder Counters { get; init; }

    /// <summary>Null: nobody attacks.</summary>
    public required NodeAttacks? Attacks { get; init; }

    /// <summary>A new phone's flash, by its number.</summary>
    public required Func<int, UeDurableState> CreateFlash { get; init; }

    /// <summary>Whether the node's player has come to the present; also before the schedule's start, and when it plays no more.</summary>
    public bool IsUpToDate => _hasPlayed || IsAheadOf(Clock.UtcNow + TimeSpan.FromSeconds(-1));

    /// <summary>The schedule has ended, or was stopped. False: the player has not come that far yet, and must go on.</summary>
    public bool TryEndPlay() => _hasPlayed |= IsAheadOf(Clock.UtcNow);

    private bool IsAheadOf(Instant moment) => Player.NextDue == Instant.Never || Clock.ToUtc(Player.NextDue) > moment;
}
