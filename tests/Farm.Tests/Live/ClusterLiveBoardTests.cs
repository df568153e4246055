using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Run;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol;
using UeFarm.TestSupport;

namespace UeFarm.Farm.Tests.Live;

/// <summary>What the conductor's node shows of a run, from its submission to its verdict.</summary>
public sealed class ClusterLiveBoardTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Start = Created.AddSeconds(10);
    private static readonly ClusterRunRecord Run = new("run-7", Samples.Minimal, [], Created);

    private readonly FakeTimeProvider _time = new(Created);
    private readonly ClusterLiveBoard _board;

    public ClusterLiveBoardTests() => _board = new ClusterLiveBoard(_time);

    [Fact]
    public void Without_a_run_there_is_nothing_to_show()
    {
        var state = Show(Picture(null, ClusterRunStage.Idle));
        Assert.Equal((LiveStand.Idle, null, null), (state.Stand, state.Run, state.Verdict));
    }

    [Fact]
    public void Before_the_schedule_begins_the_phones_are_seen_to_register()
    {
        var state = Show(Picture(Run, ClusterRunStage.Registering, registered: 40));
        Assert.Equal((LiveStand.Running, "registering", "minimal", "run-7"), (state.Stand, state.Now!.Name, state.Run!.Name, state.Run.Id));
        Assert.Equal((40, 60), (state.Phones!.Registered, state.Phones.Offline));
        Assert.Equal(("node-0:4053", 2.5), (Assert.Single(state.Nodes).Node, state.Nodes[0].CpuSeconds));
        Assert.Null(state.Verdict!.Verdict);
    }

    [Fact]
    public async Task While_it_is_played_the_books_are_shown_by_their_own_clock()
    {
        var books = await BooksAsync();
        var run = Run with { StartTicks = Start.UtcTicks };
        Assert.Null(Show(Picture(run, ClusterRunStage.Playing, books)).Series);

        var message = books.Recorder.OnDue(0, 1, At(Start.AddSeconds(1)), At(Start.AddSeconds(1)));
        Assert.Equal(0, message);
        _time.SetUtcNow(Start.AddSeconds(12));
        _board.Offer(Picture(run, ClusterRunStage.Playing, books));
        var state = Show(Picture(run, ClusterRunStage.Playing, books, notes: ["node x was lost"]));

        // No stream of the journal has said anything, so that nothing is certain: the run has not moved by its books.
        Assert.Equal((10, "first"), (state.Run!.ElapsedSeconds, state.Now!.Name));
        Assert.Equal((1, 1), (state.Ledger!.Sent, state.Ledger.UnderWay));
        Assert.Equal([(10d, 20d), (20d, 40d)], state.Run.Phases.Select(static phase => (phase.StartSeconds, phase.EndSeconds)));
        Assert.Equal(["node x was lost"], state.Warnings);
        Assert.NotEmpty(state.Unknown);
    }

    [Fact]
    public void After_the_verdict_the_result_is_shown_also_by_a_conductor_that_saw_nothing_of_the_run()
    {
        var result = Samples.Result();
        var ended = Run with { StartTicks = Start.UtcTicks, Result = new ClusterVerdict(ResultJson.Serialize(result), result.ExitCode, "") };
        var state = Show(Picture(ended, ClusterRunStage.Ended));
        Assert.Equal((LiveStand.Ended, true, result.Verdict, result.Reason), (state.Stand, state.Verdict!.IsFinal, state.Verdict.Verdict, state.Verdict.Reason));
        Assert.Equal((result.Ledger.Sent, result.Ledger.Unaccounted), (state.Ledger!.Sent, state.Ledger.Unaccounted));
        Assert.Equal(result.Thresholds.Select(static threshold => threshold.Text), state.Thresholds.Select(static threshold => threshold.Text));
        Assert.Equal((null, "run-7", null), (state.Series, state.Run!.Results, state.Rates));
    }

    private static async Task<ClusterBooks> BooksAsync()
    {
        var settings = await RunSettingsMapper.MapAsync(Samples.Scenario(), "", TestContext.Current.CancellationToken);
        return new ClusterBooks(settings, FarmRun.CreateRecorder(settings), new MemoryRunJournal(TimeProvider.System), At(Run.Created), At(Start), blocks: 1, static () => 0);
    }

    private static Instant At(DateTimeOffset time) => new(time.UtcTicks);

    private static ClusterRunPicture Picture(
        ClusterRunRecord? run, ClusterRunStage stage, ClusterBooks? books = null, int registered = 0, params IReadOnlyList<string> notes) => new(
        run,
        new ConductorStatus(
            run?.RunId ?? "", stage.ToString(), run?.StartTicks ?? 0, "", "", 0, registered, 0, 0, 0,
            [new ConductorStatus.NodeStatus("node-0:4053", ["ue", "conductor"], 4, registered, 1, 1, 2_500, 100_000_000)]),
        stage, books, 0, notes);

    private LiveState Show(ClusterRunPicture picture) => JsonSerializer.Deserialize(_board.Show(picture), LiveJson.Default.LiveState)!;
}
