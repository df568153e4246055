using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Cluster;

public sealed class ClusterSnapshotsTests
{
    private static readonly long Start = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly RunPlan Plan = RunPlan.Of(Samples.Scenario(Samples.Minimal));

    private static readonly RunFigures Figures = new(
        new Dictionary<string, long> { ["stale"] = 4 }, new Dictionary<string, long> { ["crash"] = 2 }, 3, new(90, 0.1, 0.2, 0.3, 0.4), new(95, 1, 2, 3, 4), 0.05,
        new ReplayCacheNeed(17, 12, 3));

    [Fact]
    public void Phases_go_by_the_clock_of_the_conductor()
    {
        var snapshots = new ClusterSnapshots(Plan);
        Assert.Equal((RunStage.Registering, 0, TimeSpan.Zero), StandOf(snapshots.Of(Status("Preparing", 0) with { StartTicks = 0 })));
        Assert.Equal((RunStage.Registering, 0, TimeSpan.Zero), StandOf(snapshots.Of(Status("Playing", -2))));
        Assert.Equal((RunStage.Playing, 0, TimeSpan.FromSeconds(9)), StandOf(snapshots.Of(Status("Playing", 1))));
        Assert.Equal((RunStage.Playing, 1, TimeSpan.FromSeconds(8)), StandOf(snapshots.Of(Status("Playing", 22))));
        Assert.Equal((RunStage.Settling, 1, TimeSpan.Zero), StandOf(snapshots.Of(Status("Settling", 31))));
    }

    [Fact]
    public void Rates_are_those_since_the_picture_before_and_the_rest_is_what_the_books_say()
    {
        var snapshots = new ClusterSnapshots(Plan);
        snapshots.Of(Status("Playing", 10) with { Sent = 100, Accepted = 90 });
        var snapshot = snapshots.Of(Status("Playing", 12) with { Sent = 120, Accepted = 95, Figures = Figures, RateFactor = 2 });

        Assert.Equal((10, 2.5, 2.0), (snapshot.SentPerSecond, snapshot.AcceptedPerSecond, snapshot.RateFactor));
        Assert.Equal((4, 2, 3), (snapshot.Rejected, snapshot.Failed, snapshot.Redelivered));
        Assert.Equal((0.3, 4.0, 0.05), (snapshot.Delivery.P99, snapshot.Answer.Max, snapshot.Lag.TotalSeconds));
        Assert.True(snapshot.IsCluster);
        Assert.Equal(new CacheFigures(null, Figures.ReplayCaches), snapshot.ReadCaches!());
        var node = Assert.Single(snapshot.Parts);
        Assert.Equal("127.0.0.1:4000", node.Name);
        Assert.Equal(["33 phones", "50 sent", "40 accepted", "250 MB", "3 blocks", "ue,core"], node.Facts);

        // Asked again at once: no time has passed that a rate could be of.
        Assert.Equal(10, snapshots.Of(Status("Playing", 12) with { Sent = 120, Accepted = 95 }).SentPerSecond);
    }

    private static (RunStage, int, TimeSpan) StandOf(RunSnapshot snapshot) => (snapshot.Stage, snapshot.PhaseIndex, snapshot.PhaseRemaining);

    private static ConductorStatus Status(string stage, double seconds) => new(
        "run-1", stage, Start, "", "", 0, 99, 0, 0, 0, [new ConductorStatus.NodeStatus("127.0.0.1:4000", ["ue", "core"], 3, 33, 50, 40, 1000, 250_000_000)])
    {
        NowTicks = Start + TimeSpan.FromSeconds(seconds).Ticks,
    };
}
