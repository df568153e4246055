using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Virtual;

/// <summary>
/// Virtual time: a run on one thread, that of whoever lets time pass or plays the schedule. Actors run until none has anything to do, then what is due on the
/// network is delivered, then the clock moves to the earliest of the next delivery, timer and scheduled action. All randomness comes from the seed, that of keys
/// too: the run talks to nobody outside of the process, and the same seed gives the same run.
/// </summary>
internal sealed class VirtualRunWorld : IRunWorld
{
    // Keeps these draws apart from those of the schedule and of the phones' clocks, which begin with the same seed.
    private const ulong Stream = 0x0F1C_7171_0A1B_0001;

    private static readonly Config Configuration = ConfigurationFactory.ParseString(
        $$"""
        akka.actor.default-dispatcher.type = "{{typeof(VirtualDispatcherConfigurator).AssemblyQualifiedName}}"
        akka.actor.internal-dispatcher = akka.actor.default-dispatcher
        """);

    private readonly SeededRandomSource _seeds;
    private readonly VirtualClock _clock = new();
    private readonly VirtualDispatcher _dispatcher;
    private readonly InMemorySipNetwork _network;

    public VirtualRunWorld(VirtualTimeSettings settings, ulong seed)
    {
        _seeds = new SeededRandomSource(seed ^ Stream);
        System = FarmActorSystem.Create("uefarm", Configuration.WithFallback(FarmActorSystem.Silent));
        _dispatcher = (VirtualDispatcher)System.Dispatchers.Lookup(Dispatchers.DefaultDispatcherId);
        _dispatcher.Hold();
        Wheel = new WakeUpWheel(_clock, TimeSpan.FromMilliseconds(5));
        _network = new InMemorySipNetwork(new InMemoryNetworkOptions
        {
            ManualPump = true,
            Latency = settings.Latency,
            Loss = settings.Loss,
            Duplication = settings.Duplication,
            Reordering = settings.Reordering,
            Time = _clock,
            Random = CreateRandom(),
        });
    }

    public ActorSystem System { get; }

    public TimeProvider Time => _clock;

    public WakeUpWheel Wheel { get; }

    // Which partition an address belongs to is decided by a hash that differs from process to process: with several, the order of events would too.
    public int Partitions => 1;

    public int KmsInstances => 1;

    public IRandomSource CreateRandom() => new SeededRandomSource(_seeds.NextUInt64());

    public IMailboxStore CreateStore() => new MemoryMailboxStore();

    public ISipTransport Open(SipTransportKind kind, SipTransportSettings settings, ISipReceiver receiver)
    {
        var limits = kind == SipTransportKind.Udp
            ? settings.Limits with { MaxMessageBytes = Math.Min(settings.Limits.MaxMessageBytes, settings.MaxDatagramBytes) }
            : settings.Limits;
        return _network.Open(settings.Listen, receiver, limits, settings.Allow, kind);
    }

    public IReadOnlyList<ISipTransport> OpenTcpAndUdp(SipTransportSettings settings, ISipReceiver receiver)
    {
        var tcp = Open(SipTransportKind.Tcp, settings, receiver);
        return [tcp, Open(SipTransportKind.Udp, settings with { Listen = tcp.LocalEndPoint }, receiver)];
    }

    public Task PassAsync(TimeSpan time)
    {
        var end = _clock.Now + time;
        TurnUntil(() => end, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task PlayAsync(SchedulePlayer player, CancellationToken stop)
    {
        player.Begin(_clock.Now);
        while (player.NextDue != Instant.Never && TurnUntil(() => player.NextDue, stop))
        {
            player.PerformNext();
        }

        return Task.CompletedTask;
    }

    public void EndPlay() => _dispatcher.Release();

    public async ValueTask DisposeAsync()
    {
        await System.Terminate().ConfigureAwait(false);
        await Wheel.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Everything happens that does so before a moment or in it, and may change which one it is; false: stopped before.</summary>
    private bool TurnUntil(Func<Instant> getEnd, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _dispatcher.RunAll();
            if (_network.Pump() > 0)
            {
                continue;
            }

            var end = getEnd();
            var next = Instant.Min(_clock.NextTimer, _network.NextDelivery);
            if (next > end)
            {
                _clock.MoveTo(end);
                return true;
            }

            _clock.MoveTo(next);
        }

        return false;
    }
}
