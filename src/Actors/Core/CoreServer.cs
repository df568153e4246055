using System.Net;
using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Actors.Core;

/// <summary>Registrar, authentication and stateful non-INVITE proxy of a process, with its listening transports.</summary>
public sealed class CoreServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly IActorRef[] _partitions;
    private readonly CoreIdentity _identity;

    private CoreServer(IReadOnlyList<ISipTransport> transports, IPEndPoint endPoint, IActorRef[] partitions, CoreCounters counters, CoreIdentity identity)
    {
        _identity = identity;
        Transports = transports;
        EndPoint = endPoint;
        _partitions = partitions;
        Counters = counters;
    }

    /// <summary>The address that phones send to.</summary>
    public IPEndPoint EndPoint { get; }

    public CoreCounters Counters { get; }

    public IReadOnlyList<ISipTransport> Transports { get; }

    /// <summary>Listens on TCP, and on UDP with the same port when asked. The wheel stays the caller's.</summary>
    public static Task<CoreServer> StartAsync(ActorSystem system, CoreSettings settings, WakeUpWheel wheel) =>
        StartAsync(
            system, settings, wheel,
            receiver => settings.Udp ? SipTransports.StartTcpAndUdp(settings.Transport, receiver) : [SipTransports.StartTcp(settings.Transport, receiver)]);

    /// <summary>The same over transports that the caller opens, all with one address: an in-memory network for tests and virtual time.</summary>
    public static Task<CoreServer> StartAsync(
        ActorSystem system, CoreSettings settings, WakeUpWheel wheel, Func<ISipReceiver, IReadOnlyList<ISipTransport>> openTransports)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Partitions, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.Partitions, 256, nameof(settings));
        var counters = new CoreCounters();
        var router = new CoreRouter(counters);
        var transports = openTransports(router);
        var listening = transports[0].LocalEndPoint;
        var endPoint = settings.AdvertisedAddress is { } address ? new IPEndPoint(address, listening.Port) : listening;
        var identity = new CoreIdentity(settings.Domain, endPoint, settings.ApplicationServer, settings.MailboxGroups);
        var byKind = new ISipTransport?[Enum.GetValues<SipTransportKind>().Length];
        foreach (var transport in transports)
        {
            byKind[(int)transport.Kind] = transport;
        }

        var partitions = new IActorRef[settings.Partitions];
        for (var index = 0; index < partitions.Length; index++)
        {
            var (registrar, proxy) = CreateMachines(settings, identity, index);
            partitions[index] = system.ActorOf(CorePartition.Props(registrar, proxy, router, partitions, byKind, counters, wheel));
        }

        router.Open(identity, partitions);
        return Task.FromResult(new CoreServer(transports, endPoint, partitions, counters, identity));
    }

    /// <summary>The application server of a group of mailboxes is there from now on, and is told of everybody of the group who is registered.</summary>
    public void MoveApplicationServer(SipHop server, int mailboxGroup = 0)
    {
        _identity.MoveApplicationServer(server, mailboxGroup);
        var moved = new CoreMessages.ApplicationServerMoved(mailboxGroup);
        foreach (var partition in _partitions)
        {
            partition.Tell(moved, ActorRefs.NoSender);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in Transports)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_partitions.Select(partition => partition.GracefulStop(StopTimeout))).ConfigureAwait(false);
    }

    private static (RegistrarBehavior Registrar, ProxyBehavior Proxy) CreateMachines(CoreSettings settings, CoreIdentity identity, int partition)
    {
        var digest = new DigestServer(new DigestServerSettings { Realm = identity.Domain }, settings.Random);
        var registrarSettings = new RegistrarSettings
        {
            Identity = identity,
            Partition = partition,
            MinExpires = settings.MinExpires,
            MaxExpires = settings.MaxExpires,
            SendsThirdPartyRegistrations = settings.SendsThirdPartyRegistrations,
            ExpectsApplicationServer = settings.ExpectsApplicationServer,
            Timers = settings.Timers,
        };
        var registrar = new RegistrarBehavior(registrarSettings, settings.Subscribers, digest, settings.Random);
        var proxySettings = new ProxySettings
        {
            Identity = identity,
            Partition = partition,
            Timers = settings.Timers,
            ExpectsApplicationServer = settings.ExpectsApplicationServer,
        };
        return (registrar, new ProxyBehavior(proxySettings, registrar, settings.Subscribers, digest, settings.Random));
    }
}
