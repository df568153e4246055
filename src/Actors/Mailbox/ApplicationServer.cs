using System.Net;
using System.Runtime.CompilerServices;
using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// The store-and-forward application server of a process: its transports, its store, and a mailbox actor per recipient under a few parents.
/// Stand-alone: it needs a core that routes MESSAGEs through it and tells it by third-party REGISTER who is online.
/// </summary>
public sealed partial class ApplicationServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly IMailboxStore _store;
    private readonly IReadOnlyList<IActorRef> _partitions;
    private readonly IActorRef _gate;

    private ApplicationServer(
        IMailboxStore store, ApplicationServerCounters counters, CoreContact core, IReadOnlyList<IActorRef> partitions, IActorRef gate,
        IReadOnlyList<ISipTransport> transports)
    {
        _store = store;
        _partitions = partitions;
        _gate = gate;
        Counters = counters;
        Core = core;
        Transports = transports;
    }

    public IPEndPoint EndPoint => Transports[0].LocalEndPoint;

    public ApplicationServerCounters Counters { get; }

    public CoreContact Core { get; }

    public IReadOnlyList<ISipTransport> Transports { get; }

    /// <summary>What the store held when it was opened.</summary>
    public MailboxStoreRecovery Recovery => _store.Recovery;

    /// <summary>
    /// Opens the store and the transports and starts the mailboxes that hold something. The wheel stays the caller's.
    /// </summary>
    /// <exception cref="InvalidDataException">The database cannot be used; the message says why.</exception>
    public static async Task<ApplicationServer> StartAsync(ActorSystem system, ApplicationServerSettings settings, WakeUpWheel wheel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Partitions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Behavior.Window, 1);
        var store = settings.Store ?? await Task.Run(() => OpenStore(settings)).ConfigureAwait(false);
        var counters = new ApplicationServerCounters(store, new StoredTotals(settings.Behavior.MaxStored, settings.Behavior.MaxStoredBytes), settings.Behavior.Expiry);
        var partitions = new IActorRef[settings.Partitions];
        var contact = new CoreContact();
        var receiver = new MailboxReceiver(partitions, settings.Core, counters, contact, wheel);
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = system.ActorOf(MailboxPartition.Props(i, receiver.AcceptFailures));
        }

        IActorRef gate = ActorRefs.Nobody;
        if (settings.Behavior.DrainRate is { } rate)
        {
            gate = system.ActorOf(DrainGate.Props(new DrainLine(rate), counters, wheel));
        }

        IReadOnlyList<ISipTransport> transports = [];
        try
        {
            transports = OpenTransports(settings, receiver);
            var endpoint = new MailboxEndpoint(settings.Core, settings.SentBy ?? SentByOf(transports, settings.Core), settings.Timers);
            var context = new MailboxServerContext(settings, endpoint, store, counters, contact, wheel, transports, partitions, gate);
            foreach (var partition in partitions)
            {
                partition.Tell(new MailboxInputs.Begin(context), ActorRefs.NoSender);
            }

            return new ApplicationServer(store, counters, contact, partitions, gate, transports);
        }
        catch
        {
            await new ApplicationServer(store, counters, contact, partitions, gate, transports).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Everything still stored, by arrival; records that are removed meanwhile may be missing.</summary>
    public async IAsyncEnumerable<StoredMailboxMessage> ReadStoredAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var record in _store.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            yield return new StoredMailboxMessage(record.Recipient, record.Timestamp, record.ContentType, record.Body);
        }
    }

    /// <summary>Nothing new comes in, the mailboxes stop, what was accepted reaches the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var transport in Transports)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }

        IEnumerable<IActorRef> actors = _gate.IsNobody() ? _partitions : _partitions.Append(_gate);
        await Task.WhenAll(actors.Select(actor => actor.GracefulStop(StopTimeout))).ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private static MailboxStore OpenStore(ApplicationServerSettings settings)
    {
        var storeSettings = settings.Behavior.Store ?? new SqliteMailboxStoreSettings { Path = settings.DatabasePath };
        return MailboxStore.TryOpen(storeSettings with { OldestFirst = settings.Behavior.OldestFirst }, out var store, out var problem)
            ? store!
            : throw new InvalidDataException(problem);
    }

    private static IReadOnlyList<ISipTransport> OpenTransports(ApplicationServerSettings settings, ISipReceiver receiver)
    {
        if (settings.OpenTransports is { } open)
        {
            return open(receiver);
        }

        var tcp = SipTransports.StartTcp(settings.Transport, receiver);
        return settings.Udp ? [tcp, SipTransports.StartUdp(settings.Transport with { Listen = tcp.LocalEndPoint }, receiver)] : [tcp];
    }

    private static string SentByOf(IReadOnlyList<ISipTransport> transports, SipHop core)
    {
        var transport = transports.FirstOrDefault(candidate => candidate.Kind == core.Transport)
            ?? throw new ArgumentException($"no transport for the core's {core.Transport}", nameof(core));
        return transport.LocalEndPoint.ToString();
    }
}
