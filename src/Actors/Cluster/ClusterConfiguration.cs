using System.Globalization;
using System.Net.Sockets;
using Akka.Configuration;

namespace UeFarm.Actors.Cluster;

/// <summary>The Akka configuration of a node.</summary>
public static class ClusterConfiguration
{
    private const string Dispatcher = "uefarm.cluster-dispatcher";

    /// <summary>A scenario's text goes with the run's state, so frames are longer than Akka's 128,000 bytes.</summary>
    private const int LongestFrame = 1024 * 1024;

    /// <summary>Without the seeds: a node joins them when it knows that it may (<see cref="ClusterNode"/>). Without TLS: see <see cref="ClusterCertificate"/>.</summary>
    public static Config Of(ClusterNodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var config = ConfigurationFactory.ParseString(Remoting(settings))
            .WithFallback(ConfigurationFactory.ParseString(Membership(settings)))
            .WithFallback(ConfigurationFactory.ParseString(Sharding(settings.Timing)))
            .WithFallback(ConfigurationFactory.ParseString(Shutdown(settings.Timing)))
            .WithFallback(ConfigurationFactory.ParseString(Serialization))
            .WithFallback(FarmActorSystem.Configuration);
        config = settings.KeepsQuiet ? ConfigurationFactory.ParseString(Telling).WithFallback(FarmActorSystem.Silent).WithFallback(config) : config;
        return settings.Overrides is null ? config : settings.Overrides.WithFallback(config);
    }

    /// <summary>
    /// Only what has an explicit form is written or read: JSON would make objects of whatever type the other side names, and so would actors deployed from afar.
    /// </summary>
    private static string Serialization { get; } =
        $$"""
        akka.actor {
          serializers {
            json = "{{NameOf(typeof(NoJsonSerializer))}}"
            daemon-create = "{{NameOf(typeof(NoRemoteDeploymentSerializer))}}"
            uefarm-cluster = "{{NameOf(typeof(ClusterSerializer))}}"
          }
          serialization-bindings { "{{NameOf(typeof(IClusterMessage))}}" = uefarm-cluster }
          serialization-settings.allow-unregistered-types = false
        }
        """;

    /// <summary>
    /// Threads of their own for remoting and membership: on the thread pool, heartbeats would wait in line behind the phones, and the busiest node would be
    /// held for dead.
    /// </summary>
    private static string Remoting(ClusterNodeSettings settings) =>
        $$"""
        {{Dispatcher}} {
          type = Dispatcher
          executor = fork-join-executor
          fork-join-executor { parallelism-min = 2, parallelism-factor = 1.0, parallelism-max = 2 }
        }
        akka.remote {
          default-remote-dispatcher {
            executor = fork-join-executor
            fork-join-executor { parallelism-min = 2, parallelism-factor = 1.0, parallelism-max = 2 }
          }
          retry-gate-closed-for = 1s
          handshake-timeout = {{Ms(settings.Timing.ConnectPatience)}}
          dot-netty.tcp {
            hostname = "{{settings.Listen.Address}}"
            port = {{settings.Listen.Port}}
            public-hostname = "{{settings.AdvertisedHost}}"
            dns-use-ipv6 = {{OnOff(settings.Listen.AddressFamily == AddressFamily.InterNetworkV6)}}
            enable-ssl = {{OnOff(settings.Tls is not null)}}
            connection-timeout = {{Ms(settings.Timing.ConnectPatience)}}
            maximum-frame-size = {{LongestFrame}}b
          }
        }
        """;

    /// <summary>
    /// Next to no margin after a removal (off would mean as long as stable-after): what must not be done twice is fenced in the database, so the others need not
    /// wait for a node that may still live.
    /// </summary>
    private static string Membership(ClusterNodeSettings settings)
    {
        var timing = settings.Timing;
        return $$"""
        akka.actor.provider = cluster
        akka.cluster {
          roles = [{{string.Join(", ", settings.Roles.Order().Select(static role => $"\"{role.ToRoleName()}\""))}}]
          app-version = "{{settings.Version}}"
          use-dispatcher = "{{Dispatcher}}"
          seed-node-timeout = {{Ms(timing.SeedPatience)}}
          retry-unsuccessful-join-after = {{Ms(timing.SeedPatience)}}
          periodic-tasks-initial-delay = {{Ms(timing.Gossip)}}
          gossip-interval = {{Ms(timing.Gossip)}}
          leader-actions-interval = {{Ms(timing.Gossip)}}
          unreachable-nodes-reaper-interval = {{Ms(timing.Tick)}}
          failure-detector {
            heartbeat-interval = {{Ms(timing.HeartbeatInterval)}}
            acceptable-heartbeat-pause = {{Ms(timing.AcceptablePause)}}
            expected-response-after = {{Ms(timing.HeartbeatInterval)}}
          }
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver {
            active-strategy = keep-majority
            stable-after = {{Ms(timing.StableAfter)}}
          }
          down-removal-margin = 1ms
          run-coordinated-shutdown-when-down = on
        }
        """;
    }

    /// <summary>
    /// Where a block is, is kept in memory and agreed on by a majority of the nodes. Nothing of it is durable: the blocks' facts are in the journal, and the
    /// conductor asks for each block again.
    /// </summary>
    private static string Sharding(ClusterTiming timing) =>
        $$"""
        akka.cluster.sharding {
          state-store-mode = ddata
          remember-entities = off
          passivate-idle-entity-after = off
          handoff-timeout = {{Ms(timing.HandOff)}}
          rebalance-interval = {{Ms(timing.RebalanceInterval)}}
          retry-interval = 1s
          coordinator-failure-backoff = 1s
          least-shard-allocation-strategy { rebalance-absolute-limit = 5, rebalance-relative-limit = 0.1 }
          coordinator-state { write-majority-plus = 0, read-majority-plus = 0 }
          distributed-data { durable.keys = [], majority-min-cap = 2 }
          use-dispatcher = "{{Dispatcher}}"
        }
        akka.cluster.singleton {
          hand-over-retry-interval = 500ms
          min-number-of-hand-over-retries = {{(int)Math.Ceiling(timing.SingletonStop / TimeSpan.FromMilliseconds(500)) + 2}}
        }
        akka.cluster.singleton-proxy { singleton-identification-interval = 500ms, buffer-size = 100 }
        """;

    /// <summary>Terminating the system is for when leaving in order has not come to its end, so it does not begin with leaving in order.</summary>
    private static string Shutdown(ClusterTiming timing) =>
        $$"""
        akka.coordinated-shutdown {
          run-by-clr-shutdown-hook = off
          run-by-actor-system-terminate = off
          phases {
            before-service-unbind.timeout = {{Ms(timing.Drain)}}
            cluster-sharding-shutdown-region.timeout = {{Ms(timing.HandOff + TimeSpan.FromSeconds(5))}}
            cluster-exiting.timeout = {{Ms(timing.SingletonStop)}}
          }
        }
        """;

    private const string Telling = "akka.loglevel = INFO";

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    private static string OnOff(bool value) => value ? "on" : "off";

    private static string Ms(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
}
