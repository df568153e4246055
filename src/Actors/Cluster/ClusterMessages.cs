using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// What crosses nodes, with <see cref="Ue.KmsQuery"/> and <see cref="Ue.KmsAnswer"/>. Changes are additive: a new field goes to the end of its form in
/// <see cref="ClusterForms"/>, older nodes pass over it, and its absence has a meaning.
/// </summary>
public static class ClusterMessages
{
    /// <summary>The conductor to every node, once a second and at each change. The scenario and what was changed by hand are in the register.</summary>
    /// <param name="RunId">Empty: no run.</param>
    /// <param name="StartTicks">When the schedule starts, in UTC ticks; 0: not known yet.</param>
    /// <param name="Stage">Where the run stands.</param>
    /// <param name="CoreHop">Where phones find the core, as HOST:PORT; empty: not started.</param>
    /// <param name="ApplicationServerHops">
    /// Where the core finds the application server of each group of mailboxes; empty: not started. No items: the run has no server of its own.
    /// </param>
    public sealed record RunState(
        string RunId, long StartTicks, ClusterRunStage Stage, string CoreHop, IReadOnlyList<string> ApplicationServerHops) : IClusterMessage
    {
        public static RunState Idle { get; } = new("", 0, ClusterRunStage.Idle, "", []);

        /// <summary>Whether nodes have anything to do for it.</summary>
        internal bool IsOn => Stage is > ClusterRunStage.Idle and < ClusterRunStage.Ended;
    }

    /// <summary>A node to the conductor, once a second.</summary>
    /// <param name="Node">Its address in the cluster, as HOST:PORT.</param>
    /// <param name="Roles">What it does.</param>
    /// <param name="RunId">Which run it takes part in; empty: none.</param>
    /// <param name="Blocks">The blocks of phones it has.</param>
    /// <param name="Counters">Of the run.</param>
    /// <param name="CpuMilliseconds">Of the process, since its start.</param>
    /// <param name="ResidentBytes">Of the process.</param>
    public sealed record NodeReport(
        string Node, IReadOnlyList<ClusterRole> Roles, string RunId, IReadOnlyList<int> Blocks, NodeCounters Counters,
        long CpuMilliseconds, long ResidentBytes) : IClusterMessage;

    /// <summary>A node to the conductor, after each <see cref="NodeReport"/>: how late it has handed the run's messages to their phones so far.</summary>
    public sealed record NodeLag(string Node, string RunId, IReadOnlyList<LatencyCount> Steps) : IClusterMessage;

    /// <summary>To a block, through the shard region: be there. A block is started by its first.</summary>
    public sealed record EnsureBlock(string RunId, int Block) : IClusterMessage;

    /// <summary>A block's answer to <see cref="EnsureBlock"/>.</summary>
    /// <param name="RunId">Of the run.</param>
    /// <param name="Block">Its number.</param>
    /// <param name="Node">Where it is.</param>
    /// <param name="Epoch">Of its claim on its stream; 0: not claimed yet.</param>
    /// <param name="Phones">That exist.</param>
    /// <param name="Registered">Phones among them that have a binding.</param>
    /// <param name="InFlight">Messages that have neither a final answer nor a failure.</param>
    /// <param name="IsClosed">All its facts are written, and none will follow.</param>
    public sealed record BlockReport(string RunId, int Block, string Node, long Epoch, int Phones, int Registered, long InFlight, bool IsClosed) : IClusterMessage;

    /// <summary>The core to the conductor: phones find it there.</summary>
    public sealed record CoreStarted(string RunId, string Hop) : IClusterMessage;

    /// <summary>To a group of mailboxes, through the shard region: have an application server, or, after the run, none. A group is started by its first.</summary>
    public sealed record ServeMailboxes(int Group, RunState Run) : IClusterMessage;

    /// <summary>The application server of a group to the conductor: the core finds it there.</summary>
    /// <param name="RunId">Of the run.</param>
    /// <param name="Group">Of mailboxes.</param>
    /// <param name="Hop">As HOST:PORT.</param>
    /// <param name="Backlog">Messages stored now.</param>
    /// <param name="OrderViolations">Deliveries out of order that the server saw itself.</param>
    /// <param name="IsClosed">What it has stored is written to the journal.</param>
    public sealed record ApplicationServerStarted(string RunId, int Group, string Hop, long Backlog, long OrderViolations, bool IsClosed) : IClusterMessage;

    /// <summary>The conductor to everybody who writes to the journal: write what is left, then nothing more. Stream: whose.</summary>
    public sealed record CloseBooks(string RunId, int Stream) : IClusterMessage;

    /// <param name="Verb">What is asked.</param>
    /// <param name="RunId">About which run; empty: the newest.</param>
    /// <param name="Content">JSON, or empty.</param>
    public sealed record ConductorQuery(ConductorVerb Verb, string RunId, string Content) : IClusterMessage;

    /// <param name="RunId">The run it is about.</param>
    /// <param name="Content">JSON, or empty.</param>
    public sealed record ConductorReply(string RunId, string Content) : IClusterMessage;

    /// <summary>The answer to what cannot be done, for an operator to read.</summary>
    public sealed record Refused(string Reason) : IClusterMessage;

    /// <summary>A node that wants to join to the seeds: what must be the same on all nodes, as it has it.</summary>
    public sealed record JoinQuery(IReadOnlyList<JoinTerm> Terms) : IClusterMessage;

    /// <param name="IsMember">The answering node is in a cluster, so there is something to join.</param>
    /// <param name="Terms">As the answering node has them.</param>
    public sealed record JoinAnswer(bool IsMember, IReadOnlyList<JoinTerm> Terms) : IClusterMessage;
}
