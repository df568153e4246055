using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class NodeBookTests
{
    private readonly NodeBook _book = new("a run", new UeBlocks(100), TimeSpan.FromSeconds(1));

    [Fact]
    public void A_node_that_went_keeps_what_it_said_and_one_of_its_name_is_another()
    {
        Report("a", at: 1, sent: 5, blocks: [0, 1, 2]);
        Report("b", at: 1, sent: 2);
        Report("a", at: 2, sent: 7, blocks: [0]);
        _book.Note(new ClusterMessages.NodeLag("a", "a run", [new LatencyCount(3, 7)]));
        _book.Remove("a");
        Report("a", at: 9, sent: 1);

        var totals = _book.Totals();

        Assert.Equal([("a", true, 7), ("a", false, 1), ("b", false, 2)], totals.Select(static node => (node.Node, node.HasGone, node.Counters.Sent)));
        var blocks = new UeBlocks(100);
        Assert.Equal((3, blocks.CountOf(0) + blocks.CountOf(1) + blocks.CountOf(2)), (totals[0].Blocks, totals[0].Phones));
        Assert.Equal([new LatencyCount(3, 7)], totals[0].Lag);
        Assert.Empty(totals[1].Lag);
    }

    [Fact]
    public void All_have_reported_when_those_that_are_here_have()
    {
        Report("a", at: 1, tick: 4);
        Report("b", at: 1, tick: 3);
        Assert.False(_book.HaveAllReportedSince(4));
        Report("b", at: 2, tick: 4);
        Assert.True(_book.HaveAllReportedSince(4));
        _book.Remove("b");
        Report("a", at: 2, tick: 9);
        Assert.True(_book.HaveAllReportedSince(9));
    }

    [Fact]
    public void Memory_is_kept_once_in_the_interval()
    {
        Report("a", at: 1);
        Report("a", at: 1.4);
        Report("a", at: 2.1);

        Assert.Equal([1, 2.1], Assert.Single(_book.Totals()).Memory.Select(static memory => memory.At.TotalSeconds));
    }

    private void Report(string node, double at, long sent = 0, long tick = 1, params int[] blocks) => _book.Note(
        new ClusterMessages.NodeReport(node, [ClusterRole.Ue], "a run", blocks, new NodeCounters { Sent = sent }, 0, 1), TimeSpan.FromSeconds(at), 0, tick);
}
