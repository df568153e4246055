using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Actors.Virtual;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>
/// One run in one process: starts core, application server, KMS and phones, registers the phones, plays the schedule, lets things settle, closes the
/// ledger. Every part can be somebody else's where the settings say so. Real or virtual time: see <see cref="IRunWorld"/>. Use once; dispose when done.
/// </summary>
public sealed partial class FarmRun : IRunUnderWay, IAsyncDisposable
{
    private readonly FarmRunSettings _settings;
    private readonly IRunWorld _world;
    private readonly List<string> _warnings = [];
    private readonly RunFaults _faults = new();
    private CoreServer? _core;
    private ApplicationServer? _applicationServer;
    private InterceptingTransport? _path;
    private PathView? _view;
    private UeRegion? _phones;
    private Attacker? _attacker;
    private SchedulePlayer? _player;
    private Instant _started;
    private Instant _phasesStarted;
    private LedgerTotals? _closed;
    private bool _isDisposed;

    private FarmRun(FarmRunSettings settings)
    {
        _settings = settings;
        _world = settings.VirtualTime is { } network ? new VirtualRunWorld(network, settings.Seed) : new RealRunWorld();
        _faults.Watch(_world.System);
        Recorder = CreateRecorder(settings);
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

    public IReadOnlyList<string> Warnings => [.. _warnings, .. _faults.Texts];

    public FarmRunSettings Settings => _settings;

    public UeRegionCounters PhoneCounters => _phones!.Counters;

    public ReplayCacheTotals ReplayCaches => _phones!.ReplayCaches;

    public long? ReplayCacheBytes => ReplayCaches.Entries * _settings.Ue.ReplayCache.EntryBytes;

    /// <summary>The closed ledger; null before the run has ended.</summary>
    public LedgerTotals? Closed => Volatile.Read(ref _closed);

    /// <summary>Every transport of the run by role, for the metrics.</summary>
    public IEnumerable<(string Role, ISipTransport Transport)> Transports =>
        [
            .. (_core?.Transports ?? []).Select(static transport => ("core", transport)),
            .. (_applicationServer?.Transports ?? []).Select(static transport => ("as", transport)),
            .. _phones is null ? [] : new[] { ("ue", _phones.Transport) },
            .. _attacker is null ? [] : new[] { ("attacker", _attacker.Transport) },
        ];

    /// <summary>The run's clock.</summary>
    public TimeProvider Time => _world.Time;

    /// <summary>Where the run stands now.</summary>
    public RunProgress Progress
    {
        get
        {
            var phase = _player?.Phase ?? -1;
            var elapsed = Now - _started;
            if (phase < 0)
            {
                return new RunProgress(_player is null ? RunStage.Registering : RunStage.Playing, phase, elapsed, TimeSpan.Zero);
            }

            var left = StartOf(phase + 1) - elapsed;
            return left > TimeSpan.Zero || phase < _settings.Phases.Count - 1
                ? new RunProgress(RunStage.Playing, phase, elapsed, left > TimeSpan.Zero ? left : TimeSpan.Zero)
                : new RunProgress(RunStage.Settling, phase, elapsed, TimeSpan.Zero);
        }
    }

    private Instant Now => _world.Wheel.Now;

    private bool HasApplicationServer => _settings.HasApplicationServer;

    /// <summary>How long after the run's start a moment was.</summary>
    public TimeSpan SinceStart(Instant moment) => moment - _started;

    /// <summary>When a phase begins, or one after the last would, since the run's start; known once the first one has begun.</summary>
    public TimeSpan StartOf(int phase)
    {
        var start = _phasesStarted - _started;
        for (var i = 0; i < phase; i++)
        {
            start += _settings.Phases[i].Duration;
        }

        return start;
    }

    /// <summary>Empty books for a run with these settings, wherever it is played.</summary>
    public static RunRecorder CreateRecorder(FarmRunSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RunRecorder(new RunRecorderSettings
        {
            Phones = settings.Phones,
            Phases = settings.Phases.Count,
            TimestampBytes = settings.Ue.ReplayCache.TimestampBytes,
            // An unprotected message carries no timestamp: its mailbox goes by arrival there, which phones cannot see.
            // An external server is measured by the same rule, but the order is not ours to promise.
            CheckOrder = settings.Ue.Protection != BodyProtection.Plain
                && (settings.HasApplicationServer
                    ? settings.ApplicationServer is { Window: 1, OldestFirst: true } : settings.ExternalApplicationServer is not null),
            LiveBypassesDrain = settings.ApplicationServer.Live == LiveTraffic.Bypass,
            RecordArrivals = settings.RecordArrivals,
            Reports = settings.Ue.Reports,
        });
    }

    /// <summary>What was changed so far.</summary>
    public IReadOnlyList<RunChange> Changes => _player?.Changes ?? [];

    /// <summary>Changes what the schedule has from now on; in virtual time, on the run's own thread only. Null: it is refused.</summary>
    public RunChange? TryChange(RunChangeRequest request, out RunChangeRefusal? refusal)
    {
        RunChangeRefusal? found = null;
        var change = _player?.Change(at => RunChangeRules.Decide(_settings, request, at, out found));
        refusal = change is null ? found ?? new RunChangeRefusal("run", "no phase is played now", "change it while one is") : null;
        return change;
    }

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

    /// <summary>
    /// Plays the run to its end, or until <paramref name="stop"/>, and closes the books. In virtual time all of that happens on the caller's thread before the
    /// method returns.
    /// </summary>
    public async Task<FarmRunResult> RunAsync(CancellationToken stop)
    {
        await RegisterAllAsync(stop).ConfigureAwait(false);
        _phasesStarted = Now;
        var schedule = _settings.CreateSchedule([]);
        _player = new SchedulePlayer(schedule, new SchedulePlayerSettings
        {
            Wheel = _world.Wheel,
            Target = new WholeFarmTarget(Recorder, _world.Wheel, _phones!.Tell, _settings.AddressOf),
            Seed = _settings.Seed,
        });
        StartAttacks();
        await _world.PlayAsync(_player, stop).ConfigureAwait(false);
        var playedFor = Now - _phasesStarted;
        await StopAttacksAsync().ConfigureAwait(false);
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
        _world.EndPlay();
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

        await _world.DisposeAsync().ConfigureAwait(false);
    }
}
