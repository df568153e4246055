namespace UeFarm.Actors.Cluster;

/// <summary>Memory of a node's process at a moment since the run was submitted, in bytes.</summary>
/// <param name="At">The moment.</param>
/// <param name="Resident">Of the process.</param>
/// <param name="Heap">What was alive on the managed heap after its last full collection.</param>
/// <param name="Books">What the run's books take of it, which keep every message; 0 where there are none.</param>
public readonly record struct NodeMemory(TimeSpan At, long Resident, long Heap, long Books);
