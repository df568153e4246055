using System.Net;
using Akka.Actor;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Run;

/// <summary>
/// One run in one process: starts core, application server, KMS and phones, registers the phones, plays the schedule, lets things settle, closes the
/// ledger. Every part can be somebody else's where the settings say so. Use once; dispose when done.
/// </summary>
public sealed class FarmRun : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRegistration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LateLimit = TimeSpan.FromMilliseconds(100);
    private readonly FarmRunSettings _settings;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ActorSystem _system;
    private readonly WakeUpWheel _wheel;
    private readonly List<string> _warnings = [];
    private CoreServer? _core;
    private ApplicationServer? _applicationServer;
    private InterceptingTransport? _path;
    private UeRegion? _phones;
    private Attacker? _attacker;
    private SchedulePlayer? _player;
    private Instant _started;
    private Instant _phasesStarted;
    private bool _isDisposed;

    private FarmRun(FarmRunSettings settings)
    {
        _settings = settings;
        _system = FarmActorSystem.Create("uefarm");
        _wheel = new WakeUpWheel(_time, TimeSpan.FromMilliseconds(5));
        Recorder = new RunRecorder(new RunRecorderSettings
        {
            Phones = settings.Phones,
            // An unprotected message carries no timestamp: its mailbox goes by arrival there, which phones cannot see.
            CheckOrder = HasApplicationServer && settings.ApplicationServer is { Window: 1, OldestFirst: true } && settings.Ue.Protection != BodyProtection.Plain,
            LiveBypassesDrain = settings.ApplicationServer.Live == LiveTraffic.Bypass,
            RecordArrivals = settings.RecordArrivals,
        });
        KmsCounters = new KmsCounters();
    }

    public RunRecorder Recorder { get; }

    public KmsCounters KmsCounters { get; }

    public CoreCounters? Core => _core?.Counters;

    public ApplicationServerCounters? ApplicationServer => _applicationServer?.Counters;

    /// <summary>Where the phones listen.</summary>
    public IPEndPoint PhonesEndPoint => _phones!.Transport.LocalEndPoint;

    /// <summary>Where the embedded core listens; null with somebody else's.</summary>
    public IPEndPoint? CoreEndPoint => _core?.EndPoint;

    /// <summary>Where the embedded application server listens; null without one.</summary>
    public IPEndPoint? ApplicationServerEndPoint => _applicationServer?.EndPoint;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Every transport of the run by role, for the metrics.</summary>
    public IEnumerable<(string Role, ISipTransport Transport)> Transports =>
        [
            .. (_core?.Transports ?? []).Select(static transport => ("core", transport)),
            .. (_applicationServer?.Transports ?? []).Select(static transport => ("as", transport)),
            .. _phones is null ? [] : new[] { ("ue", _phones.Transport) },
            .. _attacker is null ? [] : new[] { ("attacker", _attacker.Transport) },
        ];

    /// <summary>Where the run stands now.</summary>
    public RunProgress Progress
    {
        get
        {
            var phase = _player?.Phase ?? -1;
            var now = _wheel.Now;
            var elapsed = now - _started;
            if (phase < 0)
            {
                return new RunProgress(_player is null ? RunStage.Registering : RunStage.Playing, phase, elapsed, TimeSpan.Zero);
            }

            var end = _phasesStarted;
            for (var i = 0; i <= phase; i++)
            {
                end += _settings.Phases[i].Duration;
            }

            var left = end - now;
            return left > TimeSpan.Zero || phase < _settings.Phases.Count - 1
                ? new RunProgress(RunStage.Playing, phase, elapsed, left > TimeSpan.Zero ? left : TimeSpan.Zero)
                : new RunProgress(RunStage.Settling, phase, elapsed, TimeSpan.Zero);
        }
    }

    private bool HasApplicationServer => _settings.ExternalCore is null && _settings.WithApplicationServer;

    /// <summary>How long after the run's start a moment was.</summary>
    public TimeSpan SinceStart(Instant moment) => moment - _started;

    /// <summary>Makes a phone's actor fail, as a bug of its own would: it is started again with its durable state.</summary>
    public void FailPhone(int phone) => _phones!.Tell(new UeCommands.Crash(new UeId(phone)));

    /// <summary>Starts every part; nothing is sent before <see cref="RunAsync"/>.</summary>
    public static async Task<FarmRun> StartAsync(FarmRunSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var run = new FarmRun(settings);
        try
        {
            await run.StartPartsAsync().ConfigureAwait(false);
            return run;
        }
        catch
        {
            await run.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Plays the run to its end, or until <paramref name="stop"/>, and closes the books.</summary>
    public async Task<FarmRunResult> RunAsync(CancellationToken stop)
    {
        await RegisterAllAsync(stop).ConfigureAwait(false);
        _phasesStarted = _wheel.Now;
        var schedule = new RunSchedule(_settings.Traffic, _settings.Phases, _settings.Phones, _settings.RegisterBeforeFirstPhase, _settings.Seed);
        _player = new SchedulePlayer(schedule, new SchedulePlayerSettings
        {
            Wheel = _wheel,
            Recorder = Recorder,
            Tell = _phones!.Tell,
            AddressOf = _settings.AddressOf,
            Seed = _settings.Seed,
        });
        StartAttacks();
        await _player.PlayAsync(_phasesStarted, stop).ConfigureAwait(false);
        var playedFor = _wheel.Now - _phasesStarted;
        if (_attacker is not null)
        {
            await _attacker.StopAsync().ConfigureAwait(false);
        }

        await SettleAsync(stop.IsCancellationRequested).ConfigureAwait(false);
        return await CloseAsync(playedFor, stop.IsCancellationRequested).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_attacker is not null)
        {
            await _attacker.DisposeAsync().ConfigureAwait(false);
        }

        if (_phones is not null)
        {
            await _phones.DisposeAsync().ConfigureAwait(false);
        }

        if (_applicationServer is not null)
        {
            await _applicationServer.DisposeAsync().ConfigureAwait(false);
        }

        if (_core is not null)
        {
            await _core.DisposeAsync().ConfigureAwait(false);
        }

        await _system.Terminate().ConfigureAwait(false);
        await _wheel.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartPartsAsync()
    {
        _started = _wheel.Now;
        var listen = new SipTransportSettings { Allow = _settings.Allow };
        var core = await StartNetworkAsync(listen).ConfigureAwait(false);
        var kms = _system.ActorOf(KmsPool.Props(new KeyManagementService(_settings.Kms, SystemRandomSource.Instance), KmsCounters, _time, Environment.ProcessorCount), "kms");
        IUeObserver observer = Recorder;
        if (!_settings.Attacks.IsEmpty)
        {
            // The attacker needs the phones' address, the phones need their observer: the attacker joins when both are there.
            observer = new LateObserver(Recorder, () => _attacker);
        }

        _phones = await UeRegion.StartAsync(_system, new UeFarmSettings
        {
            Count = _settings.Phones,
            Ue = _settings.Ue with { Core = new SipHop(_settings.Transport, core, 0), Transport = _settings.Transport },
            ProfileOf = _settings.ProfileOf,
            Observer = observer,
            Kms = kms,
            Transport = listen with { ConnectionsPerPeer = _settings.Connections },
            Random = SystemRandomSource.Instance,
            ClockOffsetOf = _settings.Clocks is { } clocks ? clocks.OffsetOf : null,
            Decorate = _settings.Attacks.IsEmpty ? null : transport => _path = new InterceptingTransport(transport),
        }, _wheel).ConfigureAwait(false);
    }

    private async Task<IPEndPoint> StartNetworkAsync(SipTransportSettings listen)
    {
        if (_settings.ExternalCore is { } external)
        {
            return external;
        }

        // Core and application server must know each other's address before either starts: the latter's socket is opened first.
        var receiver = new DeferredReceiver();
        var socket = HasApplicationServer ? SipTransports.StartTcp(listen, receiver) : null;
        _core = await CoreServer.StartAsync(_system, new CoreSettings
        {
            Domain = _settings.Domain,
            Subscribers = _settings.Subscribers,
            ApplicationServer = socket is null ? null : new SipHop(SipTransportKind.Tcp, socket.LocalEndPoint, 0),
            Timers = _settings.Ue.Timers,
            Transport = listen,
            Udp = _settings.Transport == SipTransportKind.Udp,
            Random = SystemRandomSource.Instance,
        }, _wheel).ConfigureAwait(false);
        if (socket is not null)
        {
            _applicationServer = await Mailbox.ApplicationServer.StartAsync(_system, ApplicationServerSettingsOf(listen, socket, receiver), _wheel).ConfigureAwait(false);
        }

        return _core.EndPoint;
    }

    private ApplicationServerSettings ApplicationServerSettingsOf(SipTransportSettings listen, ISipTransport socket, DeferredReceiver receiver)
    {
        var options = _settings.ApplicationServer;
        return new ApplicationServerSettings
        {
            Domain = _settings.Domain,
            Core = new SipHop(SipTransportKind.Tcp, _core!.EndPoint, 0),
            DatabasePath = _settings.DatabasePath,
            Window = options.Window,
            Live = options.Live,
            OldestFirst = options.OldestFirst,
            Settle = options.Settle,
            Expiry = options.Expiry,
            MaxPerUe = options.MaxPerUe,
            HoldTime = options.HoldTime,
            DrainDelay = options.DrainDelay,
            Timers = _settings.Ue.Timers,
            Transport = listen,
            Random = SystemRandomSource.Instance,
            Observer = Recorder,
            OpenTransports = actual =>
            {
                receiver.Target = actual;
                return [socket];
            },
        };
    }

    private async Task RegisterAllAsync(CancellationToken stop)
    {
        if (!_settings.RegisterBeforeFirstPhase)
        {
            return;
        }

        var start = _wheel.Now;
        var told = 0;
        while (told < _settings.Phones && !stop.IsCancellationRequested)
        {
            var owed = Math.Min(_settings.Phones, 1 + (int)((_wheel.Now - start).TotalSeconds * _settings.RegistrationsPerSecond));
            for (; told < owed; told++)
            {
                Recorder.OnGoOnline(told, _wheel.Now);
                _phones!.Tell(new UeCommands.GoOnline(new UeId(told)));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), _time, CancellationToken.None).ConfigureAwait(false);
        }

        var deadline = _wheel.Now + LongestRegistration;
        while (Recorder.RegisteredPhones < _settings.Phones && _wheel.Now < deadline && !stop.IsCancellationRequested)
        {
            await Task.Delay(Poll, _time, CancellationToken.None).ConfigureAwait(false);
        }

        if (Recorder.RegisteredPhones < _settings.Phones && !stop.IsCancellationRequested)
        {
            _warnings.Add($"{_settings.Phones - Recorder.RegisteredPhones} of {_settings.Phones} phones had not registered when the first phase began");
        }
    }

    private void StartAttacks()
    {
        if (_path is null)
        {
            return;
        }

        _attacker = new Attacker(new AttackerSettings
        {
            Plan = _settings.Attacks,
            Recorder = Recorder,
            Time = _time,
            Random = SystemRandomSource.Instance,
            Transport = new SipTransportSettings { Allow = _settings.Allow },
            ContactUserOf = UeAddressing.ContactUserOf,
            Phones = PhonesEndPoint,
        });
        _attacker.Start(_path);
    }

    /// <summary>
    /// Waits until nothing is under way: no sender waits for an answer, and nothing that could be delivered is left in a mailbox (what is left for
    /// phones that are away does not change any more).
    /// </summary>
    private async Task SettleAsync(bool isStopped)
    {
        var deadline = _wheel.Now + (isStopped ? TimeSpan.FromTicks(_settings.SettleTime.Ticks / 4) : _settings.SettleTime);
        var lastChange = _wheel.Now;
        var last = (InFlight: 0L, Backlog: 0L, Accepted: 0L);
        while (_wheel.Now < deadline)
        {
            var now = (Recorder.Counters.InFlight, Backlog: _applicationServer?.Counters.Backlog ?? 0, Accepted: Recorder.Counters.Received(ReceiveOutcome.Accepted));
            if (now != last)
            {
                last = now;
                lastChange = _wheel.Now;
            }

            var isQuiet = _wheel.Now - lastChange > TimeSpan.FromSeconds(1.5) + _settings.ApplicationServer.DrainDelay + _settings.ApplicationServer.Settle;
            if (now.InFlight == 0 && (isQuiet || (_applicationServer is not null && now.Backlog == 0)))
            {
                return;
            }

            await Task.Delay(Poll, _time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<FarmRunResult> CloseAsync(TimeSpan playedFor, bool isStopped)
    {
        if (_applicationServer is not null)
        {
            await foreach (var stored in _applicationServer.ReadStoredAsync(CancellationToken.None).ConfigureAwait(false))
            {
                Recorder.OnFoundStored(stored);
            }
        }

        var totals = Recorder.Ledger.Close(canSeeStore: _applicationServer is not null);
        var late = Recorder.Lag.CountAbove(LateLimit);
        return new FarmRunResult
        {
            Totals = totals,
            Invariants = CheckInvariants(totals),
            PlayedFor = playedFor,
            IsStopped = isStopped,
            LateShare = Recorder.Lag.Count == 0 ? 0 : (double)late / Recorder.Lag.Count,
            RegisteredAtEnd = Recorder.RegisteredPhones,
            PlannedOnlineAtEnd = _player!.PlannedOnline,
        };
    }

    private IReadOnlyList<InvariantCheck> CheckInvariants(LedgerTotals totals)
    {
        var counters = Recorder.Counters;
        var misordered = counters.OrderViolations + (_applicationServer?.Counters.OrderViolations ?? 0);
        var foreign = counters.AttacksAccepted + counters.UnknownAccepted;
        return
        [
            new(1, "ledger", totals.IsBalanced, $"{totals.Unaccounted} of {totals.Sent} messages unaccounted for"),
            new(2, "durability", totals.PromisesBroken == 0, $"{totals.PromisesBroken} messages answered 2xx and lost"),
            new(3, "at-most-once", totals.AcceptedTwice == 0, $"{totals.AcceptedTwice} messages accepted twice"),
            new(4, "order", misordered == 0, $"{misordered} messages delivered after a newer one"),
            new(5, "authenticity-first", foreign == 0, $"{foreign} foreign, forged or altered messages accepted"),
        ];
    }

    /// <summary>Passes facts to the books first, then to the attacker once there is one.</summary>
    private sealed class LateObserver(IUeObserver first, Func<IUeObserver?> second) : IUeObserver
    {
        public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
        {
            first.OnUeFact(ue, fact, now);
            second()?.OnUeFact(ue, fact, now);
        }

        public void OnUeRestarted(UeId ue, Exception cause)
        {
            first.OnUeRestarted(ue, cause);
            second()?.OnUeRestarted(ue, cause);
        }
    }
}
