using System.Net.Sockets;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Metrics;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// A node of the cluster in this process: database, admin endpoint, membership, the parts of its roles, started in this order. The admin endpoint comes
/// before the others, so that a node that waits for them can be told from one that hangs.
/// </summary>
internal sealed class ClusterFarmNode : IAsyncDisposable
{
    /// <summary>Below the working directory.</summary>
    private const string Results = "results";

    private readonly ClusterLiveSource _live;
    private PostgresRunRegister? _register;
    private AdminEndpoint? _admin;
    private ClusterFarm? _farm;
    private ClusterNode? _member;
    private volatile NodeState _state = NodeState.Starting;

    private ClusterFarmNode(ClusterNodeOptions options, Action<string> say)
    {
        Options = options;
        Metrics = new ClusterMetrics(new MemberNotices(say));
        _live = new ClusterLiveSource(AskAsync, TimeProvider.System);
    }

    public ClusterNodeOptions Options { get; }

    /// <summary>Besides those of the process.</summary>
    public ClusterMetrics Metrics { get; }

    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    public NodeState State => _state;

    /// <summary>Null: not joined yet.</summary>
    public ClusterNode? Member => Volatile.Read(ref _member);

    /// <summary>What an operator should read once.</summary>
    public string Greeting =>
        $"node: {Member!.Address} is a member of the cluster with {Options.RoleNames}; sip {Options.Listen}; store {Options.Store.Connection}; admin {_admin?.Address ?? "off"}";

    /// <summary>Either the node, running, or the reason why there is none; neither when it was cancelled.</summary>
    /// <param name="options">The node.</param>
    /// <param name="say">Takes lines for an operator, from any thread.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<(ClusterFarmNode? Node, NodeStartFault? Fault)> StartAsync(ClusterNodeOptions options, Action<string> say, CancellationToken cancellation)
    {
        var node = new ClusterFarmNode(options, say);
        NodeStartFault? fault;
        try
        {
            fault = await node.StartPartsAsync(say, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await node.DisposeAsync().ConfigureAwait(false);
            return (null, null);
        }

        if (fault is null)
        {
            node._state = NodeState.Running;
            return (node, null);
        }

        await node.DisposeAsync().ConfigureAwait(false);
        return (null, fault);
    }

    /// <summary>Leaves the cluster in order, once open pages know of a run's end. False: it did not leave within this time.</summary>
    public async Task<bool> StopAsync(TimeSpan within)
    {
        await _live.SayFarewellAsync().ConfigureAwait(false);
        _state = NodeState.Stopping;
        return await Member!.LeaveAsync(within).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _state = NodeState.Stopping;
        if (_member is not null)
        {
            await _member.DisposeAsync().ConfigureAwait(false);
        }

        if (_farm is not null)
        {
            await _farm.DisposeAsync().ConfigureAwait(false);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync().ConfigureAwait(false);
        }

        if (_register is not null)
        {
            await _register.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<NodeStartFault?> StartPartsAsync(Action<string> say, CancellationToken cancellation)
    {
        var problem = "";
        await Task.Run(() => PostgresRunRegister.TryOpen(Options.Store.Register, out _register, out problem), cancellation).ConfigureAwait(false);
        if (_register is null)
        {
            return new NodeStartFault(
                "cluster.store", Options.Store.Connection, $"cannot be used: {problem}", "see to the database and its password, or name another schema with Search Path=");
        }

        if (Options.AdminListen is { } listen)
        {
            try
            {
                _admin = await ClusterAdmin.StartAsync(this, new AdminRuns(AskAsync, _register), _live, listen).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                return new NodeStartFault("admin.listen", listen.ToString(), ListenFault.Explain(exception), ListenFault.Remedy + " with --admin");
            }
        }

        try
        {
            var member = await ClusterNode.StartAsync(Options.Member, Metrics, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _member, member);
            member.System.ActorOf(NodeLog.Props(say), "log");
            var factory = new ScenarioRunFactory(_register, Options.Store, Options.Domain, Options.Listen, Results);
            _farm = await ClusterFarm.StartAsync(member, Options.Roles, factory, new NodeNetwork(Options.Listen.Address, Options.Listen), Metrics).ConfigureAwait(false);
            return null;
        }
        catch (ClusterFaultException exception)
        {
            var fault = exception.Fault;
            return new NodeStartFault(fault.Place == "listen" ? "cluster.listen" : fault.Place, fault.Value, fault.Problem, fault.Remedy);
        }
    }

    private Task<object> AskAsync(ClusterMessages.ConductorQuery query, CancellationToken cancellation) =>
        State == NodeState.Running ? _farm!.Conductor.Ask<object>(query, Timeout.InfiniteTimeSpan, cancellation) : throw new OperationCanceledException();
}
