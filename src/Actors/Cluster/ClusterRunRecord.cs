using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// A run as the register has it. StartTicks: when the schedule starts, in UTC ticks; 0: not decided. Notes: what happened to nodes meanwhile. Result null: not ended.
/// Changes: of its schedule, while it was played.
/// </summary>
public sealed record ClusterRunRecord(
    string RunId, string Scenario, IReadOnlyList<string> Overrides, DateTimeOffset Created, long StartTicks = 0, bool IsStopped = false,
    IReadOnlyList<string>? Notes = null, ClusterVerdict? Result = null, IReadOnlyList<RunChange>? Changes = null);
