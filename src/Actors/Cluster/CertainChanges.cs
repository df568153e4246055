using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// How far the schedule of a run is known. UntilTicks, in UTC ticks: no change that is not among these will take effect before. Who plays the schedule, or opens its
/// messages in the books, goes so far and no further: then all have the same one, whenever each of them heard of a change.
/// </summary>
public sealed record CertainChanges(IReadOnlyList<RunChange> Changes, long UntilTicks)
{
    /// <summary>Between the moment at which a change is written and its effect lies at least this: what nodes may take to hear of it without being late.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(4);
}
