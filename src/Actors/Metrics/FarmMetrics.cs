using Prometheus;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Transport;

namespace UeFarm.Actors.Metrics;

/// <summary>
/// What Prometheus sees of a run, or of an application server by itself. Counters are read from the books kept anyway when somebody scrapes, so that the
/// hot path pays nothing for them; only the histograms observe each value. No label ever names a phone or a message, and every label value exists at 0 from the start.
/// </summary>
public sealed partial class FarmMetrics
{
    private const string ApplicationServerRole = "as";

    private static readonly string[] Roles = ["ue", "core", ApplicationServerRole, "attacker"];
    private readonly CollectorRegistry _registry;
    private readonly MetricFactory _factory;
    private readonly Func<IEnumerable<(string Role, TransportCounters Counters)>> _transports;
    private readonly List<Action> _updates = [];

    private FarmMetrics(CollectorRegistry registry, Func<IEnumerable<(string Role, TransportCounters Counters)>> transports)
    {
        _registry = registry;
        _factory = Prometheus.Metrics.WithCustomRegistry(registry);
        _transports = transports;
        registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Registers all instruments of a run.</summary>
    public static void Register(FarmRun run, CollectorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(registry);
        var metrics = new FarmMetrics(registry, () => run.Transports.Select(static entry => (entry.Role, entry.Transport.Counters)));
        metrics.AddPhases([.. run.Settings.Phases.Select(static phase => phase.Name)], MostPhases, () => StandOf(run));
        metrics.AddPhones(run.Recorder, () => (run.Recorder.OfflinePhones, run.Recorder.RegisteringPhones, run.Recorder.RegisteredPhones));
        metrics.AddPhoneIntake(run.PhoneCounters);
        metrics.AddReplayCaches(run.Settings.Ue.ReplayCache, () => run.ReplayCaches, () => run.PhoneCounters.Evictions);
        metrics.AddMessages(run.Recorder.Counters);
        metrics.AddLedger(() => run.Closed);
        metrics.AddReports(run.Recorder.Counters);
        metrics.AddAttacks(run.Recorder.Counters);
        if (run.ApplicationServer is { } server)
        {
            metrics.AddApplicationServer(ServedMailboxes.Of(server), run.Time);
        }

        if (run.Core is { } core)
        {
            metrics.AddCore(core);
        }

        metrics.AddKms(run.KmsCounters);
        metrics.AddTransports(Roles);
        metrics.AddLatencies(run.Recorder);
        metrics.AddLag(run.Recorder.Lag);
        metrics.AddRanks(run.Recorder);
    }

    /// <summary>Registers the instruments of an application server that runs by itself: the same families as in a run.</summary>
    public static void Register(ApplicationServer server, CollectorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(registry);
        var metrics = new FarmMetrics(registry, () => server.Transports.Select(static transport => (ApplicationServerRole, transport.Counters)));
        metrics.AddApplicationServer(ServedMailboxes.Of(server.Counters), TimeProvider.System);
        metrics.AddTransports([ApplicationServerRole]);
    }

    private void Update()
    {
        foreach (var update in _updates)
        {
            update();
        }
    }

    private void Counter(string name, string help, Func<long> read)
    {
        var counter = _factory.CreateCounter(name, help);
        _updates.Add(() => counter.IncTo(read()));
    }

    private void Gauge(string name, string help, Func<long> read)
    {
        var gauge = _factory.CreateGauge(name, help);
        _updates.Add(() => gauge.Set(read()));
    }

    private void AddChild(Counter counter, Func<long> read, string label)
    {
        var child = counter.WithLabels(label);
        _updates.Add(() => child.IncTo(read()));
    }

    private void AddChild(Gauge gauge, Func<long> read, string label)
    {
        var child = gauge.WithLabels(label);
        _updates.Add(() => child.Set(read()));
    }
}
