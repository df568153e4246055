using System.Collections.Concurrent;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;
using Xunit;

namespace UeFarm.Actors.Tests.Journal;

/// <summary>What every register of runs does: who decides first decides for all.</summary>
public abstract class RunRegisterContract
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClusterRunRecord First = new("run-1", "version: 1\n# é 'quoted'\n", ["seed=2", "name='x, y'"], Created);
    private static readonly ClusterVerdict Verdict = new("{\"a\":1}", 99, "FAIL  x");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract IRunRegister Register { get; }

    /// <summary>Another conductor's view of the same runs.</summary>
    protected abstract IRunRegister Other { get; }

    [Fact]
    public async Task A_new_run_is_found_as_it_was_made()
    {
        Assert.Null(await Register.FindNewestAsync(Cancellation));
        Assert.True(await Register.TryCreateAsync(First, Cancellation));

        var found = await Other.FindNewestAsync(Cancellation);
        Assert.Equal((First.RunId, First.Scenario, First.Created, 0L, false), (found!.RunId, found.Scenario, found.Created, found.StartTicks, found.IsStopped));
        Assert.Equal(First.Overrides, found.Overrides);
        Assert.Empty(found.Notes!);
        Assert.Null(found.Result);
    }

    [Fact]
    public async Task A_second_run_has_to_wait_for_the_result_of_the_first()
    {
        var second = First with { RunId = "run-2", Created = Created.AddSeconds(1) };
        Assert.True(await Register.TryCreateAsync(First, Cancellation));
        Assert.False(await Other.TryCreateAsync(second, Cancellation));
        await Register.DecideResultAsync("run-1", Verdict, Cancellation);

        Assert.False(await Other.TryCreateAsync(First, Cancellation));
        Assert.True(await Other.TryCreateAsync(second, Cancellation));
        Assert.Equal("run-2", (await Register.FindNewestAsync(Cancellation))!.RunId);
    }

    [Fact]
    public async Task Of_the_runs_that_have_ended_the_newest_are_kept_and_the_one_under_way_is()
    {
        for (var number = 1; number <= 5; number++)
        {
            Assert.True(await Register.TryCreateAsync(First with { RunId = $"run-{number}", Created = Created.AddSeconds(number) }, Cancellation));
            if (number < 5)
            {
                await Register.DecideResultAsync($"run-{number}", Verdict, Cancellation);
            }
        }

        await Other.ForgetAsync(2, Cancellation);
        foreach (var kept in (string[])["run-3", "run-4", "run-5"])
        {
            Assert.Equal(kept, (await Register.GetAsync(kept, Cancellation)).RunId);
        }

        foreach (var forgotten in (string[])["run-1", "run-2"])
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => Register.GetAsync(forgotten, Cancellation));
        }

        await Register.ForgetAsync(0, Cancellation);
        Assert.Equal("run-5", (await Other.FindNewestAsync(Cancellation))!.RunId);
        await Assert.ThrowsAsync<InvalidDataException>(() => Register.GetAsync("run-4", Cancellation));
    }

    [Fact]
    public async Task Of_many_runs_at_once_one_is_made()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            number => (number % 2 == 0 ? Register : Other).TryCreateAsync(First with { RunId = $"run-{number}" }, Cancellation)));
        Assert.Single(made, static each => each);
    }

    [Fact]
    public async Task The_start_that_was_decided_first_is_everybodys()
    {
        await Register.TryCreateAsync(First, Cancellation);
        var starts = await Task.WhenAll(Enumerable.Range(1, 16).Select(
            ticks => (ticks % 2 == 0 ? Register : Other).DecideStartAsync("run-1", ticks, Cancellation)));

        Assert.InRange(starts[0], 1, 16);
        Assert.All(starts, start => Assert.Equal(starts[0], start));
        Assert.Equal(starts[0], (await Register.FindNewestAsync(Cancellation))!.StartTicks);
    }

    [Fact]
    public async Task The_result_that_was_decided_first_is_everybodys_and_nothing_changes_afterwards()
    {
        await Register.TryCreateAsync(First, Cancellation);
        await Register.AddNoteAsync("run-1", "node a was lost", Cancellation);
        await Other.AddNoteAsync("run-1", "node b left", Cancellation);
        Assert.Equal(Verdict, await Register.DecideResultAsync("run-1", Verdict, Cancellation));
        Assert.Equal(Verdict, await Other.DecideResultAsync("run-1", new ClusterVerdict("{}", 0, "PASS"), Cancellation));
        await Register.StopAsync("run-1", Cancellation);
        await Register.AddNoteAsync("run-1", "too late", Cancellation);

        var found = await Other.FindNewestAsync(Cancellation);
        Assert.Equal((Verdict, false), (found!.Result, found.IsStopped));
        Assert.Equal(["node a was lost", "node b left"], found.Notes);
    }

    [Fact]
    public async Task A_stop_is_known_to_all()
    {
        await Register.TryCreateAsync(First, Cancellation);
        await Register.StopAsync("run-1", Cancellation);
        Assert.True((await Other.FindNewestAsync(Cancellation))!.IsStopped);
    }

    [Fact]
    public async Task Changes_are_kept_in_their_order_and_each_has_one_place()
    {
        var start = await StartAsync();
        Assert.Empty((await Register.ReadChangesAsync("run-1", Cancellation)).Changes);
        var first = new RunChange(RunChangeKind.Rate, After(start, 60), "é 'quoted'", Factor: 1.0 / 3);
        var second = new RunChange(RunChangeKind.Scale, After(start, 61.0000001), "keys", Phones: 7, Within: TimeSpan.FromSeconds(1.5));

        var added = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(number => (number % 2 == 0 ? Register : Other).TryAddChangeAsync("run-1", 0, first with { By = $"{number}" }, Cancellation)));
        Assert.Single(added, static each => each);
        Assert.True(await Other.TryAddChangeAsync("run-1", 1, second, Cancellation));
        Assert.True(await Other.TryAddChangeAsync("run-1", 1, second, Cancellation));
        Assert.False(await Register.TryAddChangeAsync("run-1", 3, second, Cancellation));

        var winner = Array.IndexOf(added, true);
        Assert.Equal([first with { By = $"{winner}" }, second], (await Register.ReadChangesAsync("run-1", Cancellation)).Changes);
        Assert.Equal([first with { By = $"{winner}" }, second], (await Other.GetAsync("run-1", Cancellation)).Changes!);
    }

    [Fact]
    public async Task A_change_that_comes_too_late_for_its_notice_or_before_the_start_or_after_the_end_is_none()
    {
        await Register.TryCreateAsync(First, Cancellation);
        var change = new RunChange(RunChangeKind.Rate, TimeSpan.FromHours(1), "test", Factor: 2);
        Assert.False(await Register.TryAddChangeAsync("run-1", 0, change, Cancellation));
        var start = DateTimeOffset.UtcNow;
        await Register.DecideStartAsync("run-1", start.UtcTicks, Cancellation);

        Assert.False(await Register.TryAddChangeAsync("run-1", 0, change with { At = After(start, CertainChanges.Notice.TotalSeconds - 1) }, Cancellation));
        Assert.True(await Register.TryAddChangeAsync("run-1", 0, change with { At = After(start, CertainChanges.Notice.TotalSeconds + 60) }, Cancellation));
        await Register.DecideResultAsync("run-1", Verdict, Cancellation);
        Assert.False(await Register.TryAddChangeAsync("run-1", 1, change, Cancellation));
        Assert.Single((await Other.ReadChangesAsync("run-1", Cancellation)).Changes);
    }

    [Fact]
    public async Task Whoever_has_read_until_when_changes_are_certain_knows_all_that_take_effect_before()
    {
        var start = await StartAsync();
        var readings = new ConcurrentQueue<CertainChanges>();
        using var isWritten = new CancellationTokenSource();
        var reading = Task.Run(
            async () =>
            {
                while (!isWritten.IsCancellationRequested)
                {
                    readings.Enqueue(await Other.ReadChangesAsync("run-1", Cancellation));
                    await Task.Yield();
                }
            },
            Cancellation);
        for (int place = 0, attempt = 0; place < 40; attempt++)
        {
            // A little too early, or as early as it may be.
            var known = await Register.ReadChangesAsync("run-1", Cancellation);
            var at = TimeSpan.FromTicks(known.UntilTicks - start.UtcTicks) + TimeSpan.FromMilliseconds(attempt % 5);
            place += await Register.TryAddChangeAsync("run-1", place, new RunChange(RunChangeKind.Rate, at, "test"), Cancellation) ? 1 : 0;
            for (var seen = readings.Count; readings.Count == seen;)
            {
                await Task.Yield();
            }
        }

        await isWritten.CancelAsync();
        await reading;
        var all = (await Register.ReadChangesAsync("run-1", Cancellation)).Changes;
        Assert.All(readings, known => Assert.DoesNotContain(all.Skip(known.Changes.Count), change => start.UtcTicks + change.At.Ticks < known.UntilTicks));
        Assert.Contains(readings, known => known.Changes.Count is > 0 and < 40);
    }

    [Fact]
    public async Task A_run_that_is_not_there_has_no_start()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Register.DecideStartAsync("run-1", 1, Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => Register.GetAsync("run-1", Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => Register.ReadChangesAsync("run-1", Cancellation));
    }

    private async Task<DateTimeOffset> StartAsync()
    {
        await Register.TryCreateAsync(First, Cancellation);
        var start = DateTimeOffset.UtcNow;
        await Register.DecideStartAsync("run-1", start.UtcTicks, Cancellation);
        return start;
    }

    private static TimeSpan After(DateTimeOffset start, double seconds) => DateTimeOffset.UtcNow - start + TimeSpan.FromSeconds(seconds);
}
