using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>What a node did for a run, as the conductor last heard of it.</summary>
/// <param name="Node">Its address in the cluster.</param>
/// <param name="Roles">What it could be asked to do.</param>
/// <param name="Blocks">The most blocks of phones that it had.</param>
/// <param name="Phones">The most phones.</param>
/// <param name="HasGone">It left or was lost before the end.</param>
/// <param name="Counters">Of the run.</param>
/// <param name="Lag">How late it handed messages to their phones.</param>
/// <param name="Memory">Of its process, over the run.</param>
public sealed record NodeTotals(
    string Node, IReadOnlyList<ClusterRole> Roles, int Blocks, int Phones, bool HasGone, NodeCounters Counters, IReadOnlyList<LatencyCount> Lag,
    IReadOnlyList<NodeMemory> Memory);
