namespace UeFarm.Farm.Report;

/// <summary>What the machine saw at the moment of a point of the series; sizes in bytes, times in seconds.</summary>
/// <remarks>
/// Seconds: By the run's clock, as in the point.
/// Wall: Real time since the start.
/// Cpu: User and system time of this process since the start.
/// Resident: Memory of this process.
/// Heap: What was alive on the managed heap after its last full collection.
/// Books: What the run's own books take of it, which keep every message.
/// StoredBytes: Bodies in the application server; signatures make them a few bytes longer or shorter each time.
/// Store: Database and log of the mailboxes; null where they are in memory or elsewhere.
/// </remarks>
internal sealed record MachinePoint(
    double Seconds, double Wall, double Cpu, long Resident, long Heap, long Books, int Gen2Collections, long StoredBytes, long? Store);
