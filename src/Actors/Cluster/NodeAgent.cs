using Akka.Actor;
using Akka.Event;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// On every node: hears from the conductor where the run stands, starts what the node's roles need for it, plays the schedule from the run's start on, and
/// reports. It decides nothing.
/// </summary>
internal sealed class NodeAgent : UntypedActor, IWithTimers
{
    public const string Name = "agent";

    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    private readonly NodeAgentSettings _settings;
    private readonly RunClock _clock;
    private readonly DatabaseWatch _database;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private NodePart? _part;
    private string _runId = "";
    private string _core = "";
    private bool _isBusy;
    private bool _isPlaying;
    private Instant _start;

    public NodeAgent(NodeAgentSettings settings)
    {
        _settings = settings;
        _clock = new RunClock(settings.Wheel);
        _database = new DatabaseWatch(settings.Wheel.Time);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeAgentSettings settings) => Akka.Actor.Props.Create(() => new NodeAgent(settings));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(AskForChanges), AskForChanges.Instance, AskInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AskForChanges:
                Ask();
                break;
            case Asked asked:
                if (_database.Answer() is var took && took > TimeSpan.Zero)
                {
                    _log.Info("the database answers again, after {0:0.0} s", took.TotalSeconds);
                }

                asked.Apply();
                break;
            case ClusterMessages.RunState state:
                Follow(state);
                break;
            case NodePart part:
                _isBusy = false;
                _part = part;
                break;
            case Closed:
                _isBusy = false;
                break;
            case Status.Failure failure:
                _isBusy = false;
                _runId = "";
                _log.Error("this node cannot take part in the run: {0}", failure.Cause.Message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _settings.Current = null;
        _ = _part?.DisposeAsync().AsTask();
    }

    private void Follow(ClusterMessages.RunState state)
    {
        if (!_isBusy)
        {
            if (state.RunId != _runId || !state.IsOn)
            {
                Change(state);
            }
            else
            {
                GoOn(state);
            }
        }

        Sender.Tell(Report());
        if (_part?.Run is { } run)
        {
            Sender.Tell(new ClusterMessages.NodeLag(_settings.Node, run.RunId, run.Counters.Lag.Counts()));
        }
    }

    private void Change(ClusterMessages.RunState state)
    {
        if (_part is { } old)
        {
            _part = null;
            _settings.Current = null;
            _isPlaying = false;
            _runId = "";
            _isBusy = true;
            CloseAsync(old).PipeTo(Self);
        }
        else if (state.IsOn && HopText.TryRead(state.CoreHop, SipTransportKind.Tcp, out _))
        {
            _runId = state.RunId;
            _core = state.CoreHop;
            _isBusy = true;
            StartAsync(Context.System, state).PipeTo(Self);
        }
    }

    private void GoOn(ClusterMessages.RunState state)
    {
        if (_part is not { } part)
        {
            return;
        }

        if (state.CoreHop != _core && HopText.TryRead(state.CoreHop, part.Settings.Transport, out var core))
        {
            _core = state.CoreHop;
            part.Run?.Region.MoveCore(core);
        }

        if (part.Run is { } run && !_isPlaying && state.StartTicks != 0 && state.Stage >= ClusterRunStage.Playing)
        {
            _isPlaying = true;
            _start = new Instant(state.StartTicks);
            part.Playing = run.Player.PlayAsync(_clock.ToLocal(_start), part.Stop.Token);
            Ask();
        }

        if (state.Stage >= ClusterRunStage.Settling)
        {
            part.Run?.Attacks?.Stop();
            if (part.Run?.TryEndPlay() == false)
            {
                // A node that came late runs through what has been: blocks that come here must learn what they missed.
                return;
            }

            part.Stop.Cancel();
        }
        else if (_isPlaying && _clock.UtcNow.Ticks >= state.StartTicks)
        {
            part.Run?.Attacks?.Start();
        }

        // Only now may blocks come: where the run has begun already, the player has, too.
        _settings.Current = part.Run;
    }

    /// <summary>Whoever leads the run: until when its schedule is certain, the register knows. So the traffic goes on while there is no conductor.</summary>
    private void Ask()
    {
        if (_database.HasFallenSilent())
        {
            _log.Warning("the database does not answer; the phones of this node wait for it{0}", _part?.Run?.Journal.Problem is { } problem ? ": " + problem : "");
        }

        if (!_isPlaying || _database.IsAsked || _part?.Run is not { } run)
        {
            return;
        }

        _database.Ask();
        var start = _start;
        _settings.Factory.Register.ReadChangesAsync(run.RunId, CancellationToken.None).PipeTo(
            Self,
            success: known => new Asked(() => run.Player.Learn(known.Changes, new Instant(known.UntilTicks) - start)),
            failure: cause => new Asked(() => _log.Warning("it is not known how the run was changed: {0}", cause.GetBaseException().Message)));
    }

    private async Task<NodePart> StartAsync(ActorSystem system, ClusterMessages.RunState state)
    {
        var settings = await _settings.Factory.CreateSettingsOfAsync(state.RunId).ConfigureAwait(false);
        var metrics = _settings.Metrics.Of(state.RunId);
        if (_settings.Roles.Contains(ClusterRole.Kms))
        {
            var service = new KeyManagementService(settings.Kms, SystemRandomSource.Instance);
            var answered = new KmsCounters();
            metrics.Show(NodeMetricsPart.Kms, FarmMetrics.OfKms(answered));
            _settings.KmsGate.Tell(new KmsGate.Serve(KmsPool.Props(service, answered, _settings.Wheel.Time, Environment.ProcessorCount)));
        }

        if (!_settings.Roles.Contains(ClusterRole.Ue) || !HopText.TryRead(state.CoreHop, settings.Transport, out var core))
        {
            metrics.Show(NodeMetricsPart.Node, FarmMetrics.OfNode(settings.Ue.ReplayCache, null));
            return new NodePart(settings, null);
        }

        var blocks = new UeBlocks(settings.Phones);
        var counters = new NodeRecorder();
        var journal = await _settings.Factory.OpenJournalAsync(state.RunId, CancellationToken.None).ConfigureAwait(false);
        var attacks = settings.Attacks.IsEmpty ? null : new NodeAttacks(settings, _settings, counters);
        var phones = RegionOf(settings, blocks, core, counters);
        var region = await UeRegion.StartAsync(system, attacks?.On(phones) ?? phones, _settings.Wheel).ConfigureAwait(false);
        var nodes = Math.Max(1, _settings.UeNodes());
        var schedule = new BlockSchedule(blocks, region.Tell, settings.AddressOf, _clock, counters, _settings.Wheel.Time, settings.RegistrationsPerSecond / nodes);
        attacks?.Open(region.Transport.LocalEndPoint, schedule);
        var player = new SchedulePlayer(
            settings.CreateSchedule([]),
            new SchedulePlayerSettings { Wheel = _settings.Wheel, Target = schedule, Seed = settings.Seed, CertainUntil = TimeSpan.Zero });
        var run = new NodeRun
        {
            RunId = state.RunId,
            Node = _settings.Node,
            Settings = settings,
            Blocks = blocks,
            Region = region,
            Journal = journal,
            Schedule = schedule,
            Player = player,
            Clock = _clock,
            Counters = counters,
            Attacks = attacks,
            CreateFlash = phone => NewPhone.FlashOf(settings.ProfileOf(phone), settings.Ue.ReplayCache),
        };
        metrics.Add("ue", [region.Transport]);
        if (attacks is not null)
        {
            metrics.Add("attacker", [attacks.Transport]);
        }

        metrics.Add(journal);
        metrics.Show(NodeMetricsPart.Node, FarmMetrics.OfNode(settings.Ue.ReplayCache, run));
        return new NodePart(settings, run);
    }

    private UeFarmSettings RegionOf(FarmRunSettings settings, UeBlocks blocks, SipHop core, NodeRecorder counters) => new()
    {
        Count = settings.Phones,
        IsSplit = true,
        PhonesPerParent = blocks.Size,
        Ue = settings.Ue with { Core = core, Transport = settings.Transport },
        ProfileOf = settings.ProfileOf,
        Observer = counters,
        Kms = _settings.Kms,
        Transport = new SipTransportSettings { Allow = settings.Allow, ConnectionsPerPeer = settings.Connections, Listen = _settings.Network.AnyPort },
        AdvertisedAddress = _settings.Network.Advertised,
        Random = SystemRandomSource.Instance,
        ClockOffsetOf = settings.Clocks is { } clocks ? clocks.OffsetOf : null,
    };

    private async Task<Closed> CloseAsync(NodePart part)
    {
        _settings.KmsGate.Tell(new KmsGate.Serve(null));
        await part.DisposeAsync().ConfigureAwait(false);
        return Closed.Instance;
    }

    private ClusterMessages.NodeReport Report()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var (cpu, resident) = ((long)process.TotalProcessorTime.TotalMilliseconds, process.WorkingSet64);
        var run = _part?.Run;
        return new ClusterMessages.NodeReport(
            _settings.Node, [.. _settings.Roles], _runId, run?.Schedule.AdoptedBlocks() ?? [], _part?.Count(cpu, resident) ?? new NodeCounters(), cpu, resident);
    }

    private sealed class AskForChanges : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static readonly AskForChanges Instance = new();
    }

    private sealed record Asked(Action Apply) : INoSerializationVerificationNeeded;

    private sealed class Closed : INoSerializationVerificationNeeded
    {
        public static readonly Closed Instance = new();
    }

    /// <summary>What the node does for a run. Run null: it has no phones.</summary>
    private sealed class NodePart(FarmRunSettings settings, NodeRun? run) : IAsyncDisposable, INoSerializationVerificationNeeded
    {
        private readonly long _cpuBefore = (long)System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds;
        private long _peakBytes;

        public FarmRunSettings Settings => settings;

        public NodeRun? Run => run;

        public CancellationTokenSource Stop { get; } = new();

        public Task Playing { get; set; } = Task.CompletedTask;

        public NodeCounters Count(long cpuMilliseconds, long residentBytes)
        {
            _peakBytes = Math.Max(_peakBytes, residentBytes);
            var counters = run?.Counters.Take(run.Schedule.Phones().Registered) ?? new NodeCounters();
            return counters with { CpuMilliseconds = cpuMilliseconds - _cpuBefore, PeakBytes = _peakBytes, HeapBytes = ProcessMemory.LiveHeap() };
        }

        public async ValueTask DisposeAsync()
        {
            await Stop.CancelAsync().ConfigureAwait(false);
            await Playing.ConfigureAwait(false);
            if (run is not null)
            {
                if (run.Attacks is { } attacks)
                {
                    await attacks.DisposeAsync().ConfigureAwait(false);
                }

                run.Schedule.Dispose();
                await run.Region.DisposeAsync().ConfigureAwait(false);
                await run.Journal.DisposeAsync().ConfigureAwait(false);
            }

            Stop.Dispose();
        }
    }
}
