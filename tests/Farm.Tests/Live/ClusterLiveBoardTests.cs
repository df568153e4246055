using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Live;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;
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
        var run = Run with { StartTicks = Start.UtcTicks, Changes = [new RunChange(RunChangeKind.Rate, TimeSpan.FromSeconds(25), "HTTP from 127.0.0.1", Factor: 2)] };
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
        Assert.Equal([new ChangeResult(35, "rate x2", "HTTP from 127.0.0.1")], state.Changes);
        Assert.NotEmpty(state.Unknown);
    }

    [Fact]
    public async Task A_conductor_that_takes_over_shows_the_course_from_the_submission_on()
    {
        var journal = new MemoryRunJournal(_time);
        var run = Run with { StartTicks = Start.UtcTicks };
        var stream = await journal.ClaimAsync(0, "node-0:4053", TestContext.Current.CancellationToken);
        var first = await BooksAsync(journal);
        var facts = new Queue<RunFact>(FactsOf(first.Settings));
        for (var passed = 1; passed <= 25; passed++)
        {
            _time.SetUtcNow(Created.AddSeconds(passed));
            while (facts.TryPeek(out var fact) && fact.Ticks <= _time.GetUtcNow().UtcTicks)
            {
                Assert.True(journal.TryAppend(stream, facts.Dequeue()));
            }

            await OfferAsync(_board, run, first);
        }

        var other = new ClusterLiveBoard(_time);
        var second = await BooksAsync(journal);
        await OfferAsync(other, run, second);

        var known = Show(Picture(run, ClusterRunStage.Playing, first)).Series!;
        var shown = Show(Picture(run, ClusterRunStage.Playing, second), other).Series!;
        Assert.Equal(Enumerable.Range(1, 24).Select(static each => (double)each), shown.Seconds);
        Assert.Equal(known.Seconds, shown.Seconds);
        Assert.All(
            new[] { (known.Offered, shown.Offered), (known.Registrations, shown.Registrations), (known.Failed, shown.Failed) },
            static each => Assert.Equal(each.Item1, each.Item2));
        Assert.All(
            new[] { (known.Registered, shown.Registered), (known.Offline, shown.Offline), (known.Stored, shown.Stored), (known.InFlight, shown.InFlight) },
            static each => Assert.Equal(each.Item1, each.Item2));

        // 100 phones registered in the second second; ten messages a second from the tenth on, of which each waits for its recipient.
        Assert.Equal((0, 100), (shown.Registered[0], shown.Registered[^1]));
        Assert.Equal(100, shown.Registrations.Max());
        Assert.InRange(shown.Offered.Skip(11).Average(), 8, 12);
        Assert.Equal((0, 0), (shown.Stored[0], shown.Stored[9]));
        Assert.InRange(shown.Stored[22], 100, 150);
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
        Assert.Equal(result.Changes, state.Changes);
        Assert.Equal((null, "run-7", null), (state.Series, state.Run!.Results, state.Rates));
    }

    /// <summary>As the conductor does it each second.</summary>
    private static async Task OfferAsync(ClusterLiveBoard board, ClusterRunRecord run, ClusterBooks books)
    {
        books.Learn(new CertainChanges([], long.MaxValue));
        await books.AdvanceAsync(TestContext.Current.CancellationToken);
        board.Offer(Picture(run, ClusterRunStage.Playing, books));
    }

    /// <summary>All phones register a second after the submission; whatever they send is stored.</summary>
    private static IEnumerable<RunFact> FactsOf(FarmRunSettings settings)
    {
        for (var phone = 0; phone < settings.Phones; phone++)
        {
            var ticks = Created.AddSeconds(1).AddMilliseconds(phone).UtcTicks;
            yield return new RunFact(RunFactKind.GoOnline, ticks, phone);
            yield return new RunFact(RunFactKind.Registered, ticks, phone);
        }

        var (schedule, number) = (settings.CreateSchedule([]), 0);
        while (schedule.TryNext(out var action))
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                var ticks = (Start + action.At).UtcTicks;
                yield return new RunFact(RunFactKind.Due, ticks, action.Phone, number);
                yield return new RunFact(RunFactKind.MessageSent, ticks, action.Phone, number, Digest: new ReplayDigest(0, 0, (uint)number));
                yield return new RunFact(RunFactKind.MessageAnswered, ticks, action.Phone, number++, Status: 202);
            }
        }
    }

    private static async Task<ClusterBooks> BooksAsync(IRunJournal? journal = null)
    {
        var settings = await RunSettingsMapper.MapAsync(Samples.Scenario(), "", TestContext.Current.CancellationToken);
        return new ClusterBooks(
            settings, FarmRun.CreateRecorder(settings), journal ?? new MemoryRunJournal(TimeProvider.System), At(Run.Created), At(Start), blocks: 1, static _ => null);
    }

    private static Instant At(DateTimeOffset time) => new(time.UtcTicks);

    private static ClusterRunPicture Picture(
        ClusterRunRecord? run, ClusterRunStage stage, ClusterBooks? books = null, int registered = 0, params IReadOnlyList<string> notes) => new(
        run,
        new ConductorStatus(
            run?.RunId ?? "", stage.ToString(), run?.StartTicks ?? 0, "", "", 0, registered, 0, 0, 0,
            [new ConductorStatus.NodeStatus("node-0:4053", ["ue", "conductor"], 4, registered, 1, 1, 2_500, 100_000_000)]),
        stage, books, 0, notes);

    private LiveState Show(ClusterRunPicture picture, ClusterLiveBoard? board = null) =>
        JsonSerializer.Deserialize((board ?? _board).Show(picture), LiveJson.Default.LiveState)!;
}
