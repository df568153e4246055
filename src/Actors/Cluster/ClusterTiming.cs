namespace UeFarm.Actors.Cluster;

/// <summary>
/// How long the cluster waits for what. With the defaults a node that was killed is noticed after some 6 s (a heartbeat a second, 4 s of patience, and what
/// the failure detector adds for jitter), removed 6 s and up to two of the leader's ticks later: 12 to 15 s in all.
/// </summary>
public sealed record ClusterTiming
{
    public static ClusterTiming Default { get; } = new();

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection to another node may take so long. While one is being tried, one from there has to wait: after a cut, a node that comes back at its address must not be
    /// held up by an attempt that began before, or it is held for dead again.
    /// </summary>
    public TimeSpan ConnectPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Heartbeats may be missing for so long: a garbage collection, a busy processor, a short loss.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The split brain resolver decides when nothing has changed for so long. Longer than the nodes differ in when they notice a failure.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// How often the nodes talk and the leader acts. A node that leaves waits for both several times, one after the other, before the parts it had go on elsewhere.
    /// </summary>
    public TimeSpan Gossip { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often unreachable nodes are looked for.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first seed waits so long for another seed that has a cluster already, then starts one.</summary>
    public TimeSpan SeedPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node gives up when it is not a member after so long.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A block that moves has so long to write its last facts and stop.</summary>
    public TimeSpan HandOff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often blocks are moved to nodes that have fewer, a few at a time.</summary>
    public TimeSpan RebalanceInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node that leaves has so long for what comes before its blocks are handed over.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A singleton has so long to stop before its node leaves without waiting.</summary>
    public TimeSpan SingletonStop { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A node that leaves gives the usual way so long while all other members leave, too; then it ends by itself.</summary>
    public TimeSpan LastLeaver { get; init; } = TimeSpan.FromSeconds(2);
}
