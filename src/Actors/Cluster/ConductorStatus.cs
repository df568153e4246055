namespace UeFarm.Actors.Cluster;

/// <summary>
/// Where a run stands, for operators. StartTicks: UTC ticks, 0 while not decided. Sent, Accepted, InFlight (messages without an end): as far as the books go,
/// some two seconds behind; what a lost node did stays in them.
/// </summary>
public sealed record ConductorStatus(
    string RunId, string Stage, long StartTicks, string Core, string ApplicationServer, long Backlog, int Registered, long Sent, long Accepted, long InFlight,
    IReadOnlyList<ConductorStatus.NodeStatus> Nodes)
{
    /// <summary>One node as it last reported. Counters are of the run, from the node's start on.</summary>
    public sealed record NodeStatus(
        string Node, IReadOnlyList<string> Roles, int Blocks, long Registered, long Sent, long Accepted, long CpuMilliseconds, long ResidentBytes);
}
