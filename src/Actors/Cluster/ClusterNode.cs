using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>This process as a node of the cluster: its actor system, from joining to leaving.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan LongestDispose = TimeSpan.FromSeconds(10);

    private readonly ClusterNodeSettings _settings;
    private readonly CoordinatedShutdown _shutdown;

    private ClusterNode(ClusterNodeSettings settings, ActorSystem system)
    {
        _settings = settings;
        System = system;
        Cluster = AkkaCluster.Get(system);
        _shutdown = CoordinatedShutdown.Get(system);
        Ended = EndAsync();
    }

    public ActorSystem System { get; }

    public AkkaCluster Cluster { get; }

    /// <summary>What the other nodes call this one, as HOST:PORT.</summary>
    public string Address => NodeName.Of(Cluster.SelfAddress);

    /// <summary>Completes when the node's actor system has ended, whoever ended it. A process should then say why (<see cref="Describe"/>) and exit.</summary>
    public Task<ClusterEnd> Ended { get; }

    /// <summary>Starts the actor system, asks the seeds whether this node may join, joins, and waits until it is a member.</summary>
    /// <exception cref="ClusterFaultException">It cannot start, must not join, or no seed lets it in.</exception>
    public static async Task<ClusterNode> StartAsync(ClusterNodeSettings settings, IClusterObserver observer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        var node = new ClusterNode(settings, CreateSystem(settings));
        try
        {
            node.System.ActorOf(ClusterWatch.Props(observer, () => node._shutdown.Run(ClusterQuarantined.Instance)), "watch");
            await new ClusterJoin(settings, node.Cluster).RunAsync(cancellation).ConfigureAwait(false);
            return node;
        }
        catch
        {
            // Not from the beginning: there is nothing to leave, and the phases of leaving would wait for it in vain.
            await node._shutdown.Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance, CoordinatedShutdown.PhaseBeforeActorSystemTerminate).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What to tell the operator of an end that was not asked for; null: it was.</summary>
    public ClusterFault? Describe(ClusterEnd end) => end switch
    {
        ClusterEnd.Downed => new ClusterFault(
            "node", Address, "was cut off from the majority of the cluster, so it has stopped",
            "see whether the nodes reach each other, and whether this one was paused or short of processor time; then start it again"),
        ClusterEnd.Quarantined => new ClusterFault(
            "node", Address, "was removed by the other nodes while it did not answer, so it has stopped", "start it again; it joins as a new node"),
        _ => null,
    };

    /// <summary>
    /// Leaves in order: tasks of <see cref="CoordinatedShutdown"/> run, blocks and singletons are handed over, the others are told, the actor system ends. Where no member
    /// stays there is nobody to hand over to, and it ends without.
    /// False: not in this time; it goes on.
    /// </summary>
    public async Task<bool> LeaveAsync(TimeSpan within)
    {
        if (!System.WhenTerminated.IsCompleted && _shutdown.ShutdownReason is null)
        {
            System.ActorOf(LeaveWatch.Props(_settings.Timing.LastLeaver, _settings.Timing.Gossip));
        }

        try
        {
            await Task.WhenAny(_shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance), Ended).WaitAsync(within).ConfigureAwait(false);
            await Ended.WaitAsync(within).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!await LeaveAsync(LongestDispose).ConfigureAwait(false))
        {
            await System.Terminate().ConfigureAwait(false);
        }
    }

    private static ActorSystem CreateSystem(ClusterNodeSettings settings)
    {
        var listen = settings.Listen;
        if (settings.AdvertiseHost is null && (listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)))
        {
            throw new ClusterFaultException(new ClusterFault(
                "listen", listen.ToString(), "is no address that other nodes can reach", "say under which name or address this node is reached (advertise)"));
        }

        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ClusterConfiguration.Of(settings)));
        if (settings.Tls is { } tls)
        {
            setup = setup.WithSetup(ClusterCertificate.Load(tls).ToSetup());
        }

        try
        {
            return ActorSystem.Create(ClusterProtocol.SystemName, setup);
        }
        catch (Exception exception) when (FindSocketError(exception) is { } error)
        {
            throw new ClusterFaultException(
                new ClusterFault("listen", listen.ToString(), $"cannot be listened on: {error.Message}", "choose another address or port, or stop what uses it"), exception);
        }
    }

    private static SocketException? FindSocketError(Exception exception) => exception switch
    {
        SocketException error => error,
        AggregateException several => several.InnerExceptions.Select(FindSocketError).FirstOrDefault(static error => error is not null),
        { InnerException: { } inner } => FindSocketError(inner),
        _ => null,
    };

    private async Task<ClusterEnd> EndAsync()
    {
        await System.WhenTerminated.ConfigureAwait(false);
        return _shutdown.ShutdownReason switch
        {
            CoordinatedShutdown.ClusterDowningReason => ClusterEnd.Downed,
            ClusterQuarantined => ClusterEnd.Quarantined,
            _ => ClusterEnd.Left,
        };
    }
}
