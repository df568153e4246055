using Akka.Actor;
using UeFarm.Actors;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.TestSupport.Faults;

/// <summary>
/// Phones, KMS and core in this process, the application server in one of its own, its database if it has one, and between core and server two links that can
/// be cut: one that the core
/// opens connections over, one that the server does. The books are those of a run.
/// </summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    /// <summary>Transactions end after 64 of them: faults that last seconds are then longer than a transaction.</summary>
    private static readonly SipTimers Timers = new() { T1 = TimeSpan.FromMilliseconds(100), T2 = TimeSpan.FromSeconds(1), T4 = TimeSpan.FromSeconds(1) };

    private readonly ActorSystem _system = FarmActorSystem.Create("faults");
    private CoreServer? _core;

    private FaultWorld(int phones)
    {
        Recorder = new RunRecorder(new RunRecorderSettings { Phones = phones });
        Answers = new AnswerLog(Recorder);
    }

    public RunRecorder Recorder { get; }

    /// <summary>What senders were told and when.</summary>
    public AnswerLog Answers { get; }

    public WakeUpWheel Wheel { get; } = new(TimeProvider.System, TimeSpan.FromMilliseconds(5));

    /// <summary>Connections that the core opens to the server.</summary>
    public CuttableLink ToServer { get; } = new();

    /// <summary>Connections that the server opens to the core.</summary>
    public CuttableLink ToCore { get; } = new();

    public UeRegion Phones { get; private set; } = null!;

    public ApplicationServerProcess Server { get; private set; } = null!;

    /// <summary>Null: the server keeps its mailboxes in a file.</summary>
    public FaultDatabase? Database { get; private set; }

    public static async Task<FaultWorld> StartAsync(FaultRunSettings settings, CancellationToken cancellation)
    {
        var world = new FaultWorld(settings.Phones);
        try
        {
            await world.StartPartsAsync(settings, cancellation);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the stopped server left behind goes into the books.</summary>
    public async Task CountStoredAsync(CancellationToken cancellation)
    {
        MailboxStoreSettings settings = Database is null ? new SqliteMailboxStoreSettings { Path = Server.StorePath } : Database.Settings;
        if (!MailboxStore.TryOpen(settings, out var store, out var problem))
        {
            throw new InvalidOperationException(problem);
        }

        await using (store)
        {
            await foreach (var record in store!.ReadAllAsync(cancellation))
            {
                Recorder.OnFoundStored(new StoredMailboxMessage(record.Recipient, record.Timestamp, record.ContentType, record.Body));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (Phones?.DisposeAsync() ?? default);
        await (Server?.DisposeAsync() ?? default);
        await (Database?.DisposeAsync() ?? default);
        await (_core?.DisposeAsync() ?? default);
        await ToServer.DisposeAsync();
        await ToCore.DisposeAsync();
        await _system.Terminate();
        await Wheel.DisposeAsync();
    }

    private async Task StartPartsAsync(FaultRunSettings settings, CancellationToken cancellation)
    {
        var subscribers = new Subscribers(DigestAlgorithm.Md5);
        _core = await CoreServer.StartAsync(_system, new CoreSettings
        {
            Domain = Subscribers.Domain,
            Subscribers = subscribers,
            ApplicationServer = new SipHop(SipTransportKind.Tcp, ToServer.EndPoint, 0),
            Timers = Timers,
            Random = SystemRandomSource.Instance,
        }, Wheel);
        ToCore.Target = _core.EndPoint;
        Database = settings.Store == FaultStore.PostgreSql ? await FaultDatabase.StartAsync() : null;
        Server = await ApplicationServerProcess.StartAsync(
            new ApplicationServerProcessSettings
            {
                Domain = Subscribers.Domain,
                Core = ToCore.EndPoint,
                SentBy = ToServer.EndPoint,
                Folder = settings.Folder,
                Postgres = Database?.Connection,
                Options =
                [
                    "--set", "sip.t1=100ms", "--set", "sip.t2=1s", "--set", "sip.t4=1s", "--set", "applicationServer.holdTime=2s",
                    "--set", "applicationServer.drainDelay=50ms",
                ],
            },
            cancellation);
        ToServer.Target = Server.EndPoint;
        var kms = new KeyManagementService(new KmsSettings { Identity = Subscribers.KmsIdentity, MasterSecret = Subscribers.MasterSecret }, SystemRandomSource.Instance);
        Phones = await UeRegion.StartAsync(_system, new UeFarmSettings
        {
            Count = settings.Phones,
            Ue = new UeSettings
            {
                Domain = Subscribers.Domain,
                Core = new SipHop(SipTransportKind.Tcp, _core.EndPoint, 0),
                Transport = SipTransportKind.Tcp,
                ContactHost = "",
                KmsIdentity = Subscribers.KmsIdentity,
                Timers = Timers,
                HonoursRetryAfter = false, // the load goes on while the server stops
            },
            ProfileOf = subscribers.ProfileOf,
            Observer = Answers,
            Kms = _system.ActorOf(KmsPool.Props(kms, new KmsCounters(), TimeProvider.System, Environment.ProcessorCount), "kms"),
            Transport = new SipTransportSettings(),
            Random = SystemRandomSource.Instance,
        }, Wheel);
    }
}
