using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Cluster;

/// <summary>What the nodes of a cluster have told of themselves, for the result of a run.</summary>
/// <param name="Nodes">A row for each.</param>
/// <param name="Cpu">Of all of them.</param>
/// <param name="Memory">Of the node that had most.</param>
/// <param name="Trends">Of memory and heap, where they grew most; the peak is the highest of any node.</param>
internal sealed record NodeShare(IReadOnlyList<NodeResult> Nodes, TimeSpan Cpu, MemoryResult Memory, IReadOnlyList<TrendResult> Trends)
{
    /// <param name="nodes">As the conductor heard of them.</param>
    /// <param name="from">When the first phase began.</param>
    /// <param name="to">When the last one ended.</param>
    public static NodeShare Of(IReadOnlyList<NodeTotals> nodes, TimeSpan from, TimeSpan to)
    {
        var fullest = nodes.MaxBy(static node => node.Counters.PeakBytes)?.Counters ?? new NodeCounters();
        return new NodeShare(
            [.. nodes.Select(ResultOf)],
            TimeSpan.FromMilliseconds(nodes.Sum(static node => node.Counters.CpuMilliseconds)),
            new MemoryResult(fullest.PeakBytes, fullest.HeapBytes, null, GC.CollectionCount(2)),
            [
                Worst("memory", nodes, static memory => memory.Resident - memory.Books, from, to),
                Worst("heap", nodes, static memory => memory.Heap - memory.Books, from, to),
                TrendResult.Of("store", [], from.TotalSeconds, to.TotalSeconds),
            ]);
    }

    private static NodeResult ResultOf(NodeTotals node)
    {
        var counters = node.Counters;
        var lag = new LatencyRecorder();
        lag.Add(node.Lag);
        var late = lag.Summarize();
        return new NodeResult(
            node.Node, string.Join(',', node.Roles.Order().Select(static role => role.ToRoleName())), node.Blocks, node.Phones, node.HasGone, counters.Due, counters.Sent,
            counters.Answered, counters.Accepted, counters.Rejected, counters.Failed, counters.Registrations, counters.CpuMilliseconds / 1000.0, counters.PeakBytes,
            late.P50.TotalSeconds, late.P99.TotalSeconds, late.Max.TotalSeconds);
    }

    private static TrendResult Worst(string name, IReadOnlyList<NodeTotals> nodes, Func<NodeMemory, long> read, TimeSpan from, TimeSpan to)
    {
        var trends = nodes.Select(node => TrendResult.Of(
            name,
            [.. node.Memory.Where(memory => memory.At >= from && memory.At <= to).Select(memory => (memory.At.TotalSeconds, (double)read(memory)))],
            from.TotalSeconds, to.TotalSeconds)).ToList();
        var worst = trends.MaxBy(static trend => trend.Growth ?? double.NegativeInfinity) ?? TrendResult.Of(name, [], from.TotalSeconds, to.TotalSeconds);
        return worst with { Peak = trends.Select(static trend => trend.Peak).DefaultIfEmpty().Max() };
    }
}
