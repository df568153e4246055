using Prometheus;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Transport;

namespace UeFarm.Actors.Metrics;

/// <summary>What one node shows of one run. Parts that have ended stay until the next run, with their last values. Thread-safe.</summary>
internal sealed class NodeRunMetrics
{
    private readonly Lock _gate = new();
    private readonly CollectorRegistry?[] _parts = new CollectorRegistry?[Enum.GetValues<NodeMetricsPart>().Length];
    private readonly List<(string Role, TransportCounters Counters)> _transports = [];
    private readonly List<IRunJournal> _journals = [];
    private readonly ServedMailboxes _mailboxes = new();
    private readonly IObserver _commitTimes;

    public NodeRunMetrics(string runId)
    {
        RunId = runId;
        Show(NodeMetricsPart.Transports, FarmMetrics.OfTransports(() => Copy(_transports)));
        Show(NodeMetricsPart.Journals, FarmMetrics.OfJournals(() => Copy(_journals), out _commitTimes));
    }

    public string RunId { get; }

    public IReadOnlyList<CollectorRegistry> Registries
    {
        get
        {
            lock (_gate)
            {
                return [.. _parts.OfType<CollectorRegistry>()];
            }
        }
    }

    /// <summary>In place of an earlier one of the same part; null: the part is another node's now.</summary>
    public void Show(NodeMetricsPart part, CollectorRegistry? registry)
    {
        lock (_gate)
        {
            _parts[(int)part] = registry;
        }
    }

    /// <summary>Counted with the earlier ones of its role, so that no counter goes back when a part is started anew.</summary>
    public void Add(string role, IEnumerable<ISipTransport> transports)
    {
        lock (_gate)
        {
            _transports.AddRange(transports.Select(transport => (role, transport.Counters)));
        }
    }

    /// <summary>A server of a group of mailboxes works here until what is returned is disposed.</summary>
    public IDisposable Add(ApplicationServerCounters server, TimeProvider time)
    {
        lock (_gate)
        {
            _parts[(int)NodeMetricsPart.ApplicationServer] ??= FarmMetrics.OfApplicationServers(_mailboxes, time);
        }

        return _mailboxes.Add(server);
    }

    public void Add(IRunJournal journal)
    {
        journal.CommitTimes = _commitTimes;
        lock (_gate)
        {
            _journals.Add(journal);
        }
    }

    private List<T> Copy<T>(List<T> items)
    {
        lock (_gate)
        {
            return [.. items];
        }
    }
}
