using UeFarm.Actors.Cluster;
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
    public async Task A_run_that_is_not_there_has_no_start()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Register.DecideStartAsync("run-1", 1, Cancellation));
    }
}
