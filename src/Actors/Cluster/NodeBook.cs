using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// What the conductor has heard of each node about one run. A node that has gone keeps its place with what it said last, and one of the same name that comes later gets
/// another. For one thread.
/// </summary>
internal sealed class NodeBook(string runId, UeBlocks blocks, TimeSpan interval)
{
    private readonly Dictionary<string, Entry> _here = [];
    private readonly List<Entry> _gone = [];

    public string RunId => runId;

    /// <param name="report">About this run.</param>
    /// <param name="at">Since it was submitted.</param>
    /// <param name="books">What its books take of the node's memory.</param>
    /// <param name="tick">Grows with every question.</param>
    public void Note(ClusterMessages.NodeReport report, TimeSpan at, long books, long tick)
    {
        if (!_here.TryGetValue(report.Node, out var entry))
        {
            _here.Add(report.Node, entry = new Entry());
        }

        entry.Report = report;
        entry.Tick = tick;
        entry.Blocks = Math.Max(entry.Blocks, report.Blocks.Count);
        entry.Phones = Math.Max(entry.Phones, report.Blocks.Sum(blocks.CountOf));
        if (entry.Memory.Count == 0 || at - entry.Memory[^1].At >= interval)
        {
            entry.Memory.Add(new NodeMemory(at, report.ResidentBytes, report.Counters.HeapBytes, books));
        }
    }

    public void Note(ClusterMessages.NodeLag lag)
    {
        if (_here.TryGetValue(lag.Node, out var entry))
        {
            entry.Lag = lag.Steps;
        }
    }

    public void Remove(string node)
    {
        if (_here.Remove(node, out var entry))
        {
            _gone.Add(entry);
        }
    }

    /// <summary>Whether all nodes that are here have reported since.</summary>
    public bool HaveAllReportedSince(long tick) => _here.Values.All(entry => entry.Tick >= tick);

    public IReadOnlyList<NodeTotals> Totals() =>
    [
        .. _here.Values.Select(static entry => entry.ToTotals(hasGone: false)).Concat(_gone.Select(static entry => entry.ToTotals(hasGone: true)))
            .OrderBy(static totals => totals.Node, StringComparer.Ordinal).ThenByDescending(static totals => totals.HasGone),
    ];

    private sealed class Entry
    {
        public ClusterMessages.NodeReport Report { get; set; } = null!;

        public IReadOnlyList<LatencyCount> Lag { get; set; } = [];

        public long Tick { get; set; }

        public int Blocks { get; set; }

        public int Phones { get; set; }

        public List<NodeMemory> Memory { get; } = [];

        public NodeTotals ToTotals(bool hasGone) => new(Report.Node, Report.Roles, Blocks, Phones, hasGone, Report.Counters, Lag, Memory);
    }
}
