namespace UeFarm.Actors.Cluster;

/// <summary>
/// Where a run stands, for operators. StartTicks: UTC ticks, 0 while not decided. Sent, Accepted, InFlight (messages without an end): as far as the books go,
/// some two seconds behind; what a lost node did stays in them.
/// </summary>
public sealed record ConductorStatus(
    string RunId, string Stage, long StartTicks, string Core, string ApplicationServer, long Backlog, int Registered, long Sent, long Accepted, long InFlight,
    IReadOnlyList<ConductorStatus.NodeStatus> Nodes)
{
    /// <summary>When this was said, by the conductor's clock, in UTC ticks.</summary>
    public long NowTicks { get; init; }

    /// <summary>What the books say; null: there are none (yet).</summary>
    public RunFigures? Figures { get; init; }

    /// <summary>On the rates of the phases, now.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>What was changed by hand, that which is still to take effect included.</summary>
    public IReadOnlyList<ChangeStatus> Changes { get; init; } = [];

    /// <summary>At: seconds since the start of the first phase.</summary>
    public sealed record ChangeStatus(double At, string What, string By);

    /// <summary>One node as it last reported. Counters are of the run, from the node's start on.</summary>
    public sealed record NodeStatus(
        string Node, IReadOnlyList<string> Roles, int Blocks, long Registered, long Sent, long Accepted, long CpuMilliseconds, long ResidentBytes);
}
