using Prometheus;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Core;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Metrics;

/// <summary>
/// The instruments of a run in the cluster, part by part, each in a registry of its own, since parts come and go. What a part counts is shown by the node that has it, what
/// the books of the whole run say by the conductor's node alone: whoever adds nodes up counts nothing twice.
/// </summary>
public sealed partial class FarmMetrics
{
    /// <summary>A node that has everything shows all the rest beside them.</summary>
    private const int MostPhasesOfCluster = 10;

    private static readonly double[] CommitBuckets = [.001, .005, .025, .1, .5, 2.5];

    internal static CollectorRegistry OfTransports(Func<IEnumerable<(string Role, TransportCounters Counters)>> transports)
    {
        var (metrics, registry) = Create(transports);
        metrics.AddTransports(Roles);
        return registry;
    }

    internal static CollectorRegistry OfCore(CoreCounters counters)
    {
        var (metrics, registry) = Create();
        metrics.AddCore(counters);
        return registry;
    }

    internal static CollectorRegistry OfApplicationServers(ServedMailboxes served, TimeProvider time)
    {
        var (metrics, registry) = Create();
        metrics.AddApplicationServer(served, time);
        return registry;
    }

    internal static CollectorRegistry OfKms(KmsCounters counters)
    {
        var (metrics, registry) = Create();
        metrics.AddKms(counters);
        return registry;
    }

    /// <summary>What a node shows that takes part in a run; without phones all of it stays 0.</summary>
    /// <param name="caches">Of the run.</param>
    /// <param name="run">Null: the node has no phones.</param>
    internal static CollectorRegistry OfNode(ReplayCacheSettings caches, NodeRun? run)
    {
        var (metrics, registry) = Create();
        var recorder = run?.Counters ?? new NodeRecorder();
        var intake = run?.Region.Counters ?? new UeRegionCounters();
        metrics.AddPhoneIntake(intake);
        metrics.AddReplayCaches(caches, () => run?.Region.ReplayCaches ?? default, () => intake.Evictions);
        metrics.AddLag(recorder.Lag);
        metrics.AddNodePhones(recorder, () => run?.Schedule.Phones() ?? default);
        metrics.AddBlocks(recorder, () => run?.Schedule.AdoptedBlocks().Count ?? 0);
        return registry;
    }

    internal static CollectorRegistry OfJournals(Func<IReadOnlyList<IRunJournal>> journals, out IObserver commitTimes)
    {
        var (metrics, registry) = Create();
        metrics.Gauge(
            "uefarm_journal_waiting_facts", "Facts of this process that no commit of the journal has made durable yet.",
            () => journals().Sum(static journal => journal.WaitingFacts));
        metrics.Gauge(
            "uefarm_journal_up", "1 while the journal takes facts, 0 after a failure until it works again.",
            () => journals().All(static journal => journal.Problem is null) ? 1 : 0);
        metrics.Counter("uefarm_journal_commits_total", "Commits of the journal by this process.", () => journals().Sum(static journal => journal.Commits));
        commitTimes = metrics._factory.CreateHistogram(
            "uefarm_journal_commit_seconds", "How long commits of the journal took.", new HistogramConfiguration { Buckets = CommitBuckets });
        return registry;
    }

    /// <summary>The books of the whole run.</summary>
    internal static CollectorRegistry OfBooks(ClusterRunView view)
    {
        var (metrics, registry) = Create();
        var (recorder, settings) = (view.Recorder, view.Settings);
        metrics.AddPhases([.. settings.Phases.Select(static phase => phase.Name)], MostPhasesOfCluster, () => StandOf(view.Progress, view.Closed is not null, settings));
        metrics.AddPhones(recorder, () => view.Phones);
        metrics.AddMessages(recorder.Counters);
        metrics.AddLedger(() => view.Closed);
        metrics.AddReports(recorder.Counters);
        metrics.AddAttacks(recorder.Counters);
        metrics.AddLatencies(recorder);
        metrics.AddRanks(recorder);
        var behind = metrics._factory.CreateGauge(
            "uefarm_books_behind_seconds", "How far the conductor's books are behind the present; 0 before the first phase and after the run.");
        metrics._updates.Add(() => behind.Set(view.Behind.TotalSeconds));
        return registry;
    }

    private static (FarmMetrics Metrics, CollectorRegistry Registry) Create(Func<IEnumerable<(string Role, TransportCounters Counters)>>? transports = null)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        return (new FarmMetrics(registry, transports ?? (static () => [])), registry);
    }

    private void AddNodePhones(NodeRecorder recorder, Func<NodePhones> count)
    {
        AddPhoneStates("uefarm_node_phones", "Phones that this node has now, by state.", () =>
        {
            var now = count();
            return (now.Offline, now.Registering, now.Registered);
        });
        var messages = _factory.CreateCounter(
            "uefarm_node_messages_total",
            "Messages of the run by what happened to them on this node; rejected ones include delivery reports that phones here refused.", "event");
        AddChild(messages, () => recorder.Take().Due, "due");
        AddChild(messages, () => recorder.Take().Sent, "sent");
        AddChild(messages, () => recorder.Take().Answered, "answered");
        AddChild(messages, () => recorder.Take().Failed, "failed");
        AddChild(messages, () => recorder.Take().Accepted, "accepted");
        AddChild(messages, () => recorder.Take().Rejected, "rejected");
        Counter("uefarm_node_registrations_total", "Successful registrations and re-registrations of phones on this node.", () => recorder.Take().Registrations);
    }

    private void AddBlocks(NodeRecorder recorder, Func<int> count)
    {
        Gauge("uefarm_node_blocks", "Blocks of phones that this node has now.", () => count());
        var moves = _factory.CreateCounter("uefarm_node_block_moves_total", "Blocks that this node took over, handed over in order, or lost to another one.", "kind");
        AddChild(moves, () => recorder.ClaimedBlocks, "claimed");
        AddChild(moves, () => recorder.HandedOverBlocks, "handed-over");
        AddChild(moves, () => recorder.LostBlocks, "lost");
    }
}
