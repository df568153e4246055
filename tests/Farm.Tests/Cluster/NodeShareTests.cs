using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Cluster;

namespace UeFarm.Farm.Tests.Cluster;

public sealed class NodeShareTests
{
    private static readonly TimeSpan From = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan To = TimeSpan.FromSeconds(50);

    [Fact]
    public void Memory_is_judged_by_the_worst_node_without_the_books()
    {
        // The second one grows by three hundredths from one quarter to the other; the first, which has the books, only by what these take; the third is large.
        var share = NodeShare.Of([Node("a", 100, 10, 10), Node("b", 100, 10, 0), Node("c", 900, 0, 0)], From, To);

        var memory = Assert.Single(share.Trends, trend => trend.Name == "memory");
        Assert.InRange(memory.Growth!.Value, 0.02, 0.04);
        Assert.Equal(900, memory.Peak);
        Assert.Equal(900, share.Memory.PeakWorkingSet);
        Assert.Equal(0, Assert.Single(share.Trends, trend => trend.Name == "store").Samples);
    }

    [Fact]
    public void Without_growth_anywhere_there_is_none()
    {
        var share = NodeShare.Of([Node("a", 100, 10, 10), Node("c", 900, 0, 0)], From, To);

        Assert.InRange(Assert.Single(share.Trends, trend => trend.Name == "memory").Growth!.Value, -0.001, 0.001);
    }

    [Fact]
    public void Rows_are_what_the_nodes_said_and_processor_time_is_the_sum()
    {
        var lag = new LatencyRecorder();
        lag.Record(TimeSpan.FromMilliseconds(20));
        var node = Node("a", 100, 0, 0) with { Lag = lag.Counts(), HasGone = true };

        var share = NodeShare.Of([node, Node("b", 100, 0, 0)], From, To);

        Assert.Equal(TimeSpan.FromSeconds(3), share.Cpu);
        var row = share.Nodes[0];
        Assert.Equal(("a", "ue,core", 2, 150, true, 9L, 8L, 1.5), (row.Node, row.Roles, row.Blocks, row.Phones, row.HasGone, row.Due, row.Sent, row.CpuSeconds));
        Assert.Equal((lag.Summarize().P50.TotalSeconds, lag.Summarize().Max.TotalSeconds), (row.LagP50Seconds, row.LagMaxSeconds));
    }

    private static NodeTotals Node(string name, long resident, long growth, long books) => new(
        name, [ClusterRole.Core, ClusterRole.Ue], 2, 150, false, new NodeCounters { Due = 9, Sent = 8, CpuMilliseconds = 1500, PeakBytes = resident }, [],
        [.. Enumerable.Range(0, 60).Select(second => new NodeMemory(
            TimeSpan.FromSeconds(second), resident + (growth * second / 60), 50, books * second / 60))]);
}
