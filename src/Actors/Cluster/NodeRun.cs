using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>What the blocks of a node share for one run.</summary>
internal sealed record NodeRun
{
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

    /// <summary>Whether the node's player has come to the present; also before the schedule's start.</summary>
    public bool IsUpToDate => Player.NextDue == Instant.Never || Clock.ToUtc(Player.NextDue) > Clock.UtcNow + TimeSpan.FromSeconds(-1);
}
