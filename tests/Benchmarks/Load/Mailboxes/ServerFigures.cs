namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What the process of an application server says of itself, as a line of JSON.</summary>
internal sealed record ServerFigures(
    long Received, long Stored, long Delivered, long Redeliveries, long OrderViolations, long LateArrivals, long Backlog, long Commits, long Restarts,
    long AllocatedBytes, int Collections, int FullCollections, double PauseSeconds);
