using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol;
using RunBooks = UeFarm.Farm.Hosting.RunBooks;

namespace UeFarm.Farm.Tests.Hosting;

public sealed class ChangedRunTests
{
    private const string Scenario = """
        version: 1
        name: changed
        seed: 5
        clock: virtual
        subscribers: { count: 20, auth: { scheme: md5, secretsFrom: derived } }
        traffic: { rate: 20/s, size: 40B }
        phases:
          - { name: steady, for: 20s }
          - { name: busy, rate: 40/s, for: 10s }
        limits: { maxRate: 100/s }
        """;

    [Fact]
    public async Task The_ledger_of_a_run_that_was_changed_is_the_schedule_of_its_seed_and_changes()
    {
        using var folder = new TemporaryFolder();
        var (run, scenario, source) = await PlayedRun.StartAsync(folder, Scenario);
        await using var running = run;
        List<string> refusals = [];
        using var first = Turn(5, new() { Kind = RunChangeKind.Rate, By = "keys", Factor = 2 });
        using var second = Turn(10, new() { Kind = RunChangeKind.Scale, By = "keys", Share = 0.5, Within = TimeSpan.FromSeconds(2) });
        using var third = Turn(14, new() { Kind = RunChangeKind.Rate, By = "keys", RatePerSecond = 0 });
        using var tooMuch = Turn(16, new() { Kind = RunChangeKind.Rate, By = "keys", Factor = 3 });
        using var fourth = Turn(18, new() { Kind = RunChangeKind.Rate, By = "keys", RatePerSecond = 25 });
        var result = await run.RunAsync(TestContext.Current.CancellationToken);

        var due = new List<(int, int, TimeSpan)>();
        for (long number = 0; number < run.Recorder.Ledger.Count; number++)
        {
            var entry = run.Recorder.Ledger.Read(number);
            due.Add((entry.Sender, entry.Recipient, run.SinceStart(new Instant(entry.DueTicks)) - run.StartOf(0)));
        }

        var settings = await RunSettingsMapper.MapAsync(scenario, "", TestContext.Current.CancellationToken);
        Assert.Equal(SendsOf(settings.CreateSchedule(result.Changes)), due);
        Assert.NotEqual(SendsOf(settings.CreateSchedule([])).Count, due.Count);
        Assert.Equal(["rate x2", "10 phones online within 2 s", "messages paused", "rate x1.25"], result.Changes.Select(static change => change.What));
        Assert.Contains("x3 makes 120/s in the phase busy, with attacks more than limits.maxRate (100/s)", Assert.Single(refusals), StringComparison.Ordinal);
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal((result.Totals.Sent, 0L, 10), (result.Totals.Accepted + result.Totals.Stored, result.Totals.Unaccounted, result.RegisteredAtEnd));
        Assert.Equal(0, result.LateShare);

        var document = new RunBooks(scenario, run, result).ToDocument(source, new RunSeries(), new RunTimes(default, default, null, null));
        Assert.Equal(("rate x2", "keys"), (document.Changes[0].What, document.Changes[0].By));
        Assert.Equal(5, document.Changes[0].At - document.Phases[0].StartSeconds, 0.1);
        Assert.Equal(RunVerdict.Pass, document.Verdict);

        // On the run's own thread, at a time of the run.
        ITimer Turn(int seconds, RunChangeRequest request) => run.Time.CreateTimer(
            _ =>
            {
                if (run.TryChange(request, out var refusal) is null)
                {
                    refusals.Add(refusal!.ToString());
                }
            },
            null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public async Task Before_the_first_phase_and_after_the_last_one_there_is_nothing_to_change()
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(folder, Scenario);
        await using var running = run;
        var request = new RunChangeRequest { Kind = RunChangeKind.Rate, By = "keys", Factor = 2 };
        Assert.Null(run.TryChange(request, out var refusal));
        Assert.Equal("run: no phase is played now\n    remedy:  change it while one is", refusal!.ToString());

        var result = await run.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(run.TryChange(request, out refusal));
        Assert.Equal("no phase is played now", refusal!.Problem);
        Assert.Empty(result.Changes);
    }

    [Fact]
    public async Task In_real_time_a_change_takes_effect_at_once()
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(folder, Scenario, "clock=real", "phases[0].for=1h");
        await using var running = run;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var playing = Task.Run(() => run.RunAsync(stop.Token), TestContext.Current.CancellationToken);
        await UntilAsync(() => run.Recorder.Ledger.Count > 0);

        // Paused, and everybody away but two: the next thing the plan has is an hour ahead.
        Assert.NotNull(run.TryChange(new() { Kind = RunChangeKind.Rate, By = "keys", Factor = 0 }, out _));
        Assert.NotNull(run.TryChange(new() { Kind = RunChangeKind.Scale, By = "keys", Phones = 2, Within = TimeSpan.Zero }, out _));
        await UntilAsync(() => run.Recorder.RegisteredPhones == 2);
        var sent = run.Recorder.Ledger.Count;
        Assert.NotNull(run.TryChange(new() { Kind = RunChangeKind.Rate, By = "keys", Factor = 2 }, out _));
        await UntilAsync(() => run.Recorder.Ledger.Count > sent);
        await stop.CancelAsync();
        var result = await playing;
        Assert.Equal(["messages paused", "2 phones online within 0 s", "rate x2"], result.Changes.Select(static change => change.What));
        Assert.All(result.Invariants, static check => Assert.True(check.Holds, check.Evidence));
        Assert.Equal(result.Changes.Select(static change => change.At).Order(), result.Changes.Select(static change => change.At));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static List<(int, int, TimeSpan)> SendsOf(RunSchedule schedule)
    {
        var sends = new List<(int, int, TimeSpan)>();
        while (schedule.TryNext(out var action))
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                sends.Add((action.Phone, action.Recipient, action.At));
            }
        }

        return sends;
    }
}
