using Akka.Actor;
using Akka.Cluster;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Timing;

namespace UeFarm.Actors.Cluster;

/// <summary>The farm's part of a cluster node: what its roles need, until the node leaves.</summary>
public sealed class ClusterFarm : IAsyncDisposable
{
    private readonly WakeUpWheel _wheel;

    private ClusterFarm(IActorRef conductor, WakeUpWheel wheel)
    {
        Conductor = conductor;
        _wheel = wheel;
    }

    /// <summary>Takes <see cref="ClusterMessages.ConductorQuery"/>, from any node.</summary>
    public IActorRef Conductor { get; }

    /// <summary>After the node has joined.</summary>
    public static async Task<ClusterFarm> StartAsync(
        ClusterNode node, IReadOnlySet<ClusterRole> roles, IClusterRunFactory factory, NodeNetwork network, ClusterMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(roles);
        ArgumentNullException.ThrowIfNull(metrics);
        metrics.Follow(node.Cluster);
        var system = node.System;
        var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        var gate = roles.Contains(ClusterRole.Kms) ? system.ActorOf(KmsGate.Props(), KmsGate.Name) : ActorRefs.Nobody;
        var agent = new NodeAgentSettings
        {
            Node = node.Address,
            Roles = roles,
            Factory = factory,
            Network = network,
            Wheel = wheel,
            Metrics = metrics,

            // The node's own KMS does not die without the phones that ask it.
            Kms = gate.IsNobody() ? system.ActorOf(KmsGate.RouterProps(), KmsGate.Name + "-router") : gate,
            KmsGate = gate,
            UeNodes = () => node.Cluster.State.Members.Count(
                static member => member.Status == MemberStatus.Up && member.HasRole(ClusterRole.Ue.ToRoleName())),
        };
        var blocks = roles.Contains(ClusterRole.Ue)
            ? await BlockRegion.StartAsync(system, block => BlockActor.Props(block, () => agent.Current), BlockEnd.HandOff).ConfigureAwait(false)
            : await BlockRegion.StartProxyAsync(system).ConfigureAwait(false);
        if (roles.Contains(ClusterRole.Core))
        {
            SingletonHost.Start(system, ClusterRole.Core, CoreHost.Props(factory, network, wheel, metrics));
        }

        var mailboxes = roles.Contains(ClusterRole.ApplicationServer)
            ? await MailboxRegion.StartAsync(system, group => MailboxGroupActor.Props(group, factory, network, wheel, node.Address, metrics)).ConfigureAwait(false)
            : await MailboxRegion.StartProxyAsync(system).ConfigureAwait(false);
        var core = SingletonHost.StartProxy(system, ClusterRole.Core);
        if (roles.Contains(ClusterRole.Conductor))
        {
            var settings = new ConductorSettings { Factory = factory, Time = wheel.Time, Metrics = metrics, Blocks = blocks, Core = core, Mailboxes = mailboxes };
            SingletonHost.Start(system, ClusterRole.Conductor, Cluster.Conductor.Props(settings));
        }

        system.ActorOf(NodeAgent.Props(agent), NodeAgent.Name);
        return new ClusterFarm(SingletonHost.StartProxy(system, ClusterRole.Conductor), wheel);
    }

    /// <summary>After the node has left.</summary>
    public ValueTask DisposeAsync() => _wheel.DisposeAsync();
}
